import Redaction
import Support
import Vault

/// The vault's token. Only its digest is kept.
struct BearerToken: Sendable {
    let digest: [UInt8]

    init(_ token: Secret<String>) { digest = Self.digest(of: token) }

    static func digest(of token: Secret<String>) -> [UInt8] { token.withBytes { SHA2.sha256(Array($0)) } }

    /// The digest of what a client gives, so that neither what is right of a guess nor how long it is can be seen from
    /// how long an answer takes; nil when it gives no token.
    ///
    /// - Parameter header: the value of `Authorization`.
    static func digest(givenBy header: String?) -> [UInt8]? {
        guard let header, header.utf8.count <= 4096, let space = header.firstIndex(of: " "),
            header[..<space].lowercased() == "bearer"
        else { return nil }
        return SHA2.sha256(Array(header[space...].drop { $0 == " " }.utf8))
    }
}

/// Tokens that nobody can guess.
package enum ServerToken {
    /// 256 random bits as text.
    /// - Throws: `VaultError` when libcrypto has no random bytes.
    package static func make() throws -> Secret<String> {
        do { return Secret(String(Base64URL.encode(try LibCrypto.randomBytes(32)).filter { $0 != "=" })) } catch {
            throw VaultError(.cryptography, "libcrypto gave no random bytes")
        }
    }
}
