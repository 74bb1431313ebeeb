import CEpoll
import Glibc

/// A file of the project, open, and checked on what was opened: a regular file, whose owner and mode are what its
/// purpose asks for.
package struct PrivateFile: ~Copyable {
    package let path: String
    /// Closed with this.
    package let descriptor: Int32
    package let owner: uid_t, group: gid_t
    package let size: Int
    /// The mode that it had when others could read or write it, and that has been put right.
    package let widerMode: mode_t?

    /// Takes the descriptor.
    init(_ descriptor: Int32, _ path: String, _ purpose: FilePurpose) throws(FileProblem) {
        self.descriptor = descriptor
        self.path = path
        var status = stat()
        do throws(FileProblem) {
            guard fstat(descriptor, &status) == 0 else {
                throw FileProblem(path, cannot: "look at the file", errno: errno)
            }
            // A link to /dev/null is how a user says that there is nothing to read.
            let isNothing = purpose == .settings && status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
            guard status.st_mode & S_IFMT == S_IFREG || isNothing else {
                if status.st_mode & S_IFMT == S_IFDIR { throw FileProblem(path, cannot: "read", errno: EISDIR) }
                throw FileProblem(path, refused: "is not a regular file", remedy: "move it away")
            }
            if !isNothing { try purpose.check(status, path, isFolder: false) }
            widerMode = purpose == .secret ? try Self.narrow(descriptor, status, path) : nil
        } catch {
            close(descriptor)
            throw error
        }
        (owner, group, size) = (status.st_uid, status.st_gid, Int(status.st_size))
    }

    deinit { close(descriptor) }

    /// Takes from others what they should not have.
    ///
    /// - Returns: the mode that it had; nil when that was right. What root gives to a group is root's decision, as in
    ///   ssh.
    private static func narrow(_ descriptor: Int32, _ status: stat, _ path: String) throws(FileProblem) -> mode_t? {
        let mode = status.st_mode & 0o7777
        guard mode & 0o077 != 0 else { return nil }
        if status.st_uid != geteuid(), mode & 0o027 == 0 { return nil }
        var now = stat()
        guard fchmod(descriptor, mode & 0o700) == 0, fstat(descriptor, &now) == 0, now.st_mode & 0o077 == 0 else {
            throw FileProblem(
                path, refused: "is open to others (mode \(String(mode, radix: 8))), and this user can't change that",
                remedy: "chmod 600 it")
        }
        return mode
    }

    /// Flags for a file that is only looked at, and need not be readable.
    package static let toLookAt = Int32(O_PATH)

    /// Opens the file that a path leads to, by links that are nobody else's.
    package static func open(
        _ path: String, for purpose: FilePurpose, _ flags: Int32 = O_RDONLY
    ) throws(FileProblem) -> PrivateFile {
        let (folder, name) = try PrivateFolder.holding(path, for: purpose)
        return try folder.open(name, flags)
    }

    /// The whole file; nil when there is none.
    ///
    /// - Parameter limit: in bytes; a larger file is refused, so that a wrong path cannot fill the memory.
    package static func read(
        _ path: String, for purpose: FilePurpose = .secret, limit: Int = 256 << 20
    ) throws(FileProblem) -> [UInt8]? {
        do { return try open(path, for: purpose).bytes(limit: limit) } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// All that is in it, from where it is read on.
    package func bytes(limit: Int) throws(FileProblem) -> [UInt8] {
        guard size <= limit else {
            throw FileProblem(
                path, refused: "has \(size) bytes, far more than it should", remedy: "restore it from a backup")
        }
        // One buffer of the whole size: what grows leaves copies of what is secret behind.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var filled = 0
        while true {
            if filled == bytes.count {
                guard filled <= limit else {
                    throw FileProblem(
                        path, refused: "has more than \(limit) bytes, far more than it should",
                        remedy: "restore it from a backup")
                }
                bytes += [UInt8](repeating: 0, count: max(4096, filled))
            }
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(path, cannot: "read", errno: errno) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// All of it, however often it takes.
    package func write(_ bytes: [UInt8]) throws(FileProblem) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileProblem(path, cannot: "write", errno: count == 0 ? ENOSPC : errno) }
            written += count
        }
    }

    package func sync() throws(FileProblem) {
        guard fsync(descriptor) == 0 else { throw FileProblem(path, cannot: "write", errno: errno) }
    }

    /// For whoever keeps it open, and closes it.
    package consuming func takeDescriptor() throws(FileProblem) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw FileProblem(path, cannot: "open the file", errno: errno) }
        return copy
    }
}

/// `~` and `~/…` with a home folder in its place.
package func expandingTilde(_ path: String, home: String) -> String {
    path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
}
