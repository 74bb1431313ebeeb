import Playbook
import Templating
import YAML

/// Lists files, folders or links that meet conditions.
struct Find: Module {
    static let stamps = ["atime", "ctime", "mtime"]
    static let spec = ModuleSpec(
        "find", summary: "Lists files, folders or links that meet conditions.",
        options: [
            .init(
                "paths", .list, elements: .path, aliases: ["name", "path"], required: true, help: "Folders to look in."),
            .init(
                "patterns", .list, aliases: ["pattern"],
                help: "The name matches one of these shell patterns, or regular expressions."),
            .init("excludes", .list, aliases: ["exclude"], help: "The name matches none of these."),
            .init(
                "use_regex", .bool, default: .bool(false),
                help: "patterns and excludes are regular expressions, matched from the name's beginning."),
            .init("contains", .string, help: "A line of the file begins with what this regular expression finds."),
            .init(
                "read_whole_file", .bool, default: .bool(false),
                help: "Search contains anywhere in the file, line ends included."),
            .init(
                "file_type", .string, choices: ["any", "directory", "file", "link"], default: .string("file"),
                help: "What to list."),
            .init("recurse", .bool, default: .bool(false), help: "Folders in folders, too."),
            .init("depth", .int, help: "So many levels at most; 1 is what is in the folder itself."),
            .init("follow", .bool, default: .bool(false), help: "Go into folders that links lead to."),
            .init("hidden", .bool, default: .bool(false), help: "List names that begin with a dot, too."),
            .init("age", .string, help: "At least this old, as in 3600, 2d, 1w; with a minus at most."),
            .init("age_stamp", .string, choices: stamps, default: .string("mtime"), help: "By which time."),
            .init("size", .string, help: "At least this large, as in 512, 10m, 1g; with a minus at most."),
            .init("mode", .mode, help: "Permissions that it has."),
            .init("exact_mode", .bool, default: .bool(true), help: "Exactly these, not just some of them."),
            .init("limit", .int, help: "So many at most."),
            .init("get_checksum", .bool, default: .bool(false), help: "Hash files' content."),
            .init(
                "checksum_algorithm", .string, aliases: ["checksum", "checksum_algo"],
                choices: ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"], default: .string("sha1"),
                help: "By which hash."),
        ])
    static let reference = ModuleReference(
        example: """
            - find:
                paths: /var/log/installs
                patterns: "*.log"
                age: 4w
                recurse: true
              register: old
            """,
        returns: [
            .init("files", "What was found: path, and what stat tells of each, with checksum where it was asked for."),
            .init("matched", "How many were found."),
            .init("examined", "How many were looked at."),
            .init("skipped_paths", "Folders that could not be searched, with the reason."),
        ])

    private let arguments: Arguments
    private let patterns: [NamePattern], excludes: [NamePattern]
    private let content: PythonRegex?
    private let age: Int?, size: Int?
    private let mode: FileMode?

