/// A server's public key, as it sent it.
package struct HostKey: Sendable, Hashable {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`
    package let type: String
    package let blob: [UInt8]

    /// Nil when the blob does not begin with the name of its type.
    package init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let type = try? reader.text(), !type.isEmpty, type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        self.type = type
        self.blob = blob
    }

    package var base64: String { Crypto.base64(blob) }

    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    package var fingerprint: String {
        var text = "SHA256:" + Crypto.base64(Crypto.sha256(blob))
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }
}
