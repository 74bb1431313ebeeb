import Glibc

/// Files on the controller: what tasks copy from.
enum LocalFile {
    struct Problem: Error { let code: Int32; var message: String { String(cString: strerror(code)) } }

    static func read(_ path: String) throws(Problem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(code: errno)
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func status(_ path: String) -> (isFolder: Bool, mode: Int, size: Int)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (status.st_mode & S_IFMT == S_IFDIR, Int(status.st_mode & 0o7777), Int(status.st_size))
    }

    /// Names of everything below a folder, relative to it, sorted, folders first seen before what they hold. Links are followed.
    static func tree(_ root: String) throws(Problem) -> [(name: String, isFolder: Bool)] {
        var entries: [(name: String, isFolder: Bool)] = []
        // Bounded, so that a link to a folder above ends.
        func walk(_ folder: String, _ prefix: String, _ depth: Int) throws(Problem) {
            guard depth < 64 else { throw Problem(code: ELOOP) }
            guard let stream = opendir(folder) else { throw Problem(code: errno) }
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
                if name != ".", name != ".." { names.append(name) }
            }
            closedir(stream)
            for name in names.sorted() {
                guard let status = status(folder + "/" + name) else { continue }
                entries.append((prefix + name, status.isFolder))
                if status.isFolder { try walk(folder + "/" + name, prefix + name + "/", depth + 1) }
            }
        }
        try walk(root, "", 0)
        return entries
    }
}
