import Glibc

/// Paths of settings, from the root.
enum AbsolutePath {
    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// With `~`, `~user`, `$NAME`, `${NAME}` and `{{CWD}}` in it replaced, and without `.` and `..`.
    static func resolved(_ path: String, from folder: String) -> String {
        var path = path
        if let range = path.firstRange(of: "{{CWD}}") { path.replaceSubrange(range, with: currentFolder) }
        path = withVariables(withHome(path))
        let whole = path.hasPrefix("/") ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func withHome(_ path: String) -> String {
        guard path.hasPrefix("~") else { return path }
        let name = path.dropFirst().prefix { $0 != "/" }
        let rest = path.dropFirst(1 + name.count)
        if name.isEmpty, let home = getenv("HOME") { return String(cString: home) + rest }
        guard let account = name.isEmpty ? getpwuid(geteuid()) : getpwnam(String(name)),
            let home = account.pointee.pw_dir
        else { return path }
        return String(cString: home) + rest
    }

    /// A variable that is not set stays as it is written.
    private static func withVariables(_ path: String) -> String {
        guard path.contains("$") else { return path }
        return path.replacing(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/) { match in
            let name = String(match.output.1 ?? match.output.2 ?? "")
            return getenv(name).map { String(cString: $0) } ?? String(match.output.0)
        }
    }
}
