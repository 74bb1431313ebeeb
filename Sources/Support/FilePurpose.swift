import Glibc

/// What a file of the project is for, and with that who else may read or change it.
///
/// A file, the folders on the way to it and the links among them belong to root, to this user, or to the owner of the
/// folder that the command runs in
/// (root who works for somebody); a folder that everybody may write to is passed only when it is sticky, as `/tmp` is,
/// since nobody can put a thing of
/// this user's there. These are the checks of sshd and sudo, and they are made on what was opened.
package enum FilePurpose: Sendable, Hashable {
    /// Only this user may read it: keys, the vault, the audit trail, a run's files. A wider mode is narrowed, or the
    /// file is refused.
    case secret
    /// Others may read it, and only this user may write to it: `known_hosts`, settings.
    case settings
    /// It is run as this user. Its way is checked from `/` on, and its owner is root or this user.
    case program

    /// - Parameter isFolder: also one on the way to the file.
    func check(_ status: stat, _ path: String, isFolder: Bool) throws(FileProblem) {
        guard isTrusted(status.st_uid) else {
            throw FileProblem(
                path, refused: "belongs to another user (uid \(status.st_uid))",
                remedy: "give it to this user with chown, or keep it where only this user may write")
        }
        let mode = status.st_mode & 0o7777
        if isFolder {
            guard mode & S_ISVTX == 0 else { return }
            if mode & 0o002 != 0 {
                throw FileProblem(
                    path, refused: "others may write to the folder, so what is in it may be theirs",
                    remedy: "chmod o-w it")
            }
            if self == .program, mode & 0o020 != 0, !Self.isPrivate(group: status.st_gid) {
                throw FileProblem(
                    path, refused: "others may write to the folder, so what is in it may be theirs",
                    remedy: "chmod g-w it")
            }
        } else if mode & (self == .program ? 0o022 : 0o002) != 0, self != .secret {
            throw FileProblem(
                path, refused: "others may write to it", remedy: "chmod \(self == .program ? "go-w" : "o-w") it")
        }
    }

    /// Refuses what was found by its name, in places where anybody could have put it: what lies in a folder that
    /// everybody may write to (`/tmp`) belongs to somebody trusted.
    ///
    /// For files beside one that the user has named, and may have taken from anybody. In a sticky folder nobody can put
    /// another thing in such a file's place.
    /// - Parameter folder: a beginning of the path; what lies in it and below is looked at.
    package static func checkFound(_ path: String, below folder: String) throws(FileProblem) {
        var status = stat()
        var here = folder
        for name in path.utf8.dropFirst(folder.utf8.count).split(separator: UInt8(ascii: "/")) {
            let isOpenToAll = stat(here, &status) == 0 && status.st_mode & 0o002 != 0
            here += (here.hasSuffix("/") ? "" : "/") + String(decoding: name, as: UTF8.self)
            // What can't be looked at can't be opened, either.
            guard isOpenToAll, lstat(here, &status) == 0, !FilePurpose.settings.isTrusted(status.st_uid) else {
                continue
            }
            throw FileProblem(
                here, refused: "belongs to another user (uid \(status.st_uid)), and lies where everybody may put files",
                remedy: "keep the inventory in a folder that only you may write to")
        }
    }

    func checkLink(_ status: stat, _ path: String) throws(FileProblem) {
        guard isTrusted(status.st_uid) else {
            throw FileProblem(
                path, refused: "is a link of another user (uid \(status.st_uid))",
                remedy: "remove it, and keep others from writing to its folder")
        }
    }

    private func isTrusted(_ owner: uid_t) -> Bool {
        if owner == 0 || owner == geteuid() { return true }
        guard self != .program else { return false }
        var here = stat()
        return stat(".", &here) == 0 && here.st_uid == owner
    }

    /// Whether nobody but this user is in the group: what distributions make for each user, with folders that it may
    /// write to.
    private static func isPrivate(group: gid_t) -> Bool {
        guard let account = getpwuid(geteuid()), account.pointee.pw_gid == group, let found = getgrgid(group) else {
            return false
        }
        let name = String(cString: account.pointee.pw_name)
        guard String(cString: found.pointee.gr_name) == name, var member = found.pointee.gr_mem else { return false }
        while let other = member.pointee {
            if String(cString: other) != name { return false }
            member += 1
        }
        return true
    }
}
