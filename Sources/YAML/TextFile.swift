import Glibc

/// Reads files that a person wrote.
public enum TextFile {
    /// The whole file.
    ///
    /// - Parameter limit: in bytes; a larger file is refused, so that a wrong path cannot fill the memory. 64 MiB is chosen: no text that a person keeps comes near it.
    /// - Throws: a diagnostic that names the file and the reason: missing, not readable, a folder, no regular file, too large.
    public static func bytes(of path: String, limit: Int = 64 << 20) throws(Diagnostic) -> [UInt8] {
        let file: (descriptor: Int32, size: Int)
        do throws(RegularFile.Problem) { file = try RegularFile.open(path) } catch { throw Diagnostic("\(path): \(reason(error))", at: nil) }
        defer { close(file.descriptor) }
        guard file.size <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.size)
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = read(file.descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Diagnostic("\(path): \(reason(.system(failure)))", at: nil) }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw Diagnostic("\(path): is larger than \(limit >> 20) MiB", at: nil) }
        }
    }

    private static func reason(_ problem: RegularFile.Problem) -> String {
        switch problem {
        case .notRegular: "is not a regular file"
        case .system(EISDIR): "is a folder, and a file is needed"
        case .system(ENOENT): "no such file or folder"
        case .system(EACCES): "may not be read by this user"
        case .system(let code): String(cString: strerror(code)).lowercased()
        }
    }
}
