import Redaction
import Support

/// Symmetric, authenticated encryption as the Fernet specification defines it (version 0x80): AES-128-CBC with PKCS#7
/// padding, then HMAC-SHA256 over version, time, initialization vector and ciphertext, all as URL-safe base64.
///
/// A token says when it was made, but never expires here: a vault is as old as its last change.
package struct Fernet: Sendable {
    /// Why a key or a token is refused. A wrong key, a changed byte and a cut text are one case on purpose: whoever
    /// tampers learns nothing about which check failed.
    package enum Failure: Error, Sendable, Hashable {
        /// A key is 32 bytes as base64.
        case malformedKey
        case invalidToken
        /// libcrypto could not do its work (the name of the call).
        case libcrypto(String)
    }

    static let version: UInt8 = 0x80
    private let key: Key

    /// - Parameter text: 32 bytes as URL-safe base64, the first half for signing, the second for encryption.
    ///   Whitespace around it (a file's last newline) is no part of it, and base64's standard alphabet does as well.
    /// - Throws: `Failure.malformedKey`.
    package init(key text: String) throws(Failure) {
        guard var bytes = Base64URL.decode(Self.trimmed(text).utf8, standardToo: true), bytes.count == 32 else {
            throw .malformedKey
        }
        defer { LibCrypto.wipe(&bytes) }
        key = Key(Secret(bytes))
    }

    /// A fresh random key's text.
    package static func generateKey() throws(Failure) -> String {
        do { return Base64URL.encode(try LibCrypto.randomBytes(32)) } catch { throw .libcrypto(error.call) }
    }

    /// Names a key without giving it away: the first 16 hex digits of the SHA-256 of its text.
    package static func fingerprint(ofKey text: String) -> String {
        Hex.text(SHA2.sha256(Array(trimmed(text).utf8)).prefix(8))
    }

    /// Encrypts with a random initialization vector; `time` is seconds since 1970.
    package func encrypt(_ plaintext: [UInt8], time: UInt64) throws(Failure) -> String {
        let iv: [UInt8]
        do { iv = try LibCrypto.randomBytes(16) } catch { throw .libcrypto(error.call) }
        return try seal(plaintext, time: time, iv: iv)
    }

    /// The deterministic half of `encrypt`. An initialization vector must never be used twice with one key.
    package func seal(_ plaintext: [UInt8], time: UInt64, iv: [UInt8]) throws(Failure) -> String {
        do throws(LibCrypto.Failure) {
            guard let ciphertext = try key.cipher(.encrypt, iv: iv, plaintext) else {
                throw LibCrypto.Failure(call: "EVP_CipherFinal_ex")
            }
            var token = [Self.version]
            for shift in stride(from: 56, through: 0, by: -8) {
                token.append(UInt8(truncatingIfNeeded: time >> UInt64(shift)))
            }
            token += iv
            token += ciphertext
            token += try key.code(of: token)
            return Base64URL.encode(token)
        } catch {
            throw .libcrypto(error.call)
        }
    }

    /// What was encrypted, once the signature is right.
    ///
    /// Whitespace in the token and base64's standard alphabet are refused, which the Python package lets pass.
    /// - Throws: `Failure.invalidToken` for everything else that is not a token of this key.
    package func decrypt(_ token: String) throws(Failure) -> [UInt8] {
        // Version, time and vector (25 bytes), at least one block, and the signature (32 bytes).
        guard let bytes = Base64URL.decode(token.utf8), bytes.count >= 25 + 16 + 32, (bytes.count - 25 - 32) % 16 == 0,
            bytes[0] == Self.version
        else { throw .invalidToken }
        let signed = Array(bytes.dropLast(32))
        do {
            guard LibCrypto.equal(try key.code(of: signed), Array(bytes.suffix(32))),
                let plaintext = try key.cipher(.decrypt, iv: Array(signed[9..<25]), Array(signed[25...]))
            else { throw Failure.invalidToken }
            return plaintext
        } catch let failure as LibCrypto.Failure {
            throw .libcrypto(failure.call)
        } catch {
            throw .invalidToken
        }
    }

    /// The first 16 hex digits of an HMAC-SHA256 under the signing key.
    func code(of bytes: [UInt8]) throws(Failure) -> String {
        do { return Hex.text(try key.code(of: bytes).prefix(8)) } catch { throw .libcrypto(error.call) }
    }

    static func trimmed(_ text: String) -> Substring {
        var rest = text[...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest.drop(while: \.isWhitespace)
    }
}

/// The 32 bytes of a key, in memory of their own that is overwritten when the last `Fernet` that uses them goes.
private struct Key: Sendable {
    private let bytes: Secret<[UInt8]>

    init(_ bytes: Secret<[UInt8]>) { self.bytes = bytes }

    // No half is given out: the copy that libcrypto gets is made, and wiped, where it is used.

    /// Under the first half.
    func code(of message: [UInt8]) throws(LibCrypto.Failure) -> [UInt8] {
        try bytes.withBytes { key throws(LibCrypto.Failure) in try LibCrypto.hmacSHA256(key: key[..<16], message) }
    }

    /// Under the second half.
    func cipher(_ direction: LibCrypto.Direction, iv: [UInt8], _ input: [UInt8]) throws(LibCrypto.Failure) -> [UInt8]? {
        try bytes.withBytes { key throws(LibCrypto.Failure) in
            try LibCrypto.aes128CBC(direction, key: key[16...], iv: iv, input)
        }
    }
}
