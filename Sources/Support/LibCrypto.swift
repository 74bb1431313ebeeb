import COpenSSL
import Redaction

/// libcrypto's primitives, on plain byte arrays: what the vault, its tokens, signatures and checksums need. Keys of SSH
/// have their own, in `SSH/Keys`.
package enum LibCrypto {
    /// libcrypto refused: out of memory, no entropy, or an algorithm that this build of OpenSSL lacks.
    package struct Failure: Error {
        /// The name of libcrypto's function.
        package let call: String
        package init(call: String) { self.call = call }
    }

    /// Bytes of the operating system's generator, through libcrypto.
    package static func randomBytes(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw Failure(call: "RAND_bytes") }
        return bytes
    }

    package static func hmacSHA256(key: some Collection<UInt8>, _ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var key = Array(key)
        defer { wipe(&key) }
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var length: UInt32 = 0
        guard HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, &length) != nil else {
            throw Failure(call: "HMAC")
        }
        return code
    }

    /// Whether `digest` may know an algorithm of this name.
    package static func namesDigest(_ algorithm: String) -> Bool { EVP_get_digestbyname(algorithm) != nil }

    /// - Parameter algorithm: `sha1`, `sha256`, `md5`, … as OpenSSL names them.
    /// - Returns: nil when libcrypto has no such algorithm, or may not use it (md5 under FIPS).
    package static func digest(_ algorithm: String, _ bytes: [UInt8]) -> [UInt8]? {
        guard let method = EVP_get_digestbyname(algorithm) else { return nil }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, method, nil) == 1 else { return nil }
        return Array(digest.prefix(Int(length)))
    }

    /// With padding, on one line.
    package static func base64(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let length = EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
        return String(decoding: text.prefix(Int(length)), as: UTF8.self)
    }

    /// Takes the same time wherever the first difference is.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Overwrites the bytes in a way that no optimizer drops.
    package static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    package enum Direction: Int32 { case decrypt = 0, encrypt = 1 }

    /// AES-128 in CBC mode with PKCS#7 padding; nil when the padding of what is decrypted is wrong.
    package static func aes128CBC(
        _ direction: Direction, key: some Collection<UInt8>, iv: [UInt8], _ input: [UInt8]
    ) throws(Failure) -> [UInt8]? {
        guard key.count == 16, iv.count == 16 else { throw Failure(call: "EVP_CipherInit_ex") }
        guard let context = EVP_CIPHER_CTX_new() else { throw Failure(call: "EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        var key = Array(key)
        defer { wipe(&key) }
        guard EVP_CipherInit_ex(context, EVP_aes_128_cbc(), nil, key, iv, direction.rawValue) == 1 else {
            throw Failure(call: "EVP_CipherInit_ex")
        }
        var output = [UInt8](repeating: 0, count: input.count + 16)
        var written: Int32 = 0
        var rest: Int32 = 0
        guard EVP_CipherUpdate(context, &output, &written, input, Int32(input.count)) == 1 else {
            throw Failure(call: "EVP_CipherUpdate")
        }
        let finished = output.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { EVP_CipherFinal_ex(context, $0 + Int(written), &rest) } ?? 0
        }
        guard finished == 1 else {
            wipe(&output)
            return nil
        }
        output.removeLast(output.count - Int(written + rest))
        return output
    }

    /// A key of `count` bytes out of a password, by PBKDF2 with HMAC-SHA256.
    package static func pbkdf2SHA256(
        _ password: Secret<[UInt8]>, salt: [UInt8], rounds: Int, count: Int
    ) throws(Failure) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: count)
        let made = password.withBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                PKCS5_PBKDF2_HMAC(
                    $0.baseAddress, Int32($0.count), salt, Int32(salt.count), Int32(rounds), EVP_sha256(), Int32(count),
                    &key)
            }
        }
        guard made == 1 else { throw Failure(call: "PKCS5_PBKDF2_HMAC") }
        return key
    }

    /// AES-256 in CTR mode, which encrypts and decrypts alike, in place.
    package static func aes256CTR(
        key: some Collection<UInt8>, iv: some Collection<UInt8>, _ bytes: inout [UInt8]
    ) throws(Failure) {
        guard key.count == 32, iv.count == 16 else { throw Failure(call: "EVP_EncryptInit_ex") }
        guard let context = EVP_CIPHER_CTX_new() else { throw Failure(call: "EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        var key = Array(key)
        defer { wipe(&key) }
        guard EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, key, Array(iv)) == 1 else {
            throw Failure(call: "EVP_EncryptInit_ex")
        }
        // libcrypto counts in 32 bits.
        let piece = 1 << 30
        let isDone = bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
            var offset = 0
            while offset < buffer.count {
                var written: Int32 = 0
                let count = Int32(min(piece, buffer.count - offset))
                guard EVP_EncryptUpdate(context, start + offset, &written, start + offset, count) == 1, written == count
                else { return false }
                offset += Int(count)
            }
            return true
        }
        guard isDone else { throw Failure(call: "EVP_EncryptUpdate") }
    }
}
