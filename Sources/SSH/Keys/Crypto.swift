import COpenSSL

/// The few primitives of libcrypto that keys and host keys need, on plain byte arrays.
enum Crypto {
    static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha256(), bytes, count: 32) }
    static func sha512(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha512(), bytes, count: 64) }

    private static func digest(_ algorithm: OpaquePointer?, _ bytes: [UInt8], count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            var size: UInt32 = 0
            let done = EVP_Digest(bytes, bytes.count, buffer.baseAddress, &size, algorithm, nil)
            precondition(done == 1 && size == count, "libcrypto lacks a digest that is always there")
            length = count
        }
    }

    static func base64(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4 + 1) { buffer in
            Int(EVP_EncodeBlock(buffer.baseAddress, bytes, Int32(bytes.count)))
        }
    }

    /// Nil for anything but complete, padded base64.
    static func decodeBase64(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard !characters.isEmpty, characters.count % 4 == 0, characters.count < 1 << 24 else { return nil }
        let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var decoded = [UInt8](repeating: 0, count: characters.count / 4 * 3)
        guard EVP_DecodeBlock(&decoded, characters, Int32(characters.count)) == decoded.count else { return nil }
        decoded.removeLast(padding)
        return decoded
    }

    /// Decrypts with one of OpenSSH's names of ciphers (`aes256-ctr`); nil when libcrypto fails, as with a length that
    /// is no multiple of the block.
    static func decrypt(_ bytes: [UInt8], cipher: OpaquePointer?, key: [UInt8], iv: [UInt8]) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        guard EVP_DecryptInit_ex(context, cipher, nil, key, iv) == 1 else { return nil }
        EVP_CIPHER_CTX_set_padding(context, 0)
        var plain = [UInt8](repeating: 0, count: bytes.count + 64)
        var count: Int32 = 0
        var last: Int32 = 0
        guard EVP_DecryptUpdate(context, &plain, &count, bytes, Int32(bytes.count)) == 1,
            plain.withUnsafeMutableBufferPointer({ EVP_DecryptFinal_ex(context, $0.baseAddress! + Int(count), &last) })
                == 1
        else { return nil }
        plain.removeLast(plain.count - Int(count + last))
        return plain
    }

    /// Overwrites what held a key, in a way that the optimizer keeps.
    static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }
}

/// HMAC-SHA1 (RFC 2104) with one key for many messages: what depends on the key alone is done once.
struct HMACSHA1: Sendable {
    private let inner: SHA_CTX, outer: SHA_CTX
    private static let blockSize = 64

    init(key: [UInt8]) {
        var block = key
        if block.count > Self.blockSize {
            var state = Self.begun(with: [])
            SHA1_Update(&state, key, key.count)
            block = Self.ended(state)
        }
        block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
        inner = Self.begun(with: block.map { $0 ^ 0x36 })
        outer = Self.begun(with: block.map { $0 ^ 0x5c })
    }

    func code(_ message: String) -> [UInt8] {
        var state = inner
        var message = message
        message.withUTF8 { _ = SHA1_Update(&state, $0.baseAddress, $0.count) }
        let hash = Self.ended(state)
        state = outer
        SHA1_Update(&state, hash, hash.count)
        return Self.ended(state)
    }

    private static func begun(with block: [UInt8]) -> SHA_CTX {
        var state = SHA_CTX()
        SHA1_Init(&state)
        SHA1_Update(&state, block, block.count)
        return state
    }

    private static func ended(_ state: SHA_CTX) -> [UInt8] {
        var state = state
        return [UInt8](unsafeUninitializedCapacity: 20) { buffer, length in
            SHA1_Final(buffer.baseAddress, &state)
            length = 20
        }
    }
}
