import Glibc
import Redaction
import Support

/// The journal's file: lines at its end, each handed to the operating system in the call that writes it.
///
/// `@unchecked Sendable`: the descriptor is only used in calls that the system makes whole (`write` with `O_APPEND`,
/// `fdatasync`), and closed once, in `deinit`.
final class JournalFile: @unchecked Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens the file, and makes it when there is none. What a process that was killed left of a line is truncated.
    init(_ path: String) throws(RunFolderError) {
        self.path = path
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            descriptor = try folder.open(name, O_RDWR | O_CREAT | O_APPEND).takeDescriptor()
        } catch { throw RunFolderError(error) }
        try Self.cutTornLine(descriptor, path)
    }

    /// Cuts a file after its last line end.
    static func cutTornLine(of path: String) throws(RunFolderError) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw RunFolderError(path, cannot: "open the file", errno: errno)
        }
        defer { Glibc.close(descriptor) }
        try cutTornLine(descriptor, path)
    }

    private static func cutTornLine(_ descriptor: Int32, _ path: String) throws(RunFolderError) {
        var end = lseek(descriptor, 0, SEEK_END)
        let size = end
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while end > 0 {
            let start = max(0, end - off_t(buffer.count))
            let count = pread(descriptor, &buffer, Int(end - start), start)
            guard count == Int(end - start) else { throw RunFolderError(path, cannot: "read the file", errno: errno) }
            if let last = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) {
                end = start + off_t(last) + 1
                break
            }
            end = start
        }
        if end < size, ftruncate(descriptor, end) != 0 {
            throw RunFolderError(path, cannot: "remove a torn line", errno: errno)
        }
    }

    /// Blocks for as long as the page cache takes: microseconds.
    func append(_ line: String) throws(RunFolderError) {
        var text = line
        let code = text.withUTF8 { writeWhole($0, to: descriptor) }
        if code != 0 { throw RunFolderError(path, cannot: "write the file", errno: code) }
    }

    func sync() throws(RunFolderError) {
        // Some file systems have nothing to sync.
        guard fdatasync(descriptor) == 0 || errno == EINVAL else {
            throw RunFolderError(path, cannot: "put the file on the disk", errno: errno)
        }
    }

    deinit { Glibc.close(descriptor) }
}
