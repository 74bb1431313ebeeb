import COpenSSL
import Support

/// Hashes of libcrypto, in hex.
enum Digest {
    /// - Parameter algorithm: `sha1`, `sha256`, `md5`, … as OpenSSL names them.
    /// - Returns: nil when libcrypto has no such algorithm (md5 under FIPS).
    static func hex(_ bytes: [UInt8], _ algorithm: String) -> String? {
        let stream = DigestStream(algorithm)
        stream?.add(bytes)
        return stream?.finish()
    }
    static func sha1(_ bytes: [UInt8]) -> String { hex(bytes, "sha1") ?? "" }
    static func sha256(_ bytes: [UInt8]) -> String { hex(bytes, "sha256") ?? "" }
}

/// A hash of bytes that come in pieces. Owns libcrypto's context; used by one task.
final class DigestStream {
    private let context: OpaquePointer

    /// nil when libcrypto has no such algorithm.
    init?(_ algorithm: String) {
        guard let method = EVP_MD_fetch(nil, algorithm, nil) else { return nil }
        defer { EVP_MD_free(method) }
        guard let context = EVP_MD_CTX_new() else { return nil }
        self.context = context
        guard EVP_DigestInit_ex(context, method, nil) == 1 else { return nil }
    }
    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: [UInt8]) { EVP_DigestUpdate(context, bytes, bytes.count) }

    /// To be called once, at the end.
    func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return Hex.text(digest[..<Int(length)])
    }
}
