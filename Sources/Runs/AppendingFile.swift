import Glibc
import Redaction

/// A file that is written at its end, 0600; the descriptor is closed with it.
///
/// `@unchecked Sendable`: the descriptor is only used in calls that the system makes whole (`write` with `O_APPEND`, `fdatasync`), and closed once, by the owner.
final class AppendingFile: @unchecked Sendable {
    let path: String
    private var descriptor: Int32

    init(_ path: String, exclusive: Bool) throws(RunFolderError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (exclusive ? O_EXCL : 0), 0o600)
        if descriptor < 0 { throw RunFolderError(path, cannot: "open the file", errno: errno) }
    }

    /// Blocks for as long as the page cache takes: microseconds, but where the disk itself is overrun.
    func append(_ buffer: RedactedBuffer) throws(RunFolderError) {
        let code = buffer.withBytes { writeWhole($0, to: descriptor) }
        if code != 0 { throw RunFolderError(path, cannot: "write the file", errno: code) }
    }

    func sync() { _ = fdatasync(descriptor) }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    deinit { close() }
}

/// Writes all of it, however often it takes. Returns 0, or what `errno` said.
func writeWhole(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
            if errno == EINTR { continue }
            return errno
        }
        rest = rest.dropFirst(count)
    }
    return 0
}
