import Glibc
import YAML

/// Files on the controller: what tasks copy from.
enum LocalFile {
    struct Problem: Error {
        let path: String
        let reason: RegularFile.Problem
        var failure: ModuleFailure {
            switch reason {
            case .notRegular: ModuleFailure("\(path) is not a regular file")
            case .system(let code): ModuleFailure("cannot read \(path): \(String(cString: strerror(code)))")
            }
        }
    }

    /// The controller's name.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        return gethostname(&name, name.count - 1) == 0 ? String(cString: name) : ""
    }

    /// Whose a file is: the user's name, or the number as text where there is none.
    static func owner(_ path: String) -> String? {
        var status = stat(), entry = passwd(), found: UnsafeMutablePointer<passwd>?
        guard stat(path, &status) == 0 else { return nil }
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(status.st_uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(status.st_uid) }
        return String(cString: entry.pw_name)
    }

    /// To read from; the caller closes it.
    static func open(_ path: String) throws(Problem) -> Int32 {
        do throws(RegularFile.Problem) { return try RegularFile.open(path).descriptor } catch { throw Problem(path: path, reason: error) }
    }

    static func read(_ path: String) throws(Problem) -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(path: path, reason: .system(errno))
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func status(_ path: String) -> (isFolder: Bool, isRegular: Bool, mode: Int, size: Int)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (status.st_mode & S_IFMT == S_IFDIR, status.st_mode & S_IFMT == S_IFREG, Int(status.st_mode & 0o7777), Int(status.st_size))
    }

    /// Names of everything below a folder, relative to it, sorted, folders first seen before what they hold. Links are followed.
    static func tree(_ root: String) throws(Problem) -> [(name: String, isFolder: Bool)] {
        var entries: [(name: String, isFolder: Bool)] = []
        // Bounded, so that a link to a folder above ends.
        func walk(_ folder: String, _ prefix: String, _ depth: Int) throws(Problem) {
            guard depth < 64 else { throw Problem(path: folder, reason: .system(ELOOP)) }
            guard let stream = opendir(folder) else { throw Problem(path: folder, reason: .system(errno)) }
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