    /// A file is searched for `contains` up to here.
    private static let searchedBytes = 16 << 20

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        let usesRegex = arguments.bool("use_regex")
        func patterns(_ name: String) throws -> [NamePattern] {
            try (arguments.strings(name) ?? []).map {
                usesRegex ? .expression(try TextEdit.expression($0)) : .wildcard($0)
            }
        }
        self.patterns = try patterns("patterns")
        excludes = try patterns("excludes")
        content = try arguments.string("contains").map { try TextEdit.expression($0) }
        age = try arguments.string("age").map { text in
            guard let age = Self.measure(text, ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]) else {
                throw ModuleFailure("failed to process age", ["age": .string(text)])
            }
            return age
        }
        size = try arguments.string("size").map { text in
            guard let size = Self.measure(text, ["b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]) else {
                throw ModuleFailure("failed to process size", ["size": .string(text)])
            }
            return size
        }
        if arguments.int("limit") == 0 { throw ModuleFailure("limit cannot be 0 (use None for unlimited)") }
        mode = try arguments.map["mode"].flatMap { $0.isNull ? nil : try FileMode($0, path: "") }
    }

    private enum NamePattern: Sendable {
        case wildcard(String)
        case expression(PythonRegex)
        func matches(_ name: String) throws -> Bool {
            switch self {
            case .wildcard(let pattern): Glob(pattern).matches(name)
            case .expression(let expression): try expression.firstMatch(in: name, anchored: true) != nil
            }
        }
    }

    /// `-3d`: a number and a unit, one letter.
    static func measure(_ text: String, _ units: [Character: Int]) -> Int? {
        var digits = text.lowercased()
        var unit = 1
        if let letter = digits.last, let known = units[letter] {
            unit = known
            digits.removeLast()
        }
        guard let number = Int(digits), !digits.hasPrefix("+") else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        // The least number has no counterpart with the other sign.
        return overflows || product == .min ? nil : product
    }

    private typealias Entry = (path: String, status: FileStatus)

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var found: [Entry] = []
        var examined = 0
        var skipped = ValueMap()
        let limit = arguments.int("limit") ?? 0
        var isFull: Bool { limit > 0 && found.count >= limit }
        for path in arguments.strings("paths") ?? [] where !isFull {
            let root = Path.normalized(try await host.resolve(path))
            guard let listing = try await list(root, on: host, &skipped) else { continue }
            examined += listing.entries.count
            for entry in listing.entries where try !isFull && meets(entry, below: root, now: listing.now) {
                if let content, entry.status.kind == .file, arguments.string("file_type") == "file",
                    try await !holds(content, entry.path, on: host)
                {
                    continue
                }
                found.append(entry)
            }
        }
        var result = ModuleResult()
        result.message =
            isFull
            ? "Limit of matches reached"
            : skipped.isEmpty ? "All paths examined" : "Not all paths examined, check warnings for details"
        let sums = try await checksums(found, on: host)
        let files = found.map { entry in
            var file = Stat.values(of: entry.status, path: entry.path, access: "")
            for name in ["exists", "readable", "writeable", "executable"] { file[name] = nil }
            if let sum = sums[entry.path] { file["checksum"] = .string(sum) }
            return Value.dict(file)
        }
        result.values = [
            "files": .list(files), "matched": .int(files.count), "examined": .int(examined),
            "skipped_paths": .dict(skipped),
        ]
        return result
    }

    /// What is below a folder, by path, and the host's time; nil when there is no such folder.
    private func list(
        _ root: String, on host: ManagedHost, _ skipped: inout ValueMap
    ) async throws -> (entries: [Entry], now: Int)? {
        // One level more is looked at than is listed, as in Ansible: it shows in `examined`.
        let depth = arguments.bool("recurse") ? arguments.int("depth").flatMap { $0 > 0 ? $0 + 1 : nil } : 1
        let levels: ShellScript = depth.map { " -maxdepth \(unquotedNumber: $0)" } ?? ""
        let listing = try await host.observe(
            """
            date +%s
            [ -d \(root) ] || exit 90
            cd -- \(root) || exit 91
            find\(shell: arguments.bool("follow") ? " -L" : "") . -mindepth 1\(shell: levels) -exec stat -c '%f %u %g %s %h %i %d %X %Y %Z|%U|%G|%n' {} +
            """)
        if listing.status == 90 {
            skipped[root] = .string("'\(root)' is not a directory")
            return nil
        }
        if listing.status != 0 { skipped[root] = .string(listing.complaint) }
        let lines = listing.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        var folder = root
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        let entries = FileTree.parse(lines.count > 1 ? String(lines[1]) : "", below: ".").map {
            (path: Path.join(folder, String($0.path.dropFirst(2))), status: $0.status)
        }
        return (entries.sorted { $0.path < $1.path }, Int(lines[0]) ?? 0)
    }

    private func meets(_ entry: Entry, below root: String, now: Int) throws -> Bool {
        let status = entry.status
        let name = Path.name(entry.path)
        if name.hasPrefix("."), !arguments.bool("hidden") { return false }
        if let depth = arguments.int("depth"), depth > 0 {
            let folder = root.hasSuffix("/") ? String(root.dropLast()) : root
            if entry.path.count(where: { $0 == "/" }) - folder.count(where: { $0 == "/" }) > depth { return false }
        }
        switch arguments.string("file_type") {
        case "file" where status.kind != .file, "directory" where status.kind != .directory,
            "link" where status.kind != .link:
            return false
        default: break
        }
        if !patterns.isEmpty, try !patterns.contains(where: { try $0.matches(name) }) { return false }
        if try excludes.contains(where: { try $0.matches(name) }) { return false }
        if let age {
            let time =
                switch arguments.string("age_stamp") {
                case "atime": status.accessed
                case "ctime": status.statusChanged
                default: status.modified
                }
            let elapsed = now.subtractingReportingOverflow(time).partialValue
            if age >= 0 ? elapsed < age : elapsed > -age { return false }
        }
        if let size, status.kind == .file, size >= 0 ? status.size < size : status.size > -size { return false }
        if let mode {
            let bits = mode.applied(to: 0, isDirectory: status.kind == .directory, umask: 0) & 0o7777
            if arguments.bool("exact_mode") ? status.mode != bits : status.mode & bits == 0 { return false }
        }
        return true
    }

    private func holds(_ content: PythonRegex, _ path: String, on host: ManagedHost) async throws -> Bool {
        let text = try await host.observe("head -c \(unquotedNumber: Self.searchedBytes) -- \(path) 2>/dev/null").output
        if arguments.bool("read_whole_file") { return try content.firstMatch(in: text) != nil }
        return try TextEdit.lines(text).contains { try content.firstMatch(in: $0, anchored: true) != nil }
    }

    private func checksums(_ found: [Entry], on host: ManagedHost) async throws -> [String: String] {
        let files = found.filter { $0.status.kind == .file }
        guard arguments.bool("get_checksum"), !files.isEmpty else { return [:] }
        let program = try arguments.required("checksum_algorithm") + "sum"
        var script = ShellScript()
        for file in files { script += "\(program) 2>/dev/null <\(file.path) || echo\n" }
        let sums = try await host.observe(script).output.split(separator: "\n", omittingEmptySubsequences: false)
        return Dictionary(
            zip(files, sums).compactMap { file, sum in sum.isEmpty ? nil : (file.path, String(sum.prefix { $0 != " " }))
            }, uniquingKeysWith: { first, _ in first })
    }
}
