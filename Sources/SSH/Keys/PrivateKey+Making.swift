import COpenSSL

extension PrivateKey {
    /// From the 32 bytes that an Ed25519 key is.
    static func ed25519(seed: ArraySlice<UInt8>) -> PrivateKey? {
        let bytes = Array(seed)
        guard bytes.count == 32 else { return nil }
        return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count).flatMap(PrivateKey.init(owning:))
    }

    /// From a curve's SSH name, the public point and the private number.
    static func ecdsa(curve: String, point: ArraySlice<UInt8>, number: ArraySlice<UInt8>) -> PrivateKey? {
        guard let group = curves.first(where: { $0.ssh == curve })?.openssl else { return nil }
        return make("EC", [.text("group", group), .octets("pub", point), .number("priv", number)])
    }

    /// From the numbers in an OpenSSH file; what it leaves out for the remainder theorem is computed.
    static func rsa(
        n: ArraySlice<UInt8>, e: ArraySlice<UInt8>, d: ArraySlice<UInt8>, inverse: ArraySlice<UInt8>,
        p: ArraySlice<UInt8>, q: ArraySlice<UInt8>
    ) -> PrivateKey? {
        guard let dp = exponent(d, p), let dq = exponent(d, q) else { return nil }
        return make(
            "RSA",
            [
                .number("n", n), .number("e", e), .number("d", d), .number("rsa-factor1", p), .number("rsa-factor2", q),
                .number("rsa-exponent1", dp[...]), .number("rsa-exponent2", dq[...]),
                .number("rsa-coefficient1", inverse),
            ])
    }

    /// d mod (prime - 1)
    private static func exponent(_ d: ArraySlice<UInt8>, _ prime: ArraySlice<UInt8>) -> [UInt8]? {
        let d = Array(d)
        let prime = Array(prime)
        guard let context = BN_CTX_new(), let number = BN_bin2bn(d, Int32(d.count), nil),
            let modulus = BN_bin2bn(prime, Int32(prime.count), nil)
        else { return nil }
        defer {
            BN_CTX_free(context)
            BN_clear_free(number)
            BN_clear_free(modulus)
        }
        guard BN_sub_word(modulus, 1) == 1, BN_is_zero(modulus) == 0, BN_div(nil, number, number, modulus, context) == 1
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    private enum Parameter {
        case text(String, String)
        case octets(String, ArraySlice<UInt8>)
        case number(String, ArraySlice<UInt8>)
    }

    private static func make(_ algorithm: String, _ parameters: [Parameter]) -> PrivateKey? {
        // The names and values must stay in place until libcrypto has copied them.
        var buffers: [UnsafeMutableRawBufferPointer] = []
        defer {
            for buffer in buffers {
                OPENSSL_cleanse(buffer.baseAddress, buffer.count)
                buffer.deallocate()
            }
        }
        func keep(_ bytes: some Collection<UInt8>) -> UnsafeMutableRawPointer? {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
            buffer.copyBytes(from: bytes)
            buffers.append(buffer)
            return buffer.baseAddress
        }
        func name(_ text: String) -> UnsafePointer<CChar>? {
            keep(Array(text.utf8) + [0]).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
        }
        var list = parameters.map { parameter in
            switch parameter {
            case .text(let key, let value):
                OSSL_PARAM_construct_utf8_string(
                    name(key), keep(Array(value.utf8) + [0])?.assumingMemoryBound(to: CChar.self), value.utf8.count)
            case .octets(let key, let value):
                OSSL_PARAM_construct_octet_string(name(key), keep(value), value.count)
            case .number(let key, let value):  // big-endian here, the machine's order there
                OSSL_PARAM_construct_BN(
                    name(key), keep(value.reversed())?.assumingMemoryBound(to: UInt8.self), max(1, value.count))
            }
        }
        list.append(OSSL_PARAM_construct_end())
        guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        // 0x87: EVP_PKEY_KEYPAIR, a macro of macros that Swift does not see (key parameters, public and private key).
        guard EVP_PKEY_fromdata_init(context) == 1, EVP_PKEY_fromdata(context, &key, 0x87, &list) == 1, let key else {
            return nil
        }
        return PrivateKey(owning: key)
    }
}
