import Glibc

/// Files that only their owner may read: created with mode 0600, replaced in one step, on disk before success is told.
package enum PrivateFile {
    /// A vault of ten thousand hosts has some megabytes; what is bigger is something else.
    static let sizeLimit = 256 << 20

    /// The file's bytes; nil when there is no such file.
    package static func read(_ path: String) throws(VaultError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("cannot read", path, remedy: "run as its owner")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw VaultError(.file, "is not a regular file", path: path, remedy: "move it away") }
        guard status.st_size <= sizeLimit else { throw VaultError(.file, "has \(status.st_size) bytes, far more than a vault", path: path, remedy: "restore it from a backup") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot read", path) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Puts `bytes` in the file's place: written beside it, synced, and renamed over it by `commit`, which also syncs the folder.
    ///
    /// Call it with the vault's lock held: the name of the file beside is fixed, so that a crash leaves at most one.
    struct Replacement: ~Copyable {
        private let path: String, temporary: String
        private var committed = false

        init(_ path: String, _ bytes: [UInt8]) throws(VaultError) {
            self.path = PrivateFile.resolved(path)
            temporary = self.path + ".tmp"
            unlink(temporary)
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw failure("cannot write", path, remedy: "its folder must exist and be writable") }
            defer { close(descriptor) }
            // Root working for somebody must not lock them out of their own vault.
            var status = stat()
            if stat(self.path, &status) == 0, status.st_uid != geteuid() { _ = fchown(descriptor, status.st_uid, status.st_gid) }
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("cannot write", path, remedy: "nothing was changed") }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw failure("cannot write", path, remedy: "nothing was changed") }
        }

        consuming func commit() throws(VaultError) {
            guard rename(temporary, path) == 0 else { throw failure("cannot replace", path) }
            committed = true
            try PrivateFile.syncFolder(of: path)
        }

        deinit { if !committed { unlink(temporary) } }
    }

    package static func replace(_ path: String, _ bytes: [UInt8]) throws(VaultError) {
        try Replacement(path, bytes).commit()
    }

    /// Makes the file with its bytes whole, unless there is one already.
    static func create(_ path: String, _ bytes: [UInt8]) throws(VaultError) {
        let draft = "\(path).\(getpid())"
        let written = try Replacement(draft, bytes)
        try written.commit()
        defer { unlink(draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure("cannot make", path) }
        try syncFolder(of: path)
    }

    static func remove(_ path: String) throws(VaultError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("cannot remove", path) }
        try syncFolder(of: path)
    }

    /// In one step, replacing what is there.
    static func move(_ path: String, to target: String) throws(VaultError) {
        let target = resolved(target)
        guard rename(path, target) == 0 else { throw failure("cannot replace", target) }
        try syncFolder(of: target)
    }

    /// Makes the file's folder when there is none, for its owner only.
    static func makeFolder(of path: String) throws(VaultError) {
        let folder = parent(of: path)
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure("cannot make the folder", folder) }
    }

    static func syncFolder(of path: String) throws(VaultError) {
        let folder = parent(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot sync", folder) }
        defer { close(descriptor) }
        // Some network file systems cannot sync a folder; their rename is as durable as it gets.
        if fsync(descriptor) != 0, errno != EINVAL { throw failure("cannot sync", folder) }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Where a symbolic link leads, so that a replacement does not put a file in the link's place.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    static func failure(_ what: String, _ path: String, remedy: String? = nil) -> VaultError {
        VaultError(.file, "\(what): \(String(cString: strerror(errno)))", path: path, remedy: remedy)
    }
}
