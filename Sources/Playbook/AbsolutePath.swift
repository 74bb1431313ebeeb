import Foundation

/// Paths as playbooks see them (`role_path`, `playbook_dir`, `inventory_dir`): from the root, whatever folder they are
/// used in. Messages keep the path that was given.
package enum AbsolutePath {
    /// Without `.` and `..`; symbolic links are left as they are.
    package static func of(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
