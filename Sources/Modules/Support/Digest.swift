import COpenSSL

/// Hashes of libcrypto, in hex.
enum Digest {
    /// - Parameter algorithm: `sha1`, `sha256`, `md5`, … as OpenSSL names them.
    /// - Returns: nil when libcrypto has no such algorithm (md5 under FIPS).
    static func hex(_ bytes: [UInt8], _ algorithm: String) -> String? {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length = 0
        guard EVP_Q_digest(nil, algorithm, nil, bytes, bytes.count, &digest, &length) == 1 else { return nil }
        return digest[..<length].map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
    static func sha1(_ bytes: [UInt8]) -> String { hex(bytes, "sha1") ?? "" }
    static func sha256(_ bytes: [UInt8]) -> String { hex(bytes, "sha256") ?? "" }
}
