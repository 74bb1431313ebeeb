import Glibc
import Support

/// An exclusive lock between processes, and between the stores of one process.
///
/// The kernel gives it back when its holder ends, however that happens, so there is no stale lock to clean up.
package enum FileLock {
    /// Runs `body` with the lock held. Waiting for it blocks no thread.
    /// - Parameter guarded: what the lock is for, in messages.
    /// - Throws: `VaultError.locked` after `patience`, `CancellationError` when cancelled while waiting, and what
    ///   `body` throws.
    package static func hold<Result>(
        _ path: String, guarding guarded: String = "the vault", patience: Duration = .seconds(30),
        isolation: isolated (any Actor)? = #isolation,
        _ body: () throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        let descriptor = try descriptor(path, guarded)
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw VaultError(.file, "cannot lock \(guarded): \(String(cString: strerror(errno)))", path: path)
            }
            guard ContinuousClock.now < deadline else {
                throw VaultError(
                    .locked, "another process has been changing \(guarded) for \(patience.components.seconds) s",
                    path: path,
                    remedy: "see which one with: fuser \(path)")
            }
            try await Task.sleep(for: .milliseconds(Int64.random(in: 2...10)))
        }
        return try body()
    }

    private static func descriptor(_ path: String, _ guarded: String) throws(VaultError) -> Int32 {
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            return try folder.open(name, O_RDWR | O_CREAT).takeDescriptor()
        } catch {
            let problem = error.path == path ? error.problem : "\(error.path) \(error.problem)"
            throw VaultError(
                .file, "cannot lock \(guarded): \(problem)", path: path,
                remedy: error.remedy ?? "its folder must exist and be writable")
        }
    }
}
