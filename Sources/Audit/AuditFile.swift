import Glibc

/// The trail's file, open and locked for one append; closing it gives the lock back.
struct AuditFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Makes the file and its folder where they are missing, for this user alone.
    init(appendingTo path: String) throws(AuditFailure) {
        self.path = path
        while true {
            let (opened, isNew) = try Self.open(path)
            do throws(AuditFailure) {
                var status = stat()
                guard fstat(opened, &status) == 0 else { throw AuditFailure(path, "opened", errno: errno) }
                guard status.st_mode & S_IFMT == S_IFREG else {
                    throw AuditFailure(path, "the audit trail cannot be kept in what is no regular file", remedy: "name another file in COMFYVN_SECURITY_LOG_FILE")
                }
                try Self.lock(opened, path)
                if isNew { Self.syncFolder(of: path) }
                // Rotated away while this process waited for its lock: begin again with the new one.
                var current = stat()
                if stat(path, &current) == 0, current.st_ino == status.st_ino, current.st_dev == status.st_dev {
                    descriptor = opened
                    return
                }
            } catch {
                close(opened)
                throw error
            }
            close(opened)
        }
    }

    deinit { close(descriptor) }

    private static func open(_ path: String) throws(AuditFailure) -> (descriptor: Int32, isNew: Bool) {
        let flags = O_RDWR | O_APPEND | O_CLOEXEC
        var descriptor = Glibc.open(path, flags)
        if descriptor >= 0 { return (descriptor, false) }
        guard errno == ENOENT else { throw AuditFailure(path, "opened", errno: errno) }
        makeFolder(of: path)
        descriptor = Glibc.open(path, flags | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw AuditFailure(path, "created", errno: errno) }
        return (descriptor, true)
    }

    /// Whatever goes wrong here goes wrong again, with a reason, when the file is made.
    private static func makeFolder(of path: String) {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex { mkdir(String(path[..<index]), 0o700) }
    }

    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 { fsync(descriptor); close(descriptor) }
    }

    /// Others hold the lock for as long as a write and a sync take. One that was stopped while it held it must not stop this process for ever.
    private static func lock(_ descriptor: Int32, _ path: String) throws(AuditFailure) {
        for _ in 0..<lockAttempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw AuditFailure(path, "locked", errno: errno) }
            usleep(lockPause)
        }
        throw AuditFailure(path, "another process has held the audit trail's lock for half a minute", remedy: "look with 'fuser \(path)' which one, and end it")
    }
    private static let lockAttempts = 15_000, lockPause: useconds_t = 2_000

    /// How the file ends: its last finished line, and what follows that without a line's end. Both without line feeds.
    struct Tail {
        var line: [UInt8]?
        var fragment: [UInt8] = []
    }

    /// Reads back no further than the last finished line begins.
    func tail() throws(AuditFailure) -> Tail {
        let size = try size()
        var length = min(size, 4096)
        while true {
            let end = try read(length, at: size - length)
            let feeds = end.indices.reversed().lazy.filter { end[$0] == UInt8(ascii: "\n") }.prefix(2)
            if feeds.count < 2, length < size { length = min(size, length * 4); continue }
            guard let last = feeds.first else { return Tail(fragment: end) }
            let start = feeds.dropFirst().first.map { $0 + 1 } ?? 0
            return Tail(line: Array(end[start..<last]), fragment: Array(end[(last + 1)...]))
        }
    }

    private func size() throws(AuditFailure) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw AuditFailure(path, "read", errno: errno) }
        return Int(status.st_size)
    }

    private func read(_ length: Int, at offset: Int) throws(AuditFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length), filled = 0
        while filled < length {
            let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress?.advanced(by: filled), length - filled, off_t(offset + filled)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AuditFailure(path, "read", errno: count == 0 ? EIO : errno) }
            filled += count
        }
        return bytes
    }

    /// All of it or, as far as the disk lets that be undone, nothing.
    func append(_ bytes: [UInt8]) throws(AuditFailure) {
        let size = try size()
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = count == 0 ? ENOSPC : errno
                // Nobody was told of these bytes. Should they stay, the next append notes them as an unfinished line.
                if written > 0 { _ = ftruncate(descriptor, off_t(size)) }
                throw AuditFailure(path, "written", errno: code)
            }
            written += count
        }
        guard fdatasync(descriptor) == 0 else { throw AuditFailure(path, "synced to the disk", errno: errno) }
    }
}
