import Playbook
import YAML

/// Keeps a line among apt's sources, and reads the lists anew when it has come or gone.
struct AptRepository: Module {
    static let spec = ModuleSpec(
        "apt_repository", summary: "Keeps a line among apt's sources.",
        options: [
            .init("repo", .string, required: true, help: "The line, as in sources.list."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init(
                "filename", .string,
                help: "File below sources.list.d for a new line, without .list; made from the address when left out."),
            .init("mode", .mode, help: "Permissions of a new file (0644)."),
            .init(
                "update_cache", .bool, aliases: ["update-cache"], default: .bool(true),
                help: "Read the lists anew after a change."),
            .noEffect(
                "validate_certs", .bool, default: .bool(true), because: "apt checks certificates as the host is set up"),
            .noEffect("install_python_apt", .bool, default: .bool(true), because: "no Python is needed"),
        ] + AptLists.options)
    static let reference = ModuleReference(
        notes:
            "A line that is there as a comment is enabled. When apt can't read the new lists, the files are as they were before, and the task fails.",
        example: """
            - apt_repository:
                repo: deb [signed-by=/etc/apt/keyrings/nvidia.asc] https://nvidia.github.io/libnvidia-container/stable/deb/amd64 /
                filename: nvidia-container-toolkit
            """,
        returns: [
            .init("repo", "The line."),
            .init("state", "As it was given."),
            .init("sources_added", "Files that were made."),
            .init("sources_removed", "Files that were removed."),
        ],
        differences: ["`ppa:` names are refused, with what to write instead"])

    static let isSafeToEnd = false
    private static let folder = "/etc/apt/sources.list.d"

    private let arguments: Arguments
    private let line: AptSourceLine
    private let isPresent: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        let repository = try arguments.required("repo")
        if repository.hasPrefix("ppa:") {
            throw ModuleFailure(
                "'\(repository)': ppa: names are not supported; use deb822_repository with uris: https://ppa.launchpadcontent.net/OWNER/NAME/ubuntu and signed_by: the archive's key"
            )
        }
        guard let line = AptSourceLine(repository), line.isEnabled, !repository.contains(where: \.isNewline) else {
            throw ModuleFailure("Invalid repository string: \(repository)")
        }
        self.line = line
        isPresent = arguments.string("state") == "present"
    }

    /// A file's text before and after; nil where there is no file.
    private struct Edit: Sendable {
        var path: String
        var before: String?, after: String?
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let seen = try await host.observe(
            """
            command -v apt-get >/dev/null || { echo 'there is no apt-get on this host' >&2; exit 9; }
            for cf_one in /etc/apt/sources.list \(shell: ShellScript(stringLiteral: Self.folder))/*.list\(shell: filePath.map { " \($0)" } ?? ""); do
              if [ -f "$cf_one" ]; then printf '%s\\000' "$cf_one"; cat -- "$cf_one"; printf '\\000'; fi
            done
            """)
        guard seen.status == 0, seen.records.count % 2 == 1 else {
            throw ModuleFailure("cannot read apt's sources: \(seen.complaint)")
        }
        var files: [(path: String, text: String)] = []
        for index in stride(from: 0, to: seen.records.count - 1, by: 2)
        where !files.contains(where: { $0.path == seen.records[index] }) {
            files.append((seen.records[index], seen.records[index + 1]))
        }
        let edits = isPresent ? additions(to: files) : removals(from: files)

        var result = ModuleResult()
        result.values = [
            "repo": .string(arguments.string("repo") ?? ""), "state": .string(isPresent ? "present" : "absent"),
            "sources_added": .list(edits.filter { $0.before == nil }.map { .string($0.path) }),
            "sources_removed": .list(edits.filter { $0.after == nil }.map { .string($0.path) }),
        ]
        result.changed = !edits.isEmpty
        result.diff = edits.map {
            Difference(
                before: .string($0.before ?? ""), after: .string($0.after ?? ""),
                beforeHeader: $0.before == nil ? "/dev/null" : $0.path,
                afterHeader: $0.after == nil ? "/dev/null" : $0.path)
        }
        guard result.changed else { return result }
        for edit in edits { try await write(edit, on: host) }
        if arguments.bool("update_cache") {
            do { try await AptLists(arguments).update(on: host) } catch let failure as ModuleFailure {
                for edit in edits {
                    try await write(Edit(path: edit.path, before: edit.after, after: edit.before), on: host)
                }
                throw failure
            }
        }
        return result
    }

    private var filePath: String? { arguments.string("filename").map { Path.join(Self.folder, $0) + ".list" } }

    private func additions(to files: [(path: String, text: String)]) -> [Edit] {
        var edits: [Edit] = []
        for (path, text) in files {
            let lines = TextEdit.lines(text)
            let found = lines.map { AptSourceLine($0).flatMap { $0.source == line.source ? $0 : nil } }
            if found.contains(where: { $0?.isEnabled == true }) { return [] }
            guard found.contains(where: { $0 != nil }) else { continue }
            edits.append(
                Edit(
                    path: path, before: text,
                    after: zip(lines, found).map { text, source in source.map { $0.text + "\n" } ?? text }.joined()))
        }
        guard edits.isEmpty else { return edits }
        let path = filePath ?? Path.join(Self.folder, line.fileName + ".list")
        let before = files.first { $0.path == path }?.text
        let kept = before.map { $0.isEmpty || TextEdit.endsLine($0) ? $0 : $0 + "\n" } ?? ""
        return [Edit(path: path, before: before, after: kept + line.text + "\n")]
    }

    /// A file of which nothing is left goes, too.
    private func removals(from files: [(path: String, text: String)]) -> [Edit] {
        files.compactMap { path, text in
            let lines = TextEdit.lines(text)
            let kept = lines.filter { text in
                AptSourceLine(text).map { !$0.isEnabled || $0.source != line.source } ?? true
            }
            guard kept.count < lines.count else { return nil }
            let isEmpty = kept.allSatisfy { $0.allSatisfy(\.isWhitespace) }
            return Edit(path: path, before: text, after: isEmpty && path.hasPrefix(Self.folder) ? nil : kept.joined())
        }
    }

    private func write(_ edit: Edit, on host: ManagedHost) async throws {
        guard let text = edit.after else {
            try await host.change("remove \(edit.path)", "rm -f -- \(edit.path)")
            return
        }
        let mode = try arguments.map["mode"].map { try FileMode($0, path: edit.path) } ?? .bits(0o644)
        try await host.change("write \(edit.path)") { host in
            let status = try await host.run("cf_stat \(edit.path)").records.first.flatMap { PathStatus(record: $0) }?
                .reached
            var attributes = FileAttributes.Resolved(umask: 0o022)
            if status == nil || arguments.map["mode"] != nil { attributes.mode = mode }
            _ = try await FileWriter().write(
                .content(FileContent(Array(text.utf8))), to: edit.path, replacing: status, attributes: attributes,
                on: host)
        }
    }
}
