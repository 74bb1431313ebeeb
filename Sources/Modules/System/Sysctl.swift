import Playbook
import YAML

/// Keeps a parameter of the kernel in a file of sysctl's, and in the running kernel if wanted.
struct Sysctl: Module {
    static let spec = ModuleSpec(
        "sysctl", collection: "ansible.posix", summary: "Keeps a parameter of the kernel.",
        options: [
            .init("name", .string, aliases: ["key"], required: true, help: "The parameter: net.core.rmem_max."),
            .init("value", .string, aliases: ["val"], help: "Its value."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether the file shall say it."),
            .init("sysctl_file", .path, default: .string("/etc/sysctl.conf"), help: "The file."),
            .init(
                "sysctl_set", .bool, default: .bool(false), help: "Look at the running kernel, too, and set it there."),
            .init("reload", .bool, default: .bool(true), help: "Let sysctl read the file when it has changed."),
            .init(
                "ignoreerrors", .bool, default: .bool(false),
                help: "Let parameters pass that this kernel does not have."),
        ])
    static let reference = ModuleReference(
        notes: "Other lines of the file stay as they are.",
        example: """
            - sysctl:
                name: vm.max_map_count
                value: "1048576"
                sysctl_file: /etc/sysctl.d/90-gpu.conf
                sysctl_set: true
            """,
        differences: ["leaves the file's other lines as they are"])

    private let name: String
    /// nil: the file shall not say it.
    private let value: String?
    private let arguments: Arguments

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        name = try arguments.required("name").trimmingBlanks
        guard !name.isEmpty else { throw ModuleFailure("name cannot be blank") }
        guard !name.contains(where: { $0.isWhitespace || $0 == "=" || $0 == "#" }), !name.hasPrefix("-") else {
            throw ModuleFailure("'\(name)' is not a parameter's name")
        }
        guard arguments.string("state") == "present" else {
            value = nil
            return
        }
        guard let given = arguments.string("value") else {
            throw ModuleFailure("state is present but all of the following are missing: value")
        }
        guard !given.contains(where: \.isNewline) else { throw ModuleFailure("'value' holds a line end") }
        let text = given.trimmingBlanks
        guard !text.isEmpty else { throw ModuleFailure("value cannot be blank") }
        value =
            switch text.lowercased() {
            case "yes", "true", "y": "1"
            case "no", "false", "n": "0"
            default: text
            }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let edit = try TextEdit(Arguments([:]))
        let seen = try await edit.observe(arguments.requiredPath("sysctl_file"), on: host)
        let edited = Self.edit(seen.text, name, value)
        var result = ModuleResult()
        let lenient = arguments.bool("ignoreerrors") ? ["-e"] : []
        if let value, arguments.bool("sysctl_set") {
            let answer = try await host.observe("sysctl -n -e -- \(name)")
            if Self.words(answer.output) != Self.words(value) {
                result.changed = true
                result.diff.append(
                    Difference(
                        before: .string("\(name)=\(Lines.withoutEmptyEnd(answer.output))\n"),
                        after: .string("\(name)=\(value)\n"), beforeHeader: "\(name) (kernel)",
                        afterHeader: "\(name) (kernel)"))
                let done = try await host.change("set \(name)") {
                    try await $0.attempt("sysctl -q \(lenient) -w \("\(name)=\(value)")")
                }
                // Some kernels refuse a value with words on stderr and a status of 0.
                if let done, done.status != 0 || !done.stderr.isEmpty && lenient.isEmpty {
                    throw ModuleFailure("setting \(name) failed: \(done.errorOutput + done.output)", done.registered)
                }
            }
        }
        guard edited != seen.text else { return result }
        result.changed = true
        result.diff.append(
            Difference(
                before: .string(seen.text), after: .string(edited), beforeHeader: seen.path, afterHeader: seen.path))
        var attributes = seen.attributes
        if seen.status == nil { attributes.mode = .bits(0o644) }
        try await host.change("write \(seen.path)") { [attributes] in
            _ = try await edit.writer.write(
                .content(FileContent(Array(edited.utf8))), to: seen.path, replacing: seen.status,
                attributes: attributes, on: $0)
        }
        if arguments.bool("reload") {
            let done = try await host.change("reload \(seen.path)") {
                try await $0.attempt("sysctl -q \(lenient) -p \(seen.path)")
            }
            if let done, done.status != 0 {
                throw ModuleFailure("Failed to reload sysctl: \(done.errorOutput + done.output)", done.registered)
            }
        }
        return result
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    /// The file's text with the parameter as desired; its first line keeps the place, others of the same name go.
    static func edit(_ text: String, _ name: String, _ value: String?) -> String {
        var lines: [String] = []
        var isThere = false
        for line in TextEdit.lines(text) {
            guard key(of: line) == name else {
                lines.append(line)
                continue
            }
            guard let value, !isThere else { continue }
            isThere = true
            let equals = line.firstIndex(of: "=") ?? line.startIndex
            let given = String(line[line.index(after: equals)...]).trimmingBlanks
            lines.append(given == value ? line : "\(name)=\(value)\n")
        }
        if let value, !isThere {
            if let last = lines.last, !TextEdit.endsLine(last) { lines[lines.count - 1] += "\n" }
            lines.append("\(name)=\(value)\n")
        }
        return lines.joined()
    }

    /// A line's parameter; nil for comments and the like. One that begins with `-` may fail.
    private static func key(of line: String) -> String? {
        let text = line.trimmingBlanks
        guard let first = text.first, first != "#", first != ";", let equals = text.firstIndex(of: "=") else {
            return nil
        }
        return (first == "-" ? text[..<equals].dropFirst() : text[..<equals]).trimmingBlanks
    }
}
