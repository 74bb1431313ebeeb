import COpenSSL

/// A private key that libcrypto has parsed once, and that any number of connections sign with.
///
/// Sendable unchecked: the EVP_PKEY is never changed after `init`, and libcrypto allows signing with one key from
/// several threads.
package final class PrivateKey: @unchecked Sendable {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ecdsa-sha2-nistp384`, `ecdsa-sha2-nistp521`, `ssh-rsa`
    package let type: String
    /// The public key as the protocol sends it.
    let publicBlob: [UInt8]
    private let key: OpaquePointer

    /// Takes over `key`; nil for a kind that SSH has no name for.
    init?(owning key: OpaquePointer) {
        guard let blob = Self.publicBlob(of: key) else {
            EVP_PKEY_free(key)
            return nil
        }
        self.key = key
        (type, publicBlob) = blob
    }

    deinit { EVP_PKEY_free(key) }

    package var isRSA: Bool { type == "ssh-rsa" }

    /// The signature for an algorithm's name (RSA keys have several), in the form that goes into the protocol's
    /// signature string.
    func sign(_ data: UnsafeBufferPointer<UInt8>, algorithm: String) -> [UInt8]? {
        let digest: OpaquePointer?
        switch algorithm {
        case "ssh-ed25519": digest = nil
        case "ecdsa-sha2-nistp256", "rsa-sha2-256": digest = EVP_sha256()
        case "ecdsa-sha2-nistp384": digest = EVP_sha384()
        case "ecdsa-sha2-nistp521", "rsa-sha2-512": digest = EVP_sha512()
        case "ssh-rsa": digest = EVP_sha1()
        default: return nil
        }
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, digest, nil, key) == 1 else { return nil }
        var count = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, data.baseAddress, data.count) == 1 else { return nil }
        signature.removeLast(signature.count - count)
        return type.hasPrefix("ecdsa-") ? Self.pairOfNumbers(signature) : signature
    }

    /// libcrypto gives ECDSA signatures as DER, a sequence of two integers; SSH wants two mpints (RFC 5656, section
    /// 3.1.2).
    private static func pairOfNumbers(_ der: [UInt8]) -> [UInt8]? {
        var position = 0
        func element(_ tag: UInt8) -> Range<Int>? {
            guard position + 2 <= der.count, der[position] == tag else { return nil }
            var count = Int(der[position + 1])
            position += 2
            if count == 0x81, position < der.count {
                count = Int(der[position])
                position += 1
            }
            return count < 0x100 && position + count <= der.count ? position..<position + count : nil
        }
        var pair = WireWriter()
        guard element(0x30) != nil else { return nil }
        for _ in 0..<2 {
            guard let number = element(0x02) else { return nil }
            pair.mpint(der[number])
            position = number.upperBound
        }
        return pair.bytes
    }

    // MARK: The public half

    static let curves = [
        (ssh: "nistp256", openssl: "prime256v1"), (ssh: "nistp384", openssl: "secp384r1"),
        (ssh: "nistp521", openssl: "secp521r1"),
    ]

    private static func publicBlob(of key: OpaquePointer) -> (type: String, blob: [UInt8])? {
        var blob = WireWriter()
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_ED25519:
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = 32
            guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32 else { return nil }
            blob.text("ssh-ed25519")
            blob.string(bytes)
            return ("ssh-ed25519", blob.bytes)
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 64)
            var count = 0
            guard EVP_PKEY_get_utf8_string_param(key, "group", &name, name.count, &count) == 1 else { return nil }
            let group = String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let curve = curves.first(where: { $0.openssl == group })?.ssh else { return nil }
            var point = [UInt8](repeating: 0, count: 256)
            guard EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", &point, point.count, &count) == 1 else {
                return nil
            }
            blob.text("ecdsa-sha2-" + curve)
            blob.text(curve)
            blob.string(point[..<count])
            return ("ecdsa-sha2-" + curve, blob.bytes)
        case EVP_PKEY_RSA:
            blob.text("ssh-rsa")
            for name in ["e", "n"] {
                var number: OpaquePointer?
                guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { return nil }
                defer { BN_free(number) }
                var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
                BN_bn2bin(number, &bytes)
                blob.mpint(bytes)
            }
            return ("ssh-rsa", blob.bytes)
        default:
            return nil
        }
    }
}
