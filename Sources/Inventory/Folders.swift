import Glibc
import Support
import YAML

enum FileKind {
    case missing, file, folder

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .missing
            return
        }
        self = status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }
}

/// Who vouches for a file of an inventory. All of them are templates that run on the controller.
enum FileOrigin {
    /// The default inventory, and what is found beside it: it has its place by its name, so nobody else may put or
    /// change it.
    case project
    /// The user named it, and may name anybody's.
    case named
    /// It was found in this folder or below it, beside a file or in a folder that the user named.
    case found(in: String)

    func read(_ path: String) throws(Diagnostic) -> [UInt8] {
        switch self {
        case .project: return try TextFile.settings(path)
        case .named: break
        case .found(let folder):
            do throws(FileProblem) { try FilePurpose.checkFound(path, below: folder) } catch { throw Diagnostic(error) }
        }
        return try TextFile.bytes(of: path, refusesOpenToAll: true)
    }
}

/// A folder's device and inode: two paths of the same folder have the same.
struct FolderIdentity: Hashable {
    let device: UInt, inode: UInt
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }
}

enum FolderListing {
    /// The names in a folder, in the order of their bytes, without `.` and `..`; nil when it cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// `.yml` of `web.yml`; empty for `web` and for `.web`.
func fileExtension(of path: String) -> String {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
    guard let dot = name.lastIndex(of: "."), name[..<dot].contains(where: { $0 != "." }) else { return "" }
    return String(name[dot...])
}

/// The folder that a file lies in.
func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
