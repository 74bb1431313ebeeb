import Redaction
import Support

/// How `ansible-vault` encrypts: keys by PBKDF2 (HMAC-SHA256, 10,000 rounds), AES-256 in CTR mode over the padded text
/// (PKCS#7), and an HMAC-SHA256 over the ciphertext.
package enum VaultCipher {
    private static let rounds = 10_000
    private static let block = 16

    /// - Returns: nil where the password is another one, or the text was changed.
    package static func decrypt(_ text: VaultText, _ password: Secret<[UInt8]>) throws(LibCrypto.Failure) -> [UInt8]? {
        var keys = try keys(password, salt: text.salt)
        defer { LibCrypto.wipe(&keys) }
        let code = try LibCrypto.hmacSHA256(key: keys[32..<64], text.ciphertext)
        guard LibCrypto.equal(code, text.code) else { return nil }
        var bytes = text.ciphertext
        try LibCrypto.aes256CTR(key: keys[..<32], iv: keys[64...], &bytes)
        // The code has shown that whoever wrote this knew the password: a wrong padding is no secret.
        guard let count = bytes.last.map(Int.init), (1...block).contains(count), count <= bytes.count,
            bytes.suffix(count).allSatisfy({ Int($0) == count })
        else {
            LibCrypto.wipe(&bytes)
            return nil
        }
        bytes.removeLast(count)
        return bytes
    }

    /// - Parameters:
    ///   - id: the password's name; `default` is not written.
    ///   - salt: nil for a random one.
    package static func encrypt(
        _ plain: [UInt8], _ password: Secret<[UInt8]>, id: String?, salt: [UInt8]? = nil
    ) throws(LibCrypto.Failure) -> VaultText {
        let salt = if let salt { salt } else { try LibCrypto.randomBytes(32) }
        var keys = try keys(password, salt: salt)
        defer { LibCrypto.wipe(&keys) }
        let padding = block - plain.count % block
        var bytes = plain + [UInt8](repeating: UInt8(padding), count: padding)
        try LibCrypto.aes256CTR(key: keys[..<32], iv: keys[64...], &bytes)
        return VaultText(
            id: id == VaultKeyring.defaultID ? nil : id, salt: salt,
            code: try LibCrypto.hmacSHA256(key: keys[32..<64], bytes), ciphertext: bytes)
    }

    /// Key, key of the code, first counter.
    private static func keys(_ password: Secret<[UInt8]>, salt: [UInt8]) throws(LibCrypto.Failure) -> [UInt8] {
        try LibCrypto.pbkdf2SHA256(password, salt: salt, rounds: rounds, count: 32 + 32 + block)
    }
}
