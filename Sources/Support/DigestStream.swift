import COpenSSL

/// A hash of bytes that come in pieces. Owns libcrypto's context; used by one task.
package final class DigestStream {
    private let context: OpaquePointer

    /// - Parameter algorithm: `sha1`, `sha256`, `md5`, … as OpenSSL names them. nil when libcrypto has no such
    ///   algorithm (md5 under FIPS).
    package init?(_ algorithm: String) {
        guard let method = EVP_MD_fetch(nil, algorithm, nil) else { return nil }
        defer { EVP_MD_free(method) }
        guard let context = EVP_MD_CTX_new() else { return nil }
        self.context = context
        guard EVP_DigestInit_ex(context, method, nil) == 1 else { return nil }
    }
    deinit { EVP_MD_CTX_free(context) }

    package func add(_ bytes: [UInt8]) { EVP_DigestUpdate(context, bytes, bytes.count) }

    /// In hexadecimal. To be called once, at the end.
    package func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return Hex.text(digest[..<Int(length)])
    }
}
