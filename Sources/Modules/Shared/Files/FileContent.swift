/// What is brought to a host: bytes, or a large file of the controller, which is read while it is sent.
struct FileContent: Sendable {
    enum Source: Sendable {
        case bytes([UInt8])
        case file(path: String, FileDigests.Identity)
    }
    let source: Source
    let size: Int
    /// What a host compares with.
    let sha256: String

    init(_ bytes: [UInt8]) {
        source = .bytes(bytes)
        size = bytes.count
        sha256 = Digest.sha256(bytes)
    }

    private init(file path: String, _ identity: FileDigests.Identity, sha256: String) {
        source = .file(path: path, identity)
        size = identity.size
        self.sha256 = sha256
    }

    /// Files up to this size are taken into memory: they arrive whole before the call that writes them begins.
    static let largestInMemory = 1 << 20

    /// A file of the controller.
    /// - Throws: `ModuleFailure` when it cannot be read.
    static func file(_ path: String) async throws -> FileContent {
        guard let size = LocalFile.status(path)?.size, size > largestInMemory else {
            do { return FileContent(try LocalFile.read(path)) } catch { throw error.failure }
        }
        let identity = try FileDigests.Identity(of: path)
        let digests = try await FileDigests.shared.digests(["sha256"], of: path, identity)
        return FileContent(file: path, identity, sha256: digests["sha256"] ?? "")
    }

    /// What a task's result tells of it; `md5` is nil where libcrypto has none (under FIPS). Of a large file they take
    /// seconds: begin early, and wait late.
    /// - Throws: `ModuleFailure` when the file cannot be read, or is another one by now.
    func checksums() async throws -> (sha1: String, md5: String?) {
        switch source {
        case .bytes(let bytes): return (Digest.sha1(bytes), Digest.hex(bytes, "md5"))
        case .file(let path, let identity):
            let digests = try await FileDigests.shared.digests(["sha1", "md5"], of: path, identity)
            return (digests["sha1"] ?? "", digests["md5"])
        }
    }

    /// nil for what is too large to be looked at as a whole.
    var bytes: [UInt8]? { if case .bytes(let bytes) = source { bytes } else { nil } }
}
