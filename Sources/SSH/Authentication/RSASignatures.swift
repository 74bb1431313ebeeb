/// How RSA keys are offered so that servers take them, whatever libssh2 is loaded.
///
/// Servers refuse RSA keys with SHA-1 since OpenSSH 8.8. Before 1.11 libssh2 knows no other way, but it takes the name of
/// the algorithm, for the request and for the signature, from the first string of the public key that it is given: with
/// `rsa-sha2-256` there (RFC 8332) it asks for a signature with SHA-256, and OpenSSH reads the key all the same.
enum RSASignatures {
    /// The forms of a public key to offer one after the other; the key as it is when nothing is to be changed.
    static func forms(
        of blob: [UInt8], serverBanner: String, libraryDoesIt: Bool = LibSSH2Session.isAtLeast1_11
    ) -> [[UInt8]] {
        guard !libraryDoesIt, let modern = renamed(blob) else { return [blob] }
        // A second offer counts as an attempt (MaxAuthTries), so a server that is known to take the first gets no other.
        return takesSHA2(serverBanner) ? [modern] : [modern, blob]
    }

    /// An RSA key under the name of its algorithm with SHA-256; nil for keys of other types.
    private static func renamed(_ blob: [UInt8]) -> [UInt8]? {
        var reader = WireReader(blob)
        guard (try? reader.text()) == "ssh-rsa" else { return nil }
        var writer = WireWriter()
        writer.text("rsa-sha2-256")
        return writer.bytes + reader.rest
    }

    /// `SSH-2.0-OpenSSH_9.2p1 …`: OpenSSH has the signatures since 7.2.
    static func takesSHA2(_ banner: String) -> Bool {
        guard let range = banner.firstRange(of: "OpenSSH_") else { return false }
        let numbers = banner[range.upperBound...].prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap {
            Int($0)
        }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (7, 2)
    }
}
