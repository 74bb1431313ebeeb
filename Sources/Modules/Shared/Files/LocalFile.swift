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
        return gethostname(&name, name.count - 1) == 0
            ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }

    /// Whose a file is: the user's name, or the number as text where there is none.
    static func owner(_ path: String) -> String? {
        var status = stat()
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        guard stat(path, &status) == 0 else { return nil }
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(status.st_uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            return String(status.st_uid)
        }
        return String(cString: entry.pw_name)
    }

    /// To read from; the caller closes it.
    static func open(_ path: String) throws(Problem) -> Int32 {
        do throws(RegularFile.Problem) { return try RegularFile.open(path).descriptor } catch {
            throw Problem(path: path, reason: error)
        }
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
        return (
            status.st_mode & S_IFMT == S_IFDIR, status.st_mode & S_IFMT == S_IFREG, Int(status.st_mode & 0o7777),
            Int(status.st_size)
        )
    }

    /// Whether the file begins with these bytes; false where it can't be read.
    static func begins(_ path: String, with beginning: String) -> Bool {
        guard let descriptor = try? open(path) else { return false }
        defer { close(descriptor) }
        let wanted = Array(beginning.utf8)
        var bytes = [UInt8](repeating: 0, count: wanted.count)
        return Glibc.read(descriptor, &bytes, bytes.count) == wanted.count && bytes == wanted
    }

    /// A link's text; nil for what is no link.
    static func linkTarget(_ path: String) -> String? {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &text, text.count)
        return count < 0 ? nil : String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What is below a folder.
    struct Entry: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case folder, file
            /// A link that is not followed, with its text.
            case link(String)
        }
        /// Relative to the folder.
        var name: String
        var kind: Kind
    }

    /// Everything below a folder, sorted, folders before what they hold.
    /// - Parameter followsLinks: links count as what they lead to, except where that is nothing, or a folder that the
    ///   link itself is in.
    static func tree(_ root: String, followsLinks: Bool = true) throws(Problem) -> [Entry] {
        struct Identity: Hashable { let device: dev_t, inode: ino_t }
        var entries: [Entry] = []
        func walk(_ folder: String, _ prefix: String, within parents: Set<Identity>) throws(Problem) {
            var own = stat()
            guard stat(folder, &own) == 0, let stream = opendir(folder) else {
                throw Problem(path: folder, reason: .system(errno))
            }
            let parents = parents.union([Identity(device: own.st_dev, inode: own.st_ino)])
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            closedir(stream)
            for name in names.sorted() {
                let path = folder + "/" + name
                let target = linkTarget(path)
                var status = stat()
                let leads = stat(path, &status) == 0
                if let target,
                    !followsLinks || !leads || parents.contains(Identity(device: status.st_dev, inode: status.st_ino))
                {
                    entries.append(Entry(name: prefix + name, kind: .link(target)))
                    continue
                }
                guard leads else { continue }
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                entries.append(Entry(name: prefix + name, kind: isFolder ? .folder : .file))
                if isFolder { try walk(path, prefix + name + "/", within: parents) }
            }
        }
        try walk(root, "", within: [])
        return entries
    }
}
