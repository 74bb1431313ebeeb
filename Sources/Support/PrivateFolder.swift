import CEpoll
import Glibc

/// A folder that was reached step by step, each step checked on what it opened (`FilePurpose`), and in which files are
/// opened by name.
///
/// Nothing is looked at by a path and then opened by that path: whoever may write to a folder on the way could change
/// it in between.
package final class PrivateFolder: Sendable {
    /// Only for calls that take a folder and a name (`openat`); not for reading.
    let descriptor: Int32
    private let path: String
    private let purpose: FilePurpose

    private init(_ descriptor: Int32, _ path: String, _ purpose: FilePurpose) {
        (self.descriptor, self.path, self.purpose) = (descriptor, path, purpose)
    }

    deinit { close(descriptor) }

    /// The folder at a path.
    package convenience init(_ path: String, for purpose: FilePurpose) throws(FileProblem) {
        let (folder, name) = try Self.walk(path + "/.", purpose, followsLast: true)
        guard name == nil else { throw FileProblem(path, cannot: "open the folder", errno: ENOENT) }
        let copy = fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw FileProblem(path, cannot: "open the folder", errno: errno) }
        self.init(copy, folder.path, purpose)
    }

    /// The folder in which a file is or would be, and its name there.
    ///
    /// - Parameter followsLast: where the path itself is a link that may be followed, the folder and name are those
    ///   that it leads to.
    package static func holding(
        _ path: String, for purpose: FilePurpose, followsLast: Bool = true
    ) throws(FileProblem) -> (folder: PrivateFolder, name: String) {
        let (folder, name) = try walk(path, purpose, followsLast: followsLast)
        guard let name else { throw FileProblem(path, cannot: "open the file", errno: EISDIR) }
        return (folder, name)
    }

    private static let mostLinks = 40

    /// - Returns: no name when the path is a folder's by its form (`/`, `.`).
    private static func walk(
        _ path: String, _ purpose: FilePurpose, followsLast: Bool
    ) throws(FileProblem) -> (PrivateFolder, String?) {
        var start = path
        if purpose == .program, !path.hasPrefix("/") {
            guard let here = getcwd(nil, 0) else {
                throw FileProblem(path, cannot: "find the current folder", errno: errno)
            }
            defer { free(here) }
            start = String(cString: here) + "/" + path
        }
        func names(_ path: String) -> [String] { path.split(separator: "/").reversed().map(String.init) }
        var rest = names(start)
        var links = 0
        var folder = try open(at: AT_FDCWD, start.hasPrefix("/") ? "/" : ".", start.hasPrefix("/") ? "/" : ".", purpose)
        while let name = rest.popLast() {
            if name == "." { continue }
            let shown = folder.path == "." ? name : folder.path == "/" ? "/" + name : folder.path + "/" + name
            let found = openat(folder.descriptor, name, Int32(O_PATH) | O_NOFOLLOW | O_CLOEXEC)
            guard found >= 0 else {
                if errno == ENOENT, rest.isEmpty { return (folder, name) }
                throw FileProblem(shown, cannot: "open it", errno: errno)
            }
            var status = stat()
            guard fstat(found, &status) == 0 else {
                let code = errno
                close(found)
                throw FileProblem(shown, cannot: "look at it", errno: code)
            }
            switch status.st_mode & S_IFMT {
            case S_IFLNK where !rest.isEmpty || followsLast:
                defer { close(found) }
                try purpose.checkLink(status, shown)
                links += 1
                guard links <= mostLinks, let target = target(of: found) else {
                    throw FileProblem(shown, cannot: "follow the link", errno: ELOOP)
                }
                if target.hasPrefix("/") { folder = try open(at: AT_FDCWD, "/", "/", purpose) }
                rest += names(target)
            case S_IFDIR where !rest.isEmpty:
                let next = PrivateFolder(found, shown, purpose)
                try purpose.check(status, shown, isFolder: true)
                folder = next
            default:
                close(found)
                guard rest.isEmpty else { throw FileProblem(shown, cannot: "open it", errno: ENOTDIR) }
                return (folder, name)
            }
        }
        return (folder, nil)
    }

    private static func open(
        at parent: Int32, _ name: String, _ shown: String, _ purpose: FilePurpose
    ) throws(FileProblem) -> PrivateFolder {
        let descriptor = openat(parent, name, Int32(O_PATH) | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(shown, cannot: "open the folder", errno: errno) }
        let folder = PrivateFolder(descriptor, shown, purpose)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileProblem(shown, cannot: "look at the folder", errno: errno)
        }
        try purpose.check(status, shown, isFolder: true)
        return folder
    }

    private static func target(of link: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer in
                buffer.baseAddress.map { readlinkat(link, "", $0, buffer.count) } ?? 0
            }
        }
        return count > 0 && count < bytes.count ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    // MARK: Files in it

    /// Opens a file that is no link; one that is made has mode 0600.
    package func open(_ name: String, _ flags: Int32) throws(FileProblem) -> PrivateFile {
        // O_NONBLOCK: opening a named pipe must not wait for a writer.
        let opened = openat(descriptor, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard opened >= 0 else {
            throw FileProblem(
                shown(name),
                cannot: flags & (O_WRONLY | O_RDWR) == 0
                    ? "read" : flags & O_EXCL == 0 ? "open the file" : "make the file", errno: errno)
        }
        return try PrivateFile(opened, shown(name), purpose)
    }

    package func remove(_ name: String) throws(FileProblem) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw FileProblem(shown(name), cannot: "remove it", errno: errno)
        }
    }

    /// In one step, replacing what is there.
    package func rename(_ name: String, to target: String) throws(FileProblem) {
        guard renameat(descriptor, name, descriptor, target) == 0 else {
            throw FileProblem(shown(target), cannot: "replace it", errno: errno)
        }
    }

    /// A second name for a file, unless there is something of that name.
    ///
    /// - Returns: whether it was given.
    package func link(_ name: String, to target: String) throws(FileProblem) -> Bool {
        if linkat(descriptor, name, descriptor, target, 0) == 0 { return true }
        guard errno == EEXIST else { throw FileProblem(shown(target), cannot: "make it", errno: errno) }
        return false
    }

    /// Puts the folder's names on the disk.
    package func sync() throws(FileProblem) {
        let readable = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard readable >= 0 else { throw FileProblem(path, cannot: "sync the folder", errno: errno) }
        defer { close(readable) }
        // Some network file systems cannot sync a folder; their rename is as durable as it gets.
        if fsync(readable) != 0, errno != EINVAL { throw FileProblem(path, cannot: "sync the folder", errno: errno) }
    }

    private func shown(_ name: String) -> String { path == "." ? name : path == "/" ? "/" + name : path + "/" + name }
}
