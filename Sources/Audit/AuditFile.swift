import Glibc
import Support

/// The trail's file, open and locked for one append; closing it gives the lock back.
struct AuditFile: ~Copyable {
    private let path: String
    private let file: PrivateFile
    private var descriptor: Int32 { file.descriptor }

    /// Makes the file and its folder where they are missing, for this user alone.
    init(appendingTo path: String) throws(AuditFailure) {
        self.path = path
        while true {
            let opened = try Self.open(path)
            try Self.lock(opened.descriptor, path)
            // Rotated away while this process waited for its lock: begin again with the new one.
            var status = stat()
            var current = stat()
            guard fstat(opened.descriptor, &status) == 0 else { throw AuditFailure(path, "opened", errno: errno) }
            if stat(path, &current) == 0, current.st_ino == status.st_ino, current.st_dev == status.st_dev {
                file = opened
                return
            }
        }
    }

    /// Opened as the project's private files are: nobody else can change it, and a mode that lets others read or write
    /// is corrected.
    static func open(_ path: String) throws(AuditFailure) -> PrivateFile {
        let flags = O_RDWR | O_APPEND
        do throws(FileProblem) { return try PrivateFile.open(path, for: .secret, flags) } catch {
            guard error.code == ENOENT else { throw AuditFailure(path, error) }
        }
        makeFolder(of: path)
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret)
            let file = try folder.open(name, flags | O_CREAT)
            // Not every file system can; the entry itself is synced in any case.
            try? folder.sync()
            return file
        } catch {
            if let code = error.code { throw AuditFailure(path, "created", errno: code) }
            throw AuditFailure(path, error)
        }
    }

    /// Whatever goes wrong here goes wrong again, with a reason, when the file is made.
    private static func makeFolder(of path: String) {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            mkdir(String(path[..<index]), 0o700)
        }
    }

    /// Others hold the lock for as long as a write and a sync take. One that was stopped while it held it must not stop
    /// this process for ever.
    private static func lock(_ descriptor: Int32, _ path: String) throws(AuditFailure) {
        for _ in 0..<lockAttempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw AuditFailure(path, "locked", errno: errno) }
            usleep(lockPause)
        }
        throw AuditFailure(
            path, "another process has held the audit trail's lock for half a minute",
            remedy: "look with 'fuser \(path)' which one, and end it")
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
            if feeds.count < 2, length < size {
                length = min(size, length * 4)
                continue
            }
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
        var bytes = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            let count = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: filled), length - filled, off_t(offset + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AuditFailure(path, "read", errno: count == 0 ? EIO : errno) }
            filled += count
        }
        return bytes
    }

    /// All of it or, as far as the disk lets that be undone, nothing.
    ///
    /// - Returns: where in the file it stands.
    func append(_ bytes: [UInt8]) throws(AuditFailure) -> Range<Int> {
        let size = try size()
        do throws(FileProblem) { try file.write(bytes) } catch {
            // None of these bytes was acknowledged. Should they stay, the next append notes them as an unfinished line.
            _ = ftruncate(descriptor, off_t(size))
            throw AuditFailure(path, "written", errno: error.code ?? EIO)
        }
        guard fdatasync(descriptor) == 0 else { throw AuditFailure(path, "synced to the disk", errno: errno) }
        return size..<(size + bytes.count)
    }

    /// Gives the trail's lock back, and takes a place in the queue for the sinks instead.
    consuming func queue(for lines: Range<Int>) -> DeliveryTurn {
        let turn = DeliveryTurn(descriptor, lines)
        // The place keeps the open file, and the lock would be kept with it.
        _ = flock(descriptor, LOCK_UN)
        return turn
    }
}
