public import Redaction
import Vault

/// The token that clients must give. Only its digest is kept, and digests are compared in constant time, so neither what is right of a
/// guess nor how long it is can be told from how long an answer takes.
struct BearerToken: Sendable {
    private let digest: [UInt8]

    init(_ token: Secret<String>) { digest = token.withBytes { LibCrypto.sha256(Array($0)) } }

    /// - Parameter header: the value of `Authorization`.
    func isGiven(by header: String?) -> Bool {
        guard let header, header.utf8.count <= 4096, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else { return false }
        let given = header[space...].drop { $0 == " " }
        return LibCrypto.equal(LibCrypto.sha256(Array(given.utf8)), digest)
    }
}

/// Tokens that nobody can guess.
public enum ServerToken {
    /// 256 random bits as text.
    /// - Throws: `VaultError` when libcrypto has no random bytes.
    public static func make() throws -> Secret<String> {
        do { return Secret(String(Base64URL.encode(try LibCrypto.randomBytes(32)).filter { $0 != "=" })) } catch {
            throw VaultError(.cryptography, "libcrypto gave no random bytes")
        }
    }
}
