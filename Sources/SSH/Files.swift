import Glibc

/// `~/…` with the home folder of whoever runs this.
func expandingTilde(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/") else { return path }
    guard
        let home = getenv("HOME").map({ String(cString: $0) })
            ?? getpwuid(getuid())?.pointee.pw_dir.map({ String(cString: $0) })
    else { return path }
    return home + path.dropFirst()
}

/// A whole file; nil when there is none. Throws `Errno` for anything else that keeps it from being read.
func readFile(_ path: String, limit: Int = 64 << 20) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw Errno(code: errno)
    }
    defer { close(descriptor) }
    return try readAll(descriptor, limit: limit)
}

func readAll(_ descriptor: Int32, limit: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw Errno(code: errno)
        }
        bytes.append(contentsOf: buffer[..<count])
        if bytes.count > limit { throw Errno(code: EFBIG) }
    }
}
