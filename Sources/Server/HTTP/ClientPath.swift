import Glibc
import Redaction
import Vault

/// Inventories, playbooks and private keys that clients name by path. What is wrong in a playbook is reported to the
/// client with its text, so a file that is none is refused unread.
enum ClientPath {
    /// What is wrong with a playbook's path; nil for one that may be run.
    static func playbookProblem(_ path: String) -> RedactedText? {
        guard path.hasSuffix(".yml") || path.hasSuffix(".yaml"), FileSystem.isWithinWorkingFolder(path) else {
            return "takes the path of a .yml file below the server's folder, or the name of a playbook that ships"
        }
        return problem(path, orFolder: false)
    }

    /// What is wrong with an inventory's path; nil for one that may be read.
    static func inventoryProblem(_ path: String) -> RedactedText? {
        guard FileSystem.isWithinWorkingFolder(path) else { return "takes paths below the server's folder" }
        return problem(path, orFolder: true)
    }

    /// What is wrong with a private key's path; nil for one that may be tried. Whether there is such a key, the run
    /// finds out.
    static func identityProblem(_ path: String) -> RedactedText? {
        let isOutside =
            "/~-".utf8.contains(path.utf8.first ?? 0)
            || path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
        return isOutside || FileSystem.exists(path) && !FileSystem.isWithinWorkingFolder(path)
            ? "takes a path below the server's folder" : nil
    }

    private static func problem(_ path: String, orFolder: Bool) -> RedactedText? {
        var status = stat()
        guard stat(path, &status) == 0 else { return "there is no such file" }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR where orFolder: break
        default: return orFolder ? "takes a regular file or a folder" : "takes a regular file"
        }
        if VaultFiles.isSecret(path) { return "this is a key or the vault" }
        return isOwn(path) ? "takes no file below logs or data, which are the program's own" : nil
    }

    private static func isOwn(_ path: String) -> Bool {
        guard let file = FileSystem.real(path) else { return true }
        return ["logs", "data"].compactMap(FileSystem.real).contains { file == $0 || file.hasPrefix($0 + "/") }
    }
}
