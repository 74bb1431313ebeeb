import COpenSSL

/// A private key file as ssh-keygen writes it (`openssh-key-v1`; format: PROTOCOL.key of OpenSSH).
struct OpenSSHKeyFormat {
    let cipher: String
    private let derivation: String
    private let salt: [UInt8]
    private let rounds: Int
    /// Readable without the passphrase.
    let publicKey: HostKey
    private let privatePart: [UInt8]

    static let header = Array("openssh-key-v1\0".utf8)

    var isEncrypted: Bool { cipher != "none" }

    /// From what stands between the BEGIN and END lines, decoded; nil when it is damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.header) else { return nil }
        var reader = WireReader(bytes[Self.header.count...])
        do {
            cipher = try reader.text()
            derivation = try reader.text()
            var options = WireReader(try reader.string())
            (salt, rounds) = options.isAtEnd ? ([], 0) : (Array(try options.string()), Int(try options.uint32()))
            guard try reader.uint32() == 1, let key = HostKey(blob: Array(try reader.string())) else { return nil }
            publicKey = key
            privatePart = Array(try reader.string())
        } catch { return nil }
    }

    func privateKey(passphrase: [UInt8]) throws(IdentityFile.Failure) -> PrivateKey {
        var plain = isEncrypted ? try decrypt(passphrase) : privatePart
        defer { Crypto.wipe(&plain) }
        do {
            var reader = WireReader(plain)
            guard try reader.uint32() == reader.uint32() else {
                throw isEncrypted ? IdentityFile.Failure.wrongPassphrase : .damaged
            }
            let type = try reader.text()
            guard let key = try Self.key(type, &reader) else { throw IdentityFile.Failure.unsupported(type) }
            return key
        } catch let failure as IdentityFile.Failure { throw failure } catch { throw .damaged }
    }

    private static func key(_ type: String, _ reader: inout WireReader) throws -> PrivateKey? {
        switch type {
        case "ssh-ed25519":
            _ = try reader.string()
            return PrivateKey.ed25519(seed: try reader.string().prefix(32))
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            let curve = try reader.text()
            let point = try reader.string()
            return PrivateKey.ecdsa(curve: curve, point: point, number: try reader.string())
        case "ssh-rsa":
            let n = try reader.string()
            let e = try reader.string()
            let d = try reader.string()
            let inverse = try reader.string()
            let p = try reader.string()
            return PrivateKey.rsa(n: n, e: e, d: d, inverse: inverse, p: p, q: try reader.string())
        default:
            return nil
        }
    }

    private func decrypt(_ passphrase: [UInt8]) throws(IdentityFile.Failure) -> [UInt8] {
        let ciphers: [String: (algorithm: OpaquePointer?, key: Int, iv: Int)] = [
            "aes256-ctr": (EVP_aes_256_ctr(), 32, 16), "aes192-ctr": (EVP_aes_192_ctr(), 24, 16),
            "aes128-ctr": (EVP_aes_128_ctr(), 16, 16),
            "aes256-cbc": (EVP_aes_256_cbc(), 32, 16), "aes192-cbc": (EVP_aes_192_cbc(), 24, 16),
            "aes128-cbc": (EVP_aes_128_cbc(), 16, 16),
        ]
        guard let (algorithm, keyCount, ivCount) = ciphers[cipher] else {
            throw .unsupported("cipher \(cipher.printable)")
        }
        guard derivation == "bcrypt", !salt.isEmpty, salt.count <= 1024, (1...100_000).contains(rounds) else {
            throw .damaged
        }
        guard !passphrase.isEmpty else { throw .wrongPassphrase }
        var material = BcryptPBKDF.derive(passphrase: passphrase, salt: salt, rounds: rounds, count: keyCount + ivCount)
        defer { Crypto.wipe(&material) }
        guard
            let plain = Crypto.decrypt(
                privatePart, cipher: algorithm, key: Array(material[..<keyCount]), iv: Array(material[keyCount...]))
        else { throw .damaged }
        return plain
    }
}
