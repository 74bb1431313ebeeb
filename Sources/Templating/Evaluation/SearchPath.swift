import Glibc
import Support
import YAML

/// Files beside the playbook, for lookups and included templates.
enum SearchPath {
    /// The first file of this name: as it stands when absolute, else in each folder's `subfolder` and in the folder
    /// itself.
    static func find(_ name: String, in folders: [String], subfolder: String?) -> String? {
        if name.hasPrefix("/") { return isReadable(name) ? name : nil }
        for folder in folders {
            if let subfolder, isReadable("\(folder)/\(subfolder)/\(name)") { return "\(folder)/\(subfolder)/\(name)" }
            if isReadable("\(folder)/\(name)") { return "\(folder)/\(name)" }
        }
        return nil
    }

    private static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func bytes(_ path: String) throws(TemplateError) -> [UInt8] {
        do throws(Diagnostic) { return try TextFile.bytes(of: path) } catch {
            throw .other("cannot read \(error.problem)")
        }
    }

    static func refuseOwn(_ path: String) throws(TemplateError) {
        guard !OwnFolders.hold(path) else {
            throw .other("\(path) is data, as all that the program writes itself, and no template")
        }
    }
}
