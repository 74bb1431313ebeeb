/// Paths as they are put together of names that playbooks give.
package enum FilePath {
    /// `name` in a folder; a name from the root stays as it is, and so does one in the current folder.
    package static func join(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") || folder.isEmpty || folder == "." { return name }
        if name.isEmpty { return folder }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// The folder that a file lies in: `.` for one in the current folder.
    package static func folder(of file: String) -> String {
        guard let cut = file.lastIndex(of: "/") else { return "." }
        return cut == file.startIndex ? "/" : String(file[..<cut])
    }
}
