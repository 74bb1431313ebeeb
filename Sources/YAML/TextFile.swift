import Glibc

/// Reads files that a person wrote.
public enum TextFile {
    /// The whole file.
    ///
    /// - Parameter limit: in bytes; a larger file is refused, so that a wrong path cannot fill the memory. 64 MiB is chosen: no text that a person keeps comes near it.
    /// - Throws: a diagnostic that names the file and the reason: missing, not readable, a folder, no regular file, too large.
    public static func bytes(of path: String, limit: Int = 64 << 20) throws(Diagnostic) -> [UInt8] {
        // O_NONBLOCK: opening a named pipe must not wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Diagnostic("\(path): \(reason(errno))", at: nil) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Diagnostic("\(path): \(reason(errno))", at: nil) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Diagnostic("\(path): is a folder, and a file is needed", at: nil)
        default: throw Diagnostic("\(path): is not a regular file", at: nil)
        }
        guard status.st_size <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = read(descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Diagnostic("\(path): \(reason(failure))", at: nil) }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file or folder"
        case EACCES: "may not be read by this user"
        default: String(cString: strerror(code)).lowercased()
        }
    }
}
