import Playbook
import Templating
import YAML

/// Keeps one line in a file, or keeps lines out of it.
struct LineInFile: Module {
    static let spec = ModuleSpec(
        "lineinfile", summary: "Keeps one line in a file, or keeps lines out of it.",
        options: [
            .init("path", .path, aliases: ["dest", "destfile", "name"], required: true, help: "The file."),
            .init("line", .string, aliases: ["value"], help: "The line."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init(
                "regexp", .string, aliases: ["regex"],
                help: "The last line that this finds is replaced; with absent every one goes."),
            .init("search_string", .string, help: "As regexp, for a text in the line."),
            .init(
                "backrefs", .bool, default: .bool(false),
                help:
                    "Replace \\1 and the like in the line by what regexp's groups found; without a match nothing changes."
            ),
            .init(
                "insertafter", .string,
                help: "Where to put a line that is not there: after the last line that this finds, or EOF."),
            .init("insertbefore", .string, help: "Where to put it: before the last line that this finds, or BOF."),
            .init("firstmatch", .bool, default: .bool(false), help: "The first line found counts, not the last."),
            .init("create", .bool, default: .bool(false), help: "Make the file when it is missing."),
        ] + TextEdit.options,
        mutuallyExclusive: [
            ["insertbefore", "insertafter"], ["regexp", "search_string"], ["backrefs", "search_string"],
        ])
    static let reference = ModuleReference(
        example: """
            - lineinfile:
                path: /etc/ssh/sshd_config
                regexp: ^#?PasswordAuthentication
                line: PasswordAuthentication no
                validate: sshd -t -f %s
            """,
        returns: [
            .init("backup", "The copy of what was replaced, or an empty text."),
            .init("found", "With state: absent, how many lines went."),
        ])

    private let path: String
    private let edit: TextEdit
    private let desired: DesiredLine
    private let isPresent: Bool, creates: Bool

    struct DesiredLine: Sendable {
        var line: String?
        var expression: PythonRegex?
        var searched: String?
        var expandsGroups = false, takesFirst = false
        var after: Place?, before: Place?

        enum Place: Sendable {
            case edge
            case match(PythonRegex)
        }

        func finds(_ line: String) throws -> PythonRegex.Match? { try expression?.firstMatch(in: line) }
        /// An empty text is in every line.
        func holdsSearched(_ line: String) -> Bool { searched.map { $0.isEmpty || line.contains($0) } ?? false }
    }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        path = try arguments.requiredPath("path")
        edit = try TextEdit(arguments)
        isPresent = arguments.string("state") == "present"
        creates = arguments.bool("create")
        var desired = DesiredLine(
            line: arguments.string("line"), searched: arguments.string("search_string"),
            expandsGroups: arguments.bool("backrefs"), takesFirst: arguments.bool("firstmatch"))
        desired.expression = try arguments.string("regexp").map { try TextEdit.expression($0) }
        func place(_ name: String) throws -> DesiredLine.Place? {
            switch arguments.string(name) {
            case nil, "": nil
            case "EOF" where name == "insertafter", "BOF": .edge
            case let pattern?: .match(try TextEdit.expression(pattern))
            }
        }
        // At the beginning is the same before and after.
        desired.before = try arguments.string("insertafter") == "BOF" ? .edge : place("insertbefore")
        desired.after =
            try arguments.string("insertafter") == "BOF"
            ? nil : place("insertafter") ?? (desired.before == nil ? .edge : nil)
        self.desired = desired
        if isPresent {
            if desired.expandsGroups, desired.expression == nil {
                throw ModuleFailure("regexp is required with backrefs=true")
            }
            guard desired.line != nil else { throw ModuleFailure("line is required with state=present") }
        } else if desired.line == nil, desired.expression == nil, desired.searched == nil {
            throw ModuleFailure("one of line, search_string, or regexp is required with state=absent")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await edit.observe(path, on: host)
        if seen.status == nil {
            if !isPresent {
                var result = ModuleResult()
                result.message = "file not present"
                return result
            }
            guard creates else { throw ModuleFailure("Destination \(path) does not exist !", ["rc": .int(257)]) }
        }
        let lines = TextEdit.lines(seen.text)
        if isPresent {
            let (edited, message) = try Self.place(lines, desired)
            return try await edit.finish(
                seen, edited.joined(), message: message, makesFolder: seen.status == nil, backupKey: "backup", on: host)
        }
        let kept = try lines.filter { try !Self.isUnwanted($0, desired) }
        let gone = lines.count - kept.count
        var result = try await edit.finish(
            seen, kept.joined(), message: gone > 0 ? "\(gone) line(s) removed" : nil, makesFolder: false,
            backupKey: "backup", on: host)
        result.values["found"] = .int(gone)
        return result
    }

    private static func bare(_ line: String) -> String { Lines.withoutEmptyEnd(line) }

    static func isUnwanted(_ line: String, _ desired: DesiredLine) throws -> Bool {
        if desired.expression != nil { return try desired.finds(line) != nil }
        if desired.searched != nil { return desired.holdsSearched(line) }
        return bare(line) == desired.line
    }

    /// - Returns: the lines as they shall be, and what was done; nil when nothing.
    static func place(_ lines: [String], _ desired: DesiredLine) throws -> ([String], String?) {
        var lines = lines
        let line = desired.line ?? ""
        var found: (index: Int, match: PythonRegex.Match?)?
        for (index, text) in lines.enumerated() {
            if let match = try desired.finds(text) {
                found = (index, match)
            } else if desired.holdsSearched(text) {
                found = (index, nil)
            } else {
                continue
            }
            if desired.takesFirst { break }
        }
        var insertion: Int?
        if found == nil {
            scan: for (index, text) in lines.enumerated() {
                if bare(text) == line {
                    found = (index, nil)
                    continue
                }
                switch (desired.after, desired.before) {
                case (.match(let expression)?, _) where try expression.firstMatch(in: text) != nil:
                    insertion = index + 1
                case (_, .match(let expression)?) where try expression.firstMatch(in: text) != nil: insertion = index
                default: continue scan
                }
                if desired.takesFirst { break }
            }
        }
        func endLast() { if let last = lines.last, !TextEdit.endsLine(last) { lines[lines.count - 1] += "\n" } }
        if let found {
            var wanted = line
            if desired.expandsGroups, let match = found.match, let expression = desired.expression {
                do { wanted = try RegexReplacement(line, for: expression).text(for: match) } catch {
                    throw ModuleFailure("the line's references do not fit the regexp: \(error.message)")
                }
            }
            if !TextEdit.endsLine(wanted) { wanted += "\n" }
            guard lines[found.index] != wanted else { return (lines, nil) }
            lines[found.index] = wanted
            return (lines, "line replaced")
        }
        if desired.expandsGroups { return (lines, nil) }
        if case .edge? = desired.before {
            lines.insert(line + "\n", at: 0)
            return (lines, "line added")
        }
        guard let insertion else {
            endLast()
            lines.append(line + "\n")
            return (lines, "line added")
        }
        if desired.after != nil {
            let next = insertion == lines.count ? insertion - 1 : insertion
            guard bare(lines[next]) != line else { return (lines, nil) }
            if insertion == lines.count { endLast() }
        }
        lines.insert(line + "\n", at: insertion)
        return (lines, "line added")
    }
}
