import Support

/// Hashes of libcrypto, in hex.
enum Digest {
    /// - Parameter algorithm: `sha1`, `sha256`, `md5`, … as OpenSSL names them.
    /// - Returns: nil when libcrypto has no such algorithm (md5 under FIPS).
    static func hex(_ bytes: [UInt8], _ algorithm: String) -> String? {
        LibCrypto.digest(algorithm, bytes).map { Hex.text($0) }
    }
    static func sha1(_ bytes: [UInt8]) -> String { hex(bytes, "sha1") ?? "" }
    static func sha256(_ bytes: [UInt8]) -> String { hex(bytes, "sha256") ?? "" }
}
