import Glibc

/// Paths that clients name.
enum FileSystem {
    /// Without symbolic links; nil when there is no such file.
    static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a client may name this path: relative, and, with its symbolic links followed, a file or folder below the
    /// server's working folder.
    static func isWithinWorkingFolder(_ path: String) -> Bool {
        guard !path.hasPrefix("/"), !path.hasPrefix("-"), let file = real(path), let folder = real(".") else {
            return false
        }
        return file.hasPrefix(folder + "/")
    }
}

extension FileSystem {
    /// So many bytes of a text file from a place on, and whether that is all there is. A character is not cut in two.
    static func piece(of path: String, from start: Int, limit: Int) throws(APIError) -> (bytes: [UInt8], isLast: Bool) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw APIError(.notFound, ["there is no such log"]) }
        defer { close(descriptor) }
        var status = stat()
        // pread takes no place that far away.
        if fstat(descriptor, &status) == 0, off_t(start) >= status.st_size { return ([], true) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = pread(descriptor, &bytes, limit, off_t(start))
        guard count >= 0 else { throw APIError(.internalServerError, ["the log cannot be read"]) }
        bytes.removeLast(limit - count)
        let isLast = count < limit
        if !isLast, let feed = bytes.lastIndex(of: UInt8(ascii: "\n")) { bytes.removeLast(bytes.count - feed - 1) }
        return (bytes, isLast)
    }
}
