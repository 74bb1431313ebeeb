import Glibc
import Remote

/// What is brought to a host: bytes, or a large file of the controller, which is read while it is sent.
struct FileContent: Sendable {
    enum Source: Sendable {
        case bytes([UInt8])
        case file(path: String, md5: String?)
    }
    let source: Source
    let size: Int
    let sha256: String, sha1: String

    init(_ bytes: [UInt8]) {
        source = .bytes(bytes)
        size = bytes.count
        sha256 = Digest.sha256(bytes)
        sha1 = Digest.sha1(bytes)
    }

    private init(file path: String, _ digests: FileDigests.Digests) {
        source = .file(path: path, md5: digests.md5)
        size = digests.size
        sha256 = digests.sha256
        sha1 = digests.sha1
    }

    /// Files up to this size are taken into memory: they arrive whole before the call that writes them begins.
    static let largestInMemory = 1 << 20

    /// A file of the controller.
    /// - Throws: `ModuleFailure` when it cannot be read.
    static func file(_ path: String) async throws -> FileContent {
        if let size = LocalFile.status(path)?.size, size > largestInMemory { return FileContent(file: path, try await FileDigests.shared.digests(of: path)) }
        do { return FileContent(try LocalFile.read(path)) } catch { throw error.failure }
    }

    /// nil where libcrypto has none (under FIPS).
    var md5: String? {
        switch source {
        case .bytes(let bytes): Digest.hex(bytes, "md5")
        case .file(_, let md5): md5
        }
    }

    /// nil for what is too large to be looked at as a whole.
    var bytes: [UInt8]? { if case .bytes(let bytes) = source { bytes } else { nil } }
}

/// Hashes of large files of the controller: each file is read once, however many hosts get it.
actor FileDigests {
    static let shared = FileDigests()

    struct Digests: Sendable {
        var size = 0
        var sha256 = "", sha1 = ""
        var md5: String?
    }
    /// A file that was written to is another one.
    private struct Identity: Hashable {
        let device: UInt, inode: UInt, size: Int, seconds: Int, nanoseconds: Int
    }
    private var known: [Identity: Task<Digests, any Error>] = [:]
    private static let most = 64

    func digests(of path: String) async throws -> Digests {
        var status = stat()
        guard stat(path, &status) == 0 else { throw ModuleFailure("cannot read \(path): \(String(cString: strerror(errno)))") }
        let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        if let reading = known[identity] { return try await reading.value }
        if known.count >= Self.most { known = [:] }
        // For all hosts that ask for it meanwhile; one of them that is cancelled does not end it.
        let reading = Task { try await Self.read(path) }
        known[identity] = reading
        do { return try await reading.value } catch {
            known[identity] = nil
            throw error
        }
    }

    private static func read(_ path: String) async throws -> Digests {
        let descriptor: Int32
        do { descriptor = try LocalFile.open(path) } catch { throw error.failure }
        defer { close(descriptor) }
        guard let sha256 = DigestStream("sha256"), let sha1 = DigestStream("sha1") else { throw ModuleFailure("libcrypto has no SHA-1 or SHA-256") }
        let md5 = DigestStream("md5")
        var digests = Digests()
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw ModuleFailure("cannot read \(path): \(String(cString: strerror(failure)))") }
            if chunk.isEmpty { break }
            for stream in [sha256, sha1, md5] { stream?.add(chunk) }
            digests.size += chunk.count
            // Reading a large file must not keep the hosts' tasks from their turn.
            await Task.yield()
        }
        digests.sha256 = sha256.finish()
        digests.sha1 = sha1.finish()
        digests.md5 = md5?.finish()
        return digests
    }
}
