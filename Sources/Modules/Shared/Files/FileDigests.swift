import Glibc
import Support

/// Hashes of large files of the controller: each is computed once, however many hosts get the file.
actor FileDigests {
    static let shared = FileDigests()

    /// A file that was written to is another one.
    struct Identity: Hashable, Sendable {
        let device: UInt, inode: UInt, size: Int, seconds: Int, nanoseconds: Int

        /// - Throws: `ModuleFailure` when there is no such file.
        init(of path: String) throws {
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw ModuleFailure("cannot read \(path): \(String(cString: strerror(errno)))")
            }
            self.init(status)
        }

        fileprivate init(_ status: stat) {
            (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }
    private struct Key: Hashable { let file: Identity, algorithms: [String] }
    private var known: [Key: Task<[String: String], any Error>] = [:]
    private static let most = 128

    /// In hexadecimal, by algorithm as OpenSSL names them; `md5` is left out where libcrypto lacks it (under FIPS).
    /// - Throws: `ModuleFailure` when the file cannot be read, is not `identity` any more, or libcrypto lacks another
    ///   algorithm.
    func digests(_ algorithms: [String], of path: String, _ identity: Identity) async throws -> [String: String] {
        let key = Key(file: identity, algorithms: algorithms)
        if let reading = known[key] { return try await reading.value }
        if known.count >= Self.most { known = [:] }
        // For all hosts that ask for it meanwhile; one of them that is cancelled does not end it.
        let reading = Task { try await Self.read(path, identity, algorithms) }
        known[key] = reading
        do { return try await reading.value } catch {
            known[key] = nil
            throw error
        }
    }

    private static func read(
        _ path: String, _ identity: Identity, _ algorithms: [String]
    ) async throws -> [String: String] {
        let descriptor: Int32
        do { descriptor = try LocalFile.open(path) } catch { throw error.failure }
        defer { close(descriptor) }
        var streams: [(String, DigestStream)] = []
        for name in algorithms {
            if let stream = DigestStream(name) {
                streams.append((name, stream))
            } else if name != "md5" {
                throw ModuleFailure("libcrypto has no \(name)")
            }
        }
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else {
                throw ModuleFailure("cannot read \(path): \(String(cString: strerror(failure)))")
            }
            if chunk.isEmpty { break }
            for (_, stream) in streams { stream.add(chunk) }
            // Reading a large file must not keep the hosts' tasks from their turn.
            await Task.yield()
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, Identity(status) == identity else {
            throw ModuleFailure("\(path) changed while it was read")
        }
        return Dictionary(uniqueKeysWithValues: streams.map { ($0, $1.finish()) })
    }
}
