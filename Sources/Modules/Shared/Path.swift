/// Text rules of POSIX paths, as Python's `os.path` has them.
enum Path {
    static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    static func folder(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        var head = path[...slash]
        while head.count > 1, head.last == "/" { head.removeLast() }
        return String(head)
    }

    static func join(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") || folder.isEmpty { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// Without empty and `.` parts, each `..` taking away the part before it.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !path.hasPrefix("/") {
                parts.append(part)
            }
        }
        let text = parts.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
    }

    /// Every folder above the path and the path itself, from the outside in: `/a/b` gives `/a`, `/a/b`.
    static func ancestry(_ path: String) -> [String] {
        var current = path.hasPrefix("/") ? "/" : ""
        return path.split(separator: "/").map { part in
            current = join(current, String(part))
            return current
        }
    }
}
