import Glibc

extension PrivateFile {
    /// Puts bytes in a file's place: written beside it, synced, and renamed over it by `commit`, which also syncs the
    /// folder.
    ///
    /// The name of the file beside is fixed, so that a crash leaves at most one; whoever replaces one file at a time
    /// holds a lock.
    package struct Replacement: ~Copyable {
        private let folder: PrivateFolder, name: String, draft: String
        private var isCommitted: Bool

        /// - Parameter followsLast: where the path is a link that may be followed, what it leads to is replaced. Not so
        ///   for a file that has its place by name.
        package init(_ path: String, _ bytes: [UInt8], followsLast: Bool = true) throws(FileProblem) {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: followsLast)
            let draft = name + ".tmp"
            try Self.write(bytes, to: draft, insteadOf: name, in: folder)
            (self.folder, self.name, self.draft, isCommitted) = (folder, name, draft, false)
        }

        private static func write(
            _ bytes: [UInt8], to draft: String, insteadOf name: String, in folder: PrivateFolder
        ) throws(FileProblem) {
            try folder.remove(draft)
            let file = try folder.open(draft, O_WRONLY | O_CREAT | O_EXCL)
            do throws(FileProblem) {
                // Root who works for somebody must not lock them out of their own file: its owner, who is trusted with
                // it, keeps it.
                if let owner = owner(of: name, in: folder), owner.user != geteuid() {
                    _ = fchown(file.descriptor, owner.user, owner.group)
                }
                try file.write(bytes)
                try file.sync()
            } catch {
                try? folder.remove(draft)
                throw error
            }
        }

        /// Of a file that is there, and that its purpose lets us use.
        private static func owner(of name: String, in folder: PrivateFolder) -> (user: uid_t, group: gid_t)? {
            guard let file = try? folder.open(name, O_RDONLY) else { return nil }
            return (file.owner, file.group)
        }

        package consuming func commit() throws(FileProblem) {
            try folder.rename(draft, to: name)
            isCommitted = true
            try folder.sync()
        }

        /// Puts it there unless there is something already.
        ///
        /// - Returns: whether it was put there.
        package consuming func commitUnlessThere() throws(FileProblem) -> Bool {
            let isNew = try folder.link(draft, to: name)
            try folder.remove(draft)
            isCommitted = true
            try folder.sync()
            return isNew
        }

        deinit { if !isCommitted { try? folder.remove(draft) } }
    }

    package static func replace(_ path: String, _ bytes: [UInt8], followsLast: Bool = true) throws(FileProblem) {
        try Replacement(path, bytes, followsLast: followsLast).commit()
    }

    /// Removes what has this name, be it a link.
    package static func remove(_ path: String) throws(FileProblem) {
        let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
        try folder.remove(name)
        try folder.sync()
    }

    /// The file of this name and nothing that it would lead to: for what this program makes itself, and nobody has a
    /// reason to put a link for.
    package static func readOwn(_ path: String) throws(FileProblem) -> [UInt8]? {
        do {
            let (folder, name) = try PrivateFolder.holding(path, for: .secret, followsLast: false)
            return try folder.open(name, O_RDONLY).bytes(limit: 1 << 20)
        } catch {
            if error.isMissing { return nil }
            if error.code == ELOOP {
                throw FileProblem(
                    path, refused: "is a link, which this program does not make there",
                    remedy: "remove it, and keep others from writing to its folder")
            }
            throw error
        }
    }

    /// Makes the file's folder when there is none, for this user only.
    package static func makeFolder(of path: String) throws(FileProblem) {
        let folder = folder(of: path)
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw FileProblem(folder, cannot: "make the folder", errno: errno)
        }
    }

    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
