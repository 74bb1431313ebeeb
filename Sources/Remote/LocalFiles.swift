import Glibc
import Support
import Synchronization

/// SHA-256 of local files.
enum Checksum {
    /// Size and SHA-256 (hexadecimal) of a file, read in chunks. Throws `InvalidCall` when it can't be read.
    static func ofFile(_ path: String) async throws -> (size: Int, digest: String) {
        var reader = try InputReader(.file(.init(path: path)))
        guard let hash = DigestStream("sha256") else { throw TransferFailure("libcrypto has no sha256") }
        var size = 0
        while let chunk = try reader.next(upTo: 256 << 10) {
            hash.add(chunk)
            size += chunk.count
            try Task.checkCancellation()
            await Task.yield()
        }
        return (size, hash.finish())
    }
}

/// A local file that a download appends to; a failed write is reported later, since the chunks come in a closure that
/// can't throw.
final class LocalOutput: Sendable {
    private let path: String
    private let descriptor: Int32
    private let failure = Mutex<Int32>(0)

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TransferFailure("can't write \(path): \(String(cString: strerror(errno)))") }
    }
    deinit { close(descriptor) }

    func size() throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw TransferFailure("can't read the size of \(path): \(String(cString: strerror(errno)))")
        }
        return Int(status.st_size)
    }

    func cut(at size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw TransferFailure("can't write \(path): \(String(cString: strerror(errno)))")
        }
    }

    func append(_ bytes: [UInt8]) {
        guard failure.withLock({ $0 }) == 0 else { return }
        var position = 0
        while position < bytes.count {
            let written = bytes[position...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else {
                let number = errno
                return failure.withLock { $0 = number }
            }
            position += written
        }
    }

    func check() throws {
        let number = failure.withLock { $0 }
        guard number == 0 else { throw TransferFailure("can't write \(path): \(String(cString: strerror(number)))") }
    }
}
