import Glibc
import YAML

extension Filters {
    /// Python's `os.path` on POSIX, and `ntpath` for the `win_` filters.
    static let pathFilters: [String: Operation] = [
        "basename": onPath { .string(PathText.split($0).name) },
        "dirname": onPath { .string(PathText.split($0).folder) },
        "splitext": onPath { path in
            let (root, suffix) = PathText.splitExtension(path)
            return .tuple([.string(root), .string(suffix)])
        },
        "normpath": onPath { .string(PathText.normalized($0)) },
        "realpath": onPath { .string(PathText.real($0)) },
        "expanduser": Operation { operand throws(TemplateError) in
            let path = try path(operand.input, operand.context)
            guard path == "~" || path.hasPrefix("~/") else { return .string(path) }
            return .string((operand.context.environment.environment("HOME")?.string ?? "/root") + path.dropFirst())
        },
        "expandvars": Operation { operand throws(TemplateError) in
            let text = try path(operand.input, operand.context)
            let lookUp = operand.context.environment.environment
            // Of what was put in; the whole text is as secret.
            var provenance = Provenance.data
            let expanded = try RegexCache.expression("\\$(?:(\\w+)|\\{([^}]*)\\})", .ascii).replacing(text) { match in
                guard let value = lookUp(match.groups[1] ?? match.groups[2] ?? "") else { return match.groups[0] ?? "" }
                if !provenance.isSecret { provenance = value.provenance }
                return value.string ?? ""
            }.text
            return .string(expanded, provenance.untrusted)
        },
        "relpath": Operation(["start"]) { operand throws(TemplateError) in
            let start = try operand.string(0, default: ".")
            let path = try path(operand.input, operand.context)
            guard !path.isEmpty else { throw .other("no path specified") }
            return .string(PathText.relative(path, to: start.isEmpty ? "." : start))
        },
        "path_join": Operation { operand throws(TemplateError) in
            if case .string(let path, _) = operand.input { return .string(path) }
            guard case .list(let list) = operand.input else {
                throw .other("|path_join expects string or sequence, got \(operand.input.typeName) instead.")
            }
            var parts: [String] = []
            for item in try list.items(operand.context) { parts.append(try path(item, operand.context)) }
            guard !parts.isEmpty else { throw .other("join() missing 1 required positional argument") }
            return .string(PathText.joined(parts))
        },
        "commonpath": Operation { operand throws(TemplateError) in
            var paths: [[String]] = []
            var isAbsolute: Bool?
            switch operand.input {
            case .list, .tuple: break
            default: throw .other("|commonpath expects sequence, got \(operand.input.typeName) instead.")
            }
            for item in try operand.items() {
                let text = try path(item, operand.context)
                if let before = isAbsolute, before != text.hasPrefix("/") {
                    throw .other("Can't mix absolute and relative paths")
                }
                isAbsolute = text.hasPrefix("/")
                paths.append(text.split(separator: "/").map(String.init).filter { $0 != "." })
            }
            guard var common = paths.first else { throw .other("commonpath() arg is an empty sequence") }
            for other in paths { common = Array(zip(common, other).prefix { $0 == $1 }.map { $0.0 }) }
            return .string((isAbsolute == true ? "/" : "") + common.joined(separator: "/"))
        },
        "fileglob": Operation { operand throws(TemplateError) in .strings(FileGlob.files(try operand.string())) },
        "win_basename": onPath { .string(PathText.splitWindows($0).name) },
        "win_dirname": onPath { .string(PathText.splitWindows($0).folder) },
        "win_splitdrive": onPath { path in
            let drive = path.dropFirst().first == ":" ? String(path.prefix(2)) : ""
            return .tuple([.string(drive), .string(String(path.dropFirst(drive.count)))])
        },
    ]

    static func path(_ object: Object, _ context: RenderContext) throws(TemplateError) -> String {
        guard case .string = object else {
            throw .other("expected str, bytes or os.PathLike object, not \(object.typeName)")
        }
        return try object.text(context)
    }
    private static func onPath(_ change: @escaping @Sendable (String) -> Object) -> Operation {
        Operation { operand throws(TemplateError) in change(try path(operand.input, operand.context)) }
    }
}

enum PathText {
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        let head = path[...slash]
        let name = String(path[path.index(after: slash)...])
        if head.allSatisfy({ $0 == "/" }) { return (String(head), name) }
        return (String(head.reversed().drop { $0 == "/" }.reversed()), name)
    }
    static func splitExtension(_ path: String) -> (String, String) {
        let name = split(path).name
        guard let dot = name.lastIndex(of: "."), name[..<dot].contains(where: { $0 != "." }) else { return (path, "") }
        let suffix = String(name[dot...])
        return (String(path.dropLast(suffix.count)), suffix)
    }
    static func splitWindows(_ path: String) -> (folder: String, name: String) {
        let drive = path.dropFirst().first == ":" ? String(path.prefix(2)) : ""
        let rest = path.dropFirst(drive.count)
        guard let slash = rest.lastIndex(where: { $0 == "\\" || $0 == "/" }) else { return (drive, String(rest)) }
        let head = rest[...slash]
        let name = String(rest[rest.index(after: slash)...])
        let trimmed = String(head.reversed().drop { $0 == "\\" || $0 == "/" }.reversed())
        return (drive + (trimmed.isEmpty ? String(head) : trimmed), name)
    }
    static func joined(_ parts: [String]) -> String {
        var result = ""
        for part in parts {
            if part.hasPrefix("/") {
                result = part
            } else if result.isEmpty || result.hasSuffix("/") {
                result += part
            } else {
                result += "/" + part
            }
        }
        return result
    }
    static func normalized(_ path: String) -> String {
        if path.isEmpty { return "." }
        let root = path.hasPrefix("//") && !path.hasPrefix("///") ? "//" : path.hasPrefix("/") ? "/" : ""
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || root.isEmpty {
                parts.append(part)
            }
        }
        let text = root + parts.joined(separator: "/")
        return text.isEmpty ? "." : text
    }
    private static var workingFolder: String {
        guard let pointer = getcwd(nil, 0) else { return "/" }
        defer { free(pointer) }
        return String(cString: pointer)
    }
    static func absolute(_ path: String) -> String {
        normalized(path.hasPrefix("/") ? path : workingFolder + "/" + path)
    }
    /// Symbolic links are followed as far as the path exists.
    static func real(_ path: String) -> String {
        let whole = absolute(path)
        var existing = whole
        var missing: [String] = []
        while existing != "/" {
            if let pointer = realpath(existing, nil) {
                defer { free(pointer) }
                return normalized(([String(cString: pointer)] + missing.reversed()).joined(separator: "/"))
            }
            let (folder, name) = split(existing)
            missing.append(name)
            existing = folder
        }
        return whole
    }
    static func relative(_ path: String, to start: String) -> String {
        let from = absolute(start).split(separator: "/")
        let to = absolute(path).split(separator: "/")
        let common = zip(from, to).prefix { $0 == $1 }.count
        let parts = Array(repeating: "..", count: from.count - common) + to.dropFirst(common).map(String.init)
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}

enum FileGlob {
    /// The plain files that match, sorted.
    static func files(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        var files: [String] = []
        for index in 0..<Int(found.gl_pathc) {
            guard let pointer = found.gl_pathv[index] else { continue }
            var status = stat()
            if stat(pointer, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                files.append(String(cString: pointer))
            }
        }
        return files
    }
}
