import Glibc
import Redaction
import Support

/// A file that is written at its end, 0600; the descriptor is closed with it.
///
/// `@unchecked Sendable`: the descriptor is only used in calls that the system makes whole (`write` with `O_APPEND`,
/// `fdatasync`), and closed once, by the owner.
final class AppendingFile: @unchecked Sendable {
    let path: String
    private var descriptor: Int32

    convenience init(_ path: String, exclusive: Bool) throws(RunFolderError) {
        do throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            try self.init(name, in: folder, path: path, exclusive: exclusive)
        } catch { throw RunFolderError(error) }
    }

    /// In a folder that was reached before: where thousands of files are opened again and again.
    init(_ name: String, in folder: PrivateFolder, path: String, exclusive: Bool) throws(FileProblem) {
        self.path = path
        descriptor = try folder.open(name, O_WRONLY | O_CREAT | O_APPEND | (exclusive ? O_EXCL : 0)).takeDescriptor()
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
