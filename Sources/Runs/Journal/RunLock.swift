import Glibc
import Redaction
import Support

/// Says that a process works on a run; the kernel takes it back when the process ends, however that happens.
///
/// `@unchecked Sendable`: the descriptor is opened in `init`, closed in `deinit`, and not used in between.
package final class RunLock: @unchecked Sendable {
    private let descriptor: Int32

    /// - Throws: `RunFolderError` when another process works on the run.
    package init(_ folder: RunFolder) throws(RunFolderError) {
        let path = folder.lockPath
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            descriptor = try folder.open(name, O_RDWR | O_CREAT).takeDescriptor()
        } catch { throw RunFolderError(error) }
        var tries = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // Whoever only looks whether the run goes on holds it for an instant.
            if errno == EWOULDBLOCK || errno == EINTR, tries < 20 {
                tries += 1
                usleep(10_000)
                continue
            }
            let holder = Self.holder(folder).map { " (process \($0))" } ?? ""
            Glibc.close(descriptor)
            throw RunFolderError(
                folder.path, "the run is still in progress\(holder)",
                remedy: "look at it with: comfyfleet runs tail -f \(folder.id)")
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            let code = errno
            Glibc.close(descriptor)
            throw RunFolderError(path, cannot: "write the file", errno: code)
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Whether a process works on the run.
    package static func isHeld(_ folder: RunFolder) -> Bool {
        let descriptor = open(folder.lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The process that works on the run, or did last.
    package static func holder(_ folder: RunFolder) -> Int? {
        guard let bytes = try? RunArchive.bytes(of: folder.lockPath) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? "")
    }
}

extension RunFolder {
    var lockPath: String { path + "/lock" }
}
