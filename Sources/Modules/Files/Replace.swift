import Playbook
import Templating
import YAML

/// Replaces every match of a regular expression in a file.
struct Replace: Module {
    static let spec = ModuleSpec(
        "replace", summary: "Replaces every match of a regular expression in a file.",
        options: [
            .init("path", .path, aliases: ["dest", "destfile", "name"], required: true, help: "The file."),
            .init("regexp", .string, required: true, help: "Regular expression; ^ and $ match at every line."),
            .init(
                "replace", .string, default: .string(""), help: "What to put there; \\1 and the like stand for groups."),
            .init("after", .string, help: "Only in what follows this expression."),
            .init("before", .string, help: "Only in what precedes this expression."),
            .noEffect(
                "encoding", .string, choices: ["utf-8"], default: .string("utf-8"),
                because: "other encodings than UTF-8 are refused"),
        ] + TextEdit.options)
    static let reference = ModuleReference(
        example: #"""
            - replace:
                path: /etc/default/grub
                regexp: '^(GRUB_TIMEOUT)=\d+'
                replace: '\1=2'
            """#,
        returns: [
            .init("backup_file", "The copy of what was replaced."),
            .init("rc", "0."),
        ])

    private let path: String
    private let edit: TextEdit
    private let expression: PythonRegex
    private let replacement: RegexReplacement
    private let after: String?, before: String?

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        path = try arguments.requiredPath("path")
        edit = try TextEdit(arguments)
        expression = try TextEdit.expression(arguments.required("regexp"), .multiline)
        after = arguments.string("after")
        before = arguments.string("before")
        let template = try arguments.required("replace")
        do { replacement = try RegexReplacement(template, for: expression) } catch {
            throw ModuleFailure("the replacement '\(template)' does not fit the regexp: \(error.message)")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await edit.observe(path, on: host)
        guard seen.status != nil else { throw ModuleFailure("Path \(path) does not exist !", ["rc": .int(257)]) }
        var head = ""
        var section = seen.text
        var tail = ""
        if after != nil || before != nil {
            guard let parts = try Self.section(of: seen.text, after: after, before: before) else {
                var result = ModuleResult()
                let pattern =
                    (after ?? "") + (after != nil && before != nil ? "(?P<subsection>.*?)" : "(?P<subsection>.*)")
                    + (before ?? "")
                result.message = "Pattern for before/after params did not match the given file: \(pattern)"
                result.values["rc"] = .int(0)
                return result
            }
            (head, section, tail) = parts
        }
        let (text, count) = try expression.replacing(section) { replacement.text(for: $0) }
        let isChanged = count > 0 && text != section
        var result = try await edit.finish(
            seen, head + text + tail, message: isChanged ? "\(count) replacements made" : nil, makesFolder: false,
            backupKey: "backup_file", on: host)
        result.diff = isChanged ? Array(result.diff.prefix(1)) : []
        result.values["rc"] = .int(0)
        return result
    }

    /// What lies between the two expressions, and what stands around it.
    static func section(of text: String, after: String?, before: String?) throws -> (String, String, String)? {
        let pattern =
            "(?P<cf_head>\(after ?? ""))(?P<cf_section>.*\(after != nil && before != nil ? "?" : ""))(?P<cf_tail>\(before ?? ""))"
        let expression = try TextEdit.expression(pattern, .dotAll)
        guard let match = try expression.firstMatch(in: text), let index = expression.groupNames["cf_section"],
            let section = match.groups[index],
            let first = expression.groupNames["cf_head"], let head = match.groups[first]
        else { return nil }
        let units = Array(text.utf16)
        let start = match.range.lowerBound + head.utf16.count
        let end = start + section.utf16.count
        return (
            String(decoding: units[..<start], as: UTF16.self), section, String(decoding: units[end...], as: UTF16.self)
        )
    }
}
