import Playbook
import YAML

/// Loads a module of the kernel, or takes it out, now and after a reboot.
struct Modprobe: Module {
    static let spec = ModuleSpec(
        "modprobe", collection: "community.general", summary: "Loads a module of the kernel, or takes it out.",
        options: [
            .init("name", .string, required: true, help: "The module."),
            .init("params", .string, default: .string(""), help: "Its parameters: a=1 b=2."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be loaded."),
            .init(
                "persistent", .string, choices: ["absent", "disabled", "present"], default: .string("disabled"),
                help: "Whether the host shall load it when it boots; disabled leaves that as it is."),
        ])
    static let reference = ModuleReference(
        notes: "With `persistent` also after a reboot.",
        example: """
            - modprobe: { name: nvidia_uvm, persistent: present }
            """,
        returns: [
            .init("name", "The module."),
            .init("params", "As it was given."),
            .init("state", "As it was given."),
            .init("persistent", "As it was given."),
        ])

    private let name: String, state: String, persistent: String
    private let parameters: [String]
    private let arguments: ValueMap

    init(arguments: ValueMap) throws {
        self.arguments = arguments
        let arguments = Arguments(arguments)
        name = try arguments.required("name")
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }),
            !name.hasPrefix("-")
        else { throw ModuleFailure("'\(name)' is not a module's name") }
        state = try arguments.required("state")
        persistent = try arguments.required("persistent")
        let given = try arguments.required("params")
        guard !given.contains(where: \.isNewline) else { throw ModuleFailure("'params' holds a line end") }
        parameters = try CommandLine.split(given)
        if persistent == "present", state == "absent" {
            throw ModuleFailure("persistent can not be present when state is absent")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await host.observe(
            """
            cat /proc/modules 2>/dev/null; printf '\\000'
            sed 's|.*/||; s|\\.ko.*||' "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; printf '\\000'
            for cf_one in /etc/modules-load.d/*.conf /etc/modprobe.d/*.conf; do
              if [ -f "$cf_one" ]; then printf '%s\\000' "$cf_one"; cat -- "$cf_one"; printf '\\000'; fi
            done
            """)
        guard seen.records.count >= 3, seen.records.count % 2 == 1 else {
            throw ModuleFailure("cannot ask for the kernel's modules: \(seen.complaint)")
        }
        let loaded =
            (seen.records[0].split(separator: "\n").compactMap { $0.split(separator: " ").first }
            + seen.records[1].split(separator: "\n")).map(Self.normalized)
        var result = ModuleResult()
        result.values = [
            "name": .string(name), "params": arguments["params"] ?? .null, "state": .string(state),
            "persistent": .string(persistent),
        ]
        let isLoaded = loaded.contains(Self.normalized(name))
        if isLoaded != (state == "present") {
            result.changed = true
            let script: ShellScript =
                state == "present" ? "modprobe -- \([name] + parameters)" : "modprobe -r -- \(name)"
            try await host.change("\(state == "present" ? "load" : "take out") the module \(name)", script)
        }
        guard persistent != "disabled" else { return result }
        var files: [(path: String, text: String)] = []
        for index in stride(from: 2, to: seen.records.count - 1, by: 2) {
            files.append((seen.records[index], seen.records[index + 1]))
        }
        for (path, before, after) in changes(files) {
            result.changed = true
            result.diff.append(
                Difference(
                    before: .string(before ?? ""), after: .string(after),
                    beforeHeader: before == nil ? "/dev/null" : path, afterHeader: path))
            try await host.change(
                "write \(path)", "mkdir -p -- \(Path.folder(path)) && umask 022 && cat >\(path)",
                stdin: .bytes(Array(after.utf8)))
        }
        return result
    }

    private static func normalized(_ name: some StringProtocol) -> String { String(name).replacing("-", with: "_") }

    /// Files that are to be written: what is not wanted there any more becomes a comment.
    func changes(_ files: [(path: String, text: String)]) -> [(path: String, before: String?, after: String)] {
        let wanted = persistent == "present"
        let options = "options \(name)" + parameters.map { " " + $0 }.joined()
        var changed: [(path: String, before: String?, after: String)] = []
        var isListed = false
        var hasOptions = parameters.isEmpty
        for (path, text) in files {
            let isList = path.hasPrefix("/etc/modules-load.d/")
            let lines = TextEdit.lines(text).map { line in
                let words = line.split(whereSeparator: \.isWhitespace)
                if isList {
                    guard words.count == 1, Self.normalized(words[0]) == Self.normalized(name) else { return line }
                    isListed = true
                    return wanted ? line : "#" + line
                }
                guard words.count >= 2, words[0] == "options", Self.normalized(words[1]) == Self.normalized(name) else {
                    return line
                }
                if wanted, parameters.isEmpty || words.dropFirst(2).elementsEqual(parameters, by: ==) {
                    hasOptions = true
                    return line
                }
                return "#" + line
            }
            if lines.joined() != text { changed.append((path, text, lines.joined())) }
        }
        func add(_ line: String, to path: String) {
            if let index = changed.firstIndex(where: { $0.path == path }) {
                changed[index].after += (TextEdit.endsLine(changed[index].after) ? "" : "\n") + line + "\n"
            } else {
                let before = files.first { $0.path == path }?.text
                changed.append(
                    (
                        path, before,
                        (before.map { $0.isEmpty || TextEdit.endsLine($0) ? $0 : $0 + "\n" } ?? "") + line + "\n"
                    ))
            }
        }
        if wanted, !isListed { add(name, to: "/etc/modules-load.d/\(name).conf") }
        if wanted, !hasOptions { add(options, to: "/etc/modprobe.d/\(name).conf") }
        return changed
    }
}
