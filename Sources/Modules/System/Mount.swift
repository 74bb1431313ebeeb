import Playbook
import Support
import YAML

/// Keeps a file system mounted, now and after a reboot.
struct Mount: Module {
    static let spec = ModuleSpec(
        "mount", collection: "ansible.posix", summary: "Keeps a file system mounted.",
        options: [
            .init("path", .path, aliases: ["name"], required: true, help: "Where."),
            .init("src", .path, help: "What: a device, UUID=…, an address."),
            .init("fstype", .string, help: "Its kind."),
            .init("opts", .string, help: "Options, with commas."),
            .init(
                "state", .string, required: true,
                choices: ["absent", "absent_from_fstab", "ephemeral", "mounted", "present", "remounted", "unmounted"],
                help: "present is in fstab only, ephemeral is mounted only."),
            .init("boot", .bool, default: .bool(true), help: "Whether it is mounted at boot."),
            .init("dump", .string, default: .string("0"), help: "The fifth field."),
            .init("passno", .string, default: .string("0"), help: "The sixth field: the order of checks."),
            .init("fstab", .path, default: .string("/etc/fstab"), help: "The file."),
            .init("backup", .bool, default: .bool(false), help: "Keep a copy of it."),
            .init(
                "opts_no_log", .bool, default: .bool(false),
                help: "Keep opts out of everything that is shown or written."),
        ])
    static let reference = ModuleReference(
        example: """
            - mount:
                path: /srv/models
                src: nas:/models
                fstype: nfs4
                opts: ro,noatime
                state: mounted
            """,
        returns: [
            .init("name", "The mount point."),
            .init("src", "As it was given."),
            .init("fstype", "As it was given."),
            .init("opts", "Options as they stand in fstab."),
            .init("dump", "As it was given."),
            .init("passno", "As it was given."),
            .init("boot", "yes or no."),
            .init("fstab", "The file."),
            .init("backup_file", "Its copy, or an empty text."),
        ])

    private let arguments: Arguments
    private let path: String, state: String

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        state = try arguments.required("state")
        var path = try arguments.requiredPath("path")
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        guard path.hasPrefix("/") || path == "none" || path == "swap" else {
            throw ModuleFailure("'\(path)' is not a whole path")
        }
        if ["present", "mounted", "ephemeral"].contains(state) {
            for name in ["src", "fstype"] where arguments.string(name) == nil {
                throw ModuleFailure("state is \(state) but all of the following are missing: \(name)")
            }
        }
        for name in ["path", "src", "fstype", "opts", "dump", "passno"]
        where arguments.string(name)?.contains(where: \.isNewline) == true {
            throw ModuleFailure("'\(name)' holds a line end")
        }
    }

    private var options: String {
        let options = arguments.string("opts") ?? "defaults"
        return arguments.bool("boot") || options.split(separator: ",").contains("noauto")
            ? options : options + ",noauto"
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        if arguments.bool("opts_no_log"), let given = arguments.string("opts") {
            for text in Set([given, options, Fstab.escaped(options)]) { context.conceal(text) }
        }
        let edit = try TextEdit(Arguments(["backup": arguments.map["backup"] ?? .bool(false)]))
        let seen = try await edit.observe(arguments.requiredPath("fstab"), on: host)
        let found = try await host.observe("cat /proc/self/mountinfo; printf '\\000'; [ ! -e \(path) ] || echo there")
        guard found.records.count == 2 else { throw ModuleFailure("cannot read what is mounted: \(found.complaint)") }
        let mounted = Self.mounted(found.records[0])[path]
        let isThere = !found.records[1].isEmpty

        var result = ModuleResult()
        result.values = [
            "name": .string(path), "fstab": .string(seen.path), "opts": .string(options),
            "dump": arguments.map["dump"] ?? .null, "passno": arguments.map["passno"] ?? .null,
            "boot": .string(arguments.bool("boot") ? "yes" : "no"), "src": arguments.map["src"] ?? .null,
            "fstype": arguments.map["fstype"] ?? .null, "backup_file": .string(""),
        ]
        let text =
            switch state {
            case "present", "mounted": Fstab.setting(entry, in: seen.text)
            case "absent", "absent_from_fstab": Fstab.removing(path, arguments.string("src"), from: seen.text)
            default: seen.text
            }
        if text != seen.text {
            result.changed = true
            result.diff = [
                Difference(
                    before: .string(seen.text), after: .string(text), beforeHeader: seen.path, afterHeader: seen.path)
            ]
            let written = try await host.change("write \(seen.path)") { host in
                try await edit.writer.write(
                    .content(FileContent(Array(text.utf8))), to: seen.path, replacing: seen.status,
                    attributes: seen.attributes, on: host)
            }
            if let backup = written?.backup { result.values["backup_file"] = .string(backup) }
        }
        func act(_ what: String, _ script: ShellScript) async throws {
            result.changed = true
            try await host.change("\(what) \(path)") { host in
                let done = try await host.attemptLong(script)
                guard done.status != 0 else { return }
                // mount ends with advice: what went wrong is its first line.
                let cause = Lines.split(done.errorOutput).first { !$0.allSatisfy(\.isWhitespace) } ?? done.complaint
                result.values.merge(done.registered)
                throw ModuleFailure("could not \(what) \(path): \(cause)", result.values)
            }
        }
        switch state {
        case "mounted":
            let remount: ShellScript =
                "mount -o remount -- \(path) </dev/null || { umount -- \(path) && mount -- \(path) </dev/null; }"
            if mounted == nil {
                try await act("mount", "\(shell: makeFolder(isThere))mount \(["-T", seen.path]) -- \(path) </dev/null")
            } else if text != seen.text {
                try await act("remount", remount)
            }
        case "ephemeral":
            let source = arguments.string("src") ?? ""
            if let mounted {
                guard mounted.source == source else {
                    throw ModuleFailure(
                        "Ephemeral mount point is already mounted with a different source: \(mounted.source)")
                }
                break
            }
            try await act(
                "mount",
                "\(shell: makeFolder(isThere))mount -t \(arguments.string("fstype") ?? "") -o \(options) -- \(source) \(path) </dev/null"
            )
        case "remounted":
            guard mounted != nil else { throw ModuleFailure("\(path) is not mounted") }
            try await act(
                "remount",
                "mount -o remount\(shell: arguments.string("opts").map { ",\($0)" } ?? "") -- \(path) </dev/null")
        case "unmounted":
            if mounted != nil { try await act("unmount", "umount -- \(path)") }
        case "absent":
            if mounted != nil { try await act("unmount", "umount -- \(path)") }
            if isThere { try await act("remove", "[ ! -e \(path) ] || rmdir -- \(path)") }
        default: break
        }
        return result
    }

    private func makeFolder(_ isThere: Bool) -> ShellScript { isThere ? "" : "mkdir -p -- \(path) || exit\n" }

    private var entry: Fstab.Entry {
        Fstab.Entry(
            source: arguments.string("src") ?? "", path: path, kind: arguments.string("fstype") ?? "", options: options,
            dump: arguments.string("dump") ?? "0", pass: arguments.string("passno") ?? "0")
    }

    /// By mount point; of several the last is the one that is seen.
    static func mounted(_ info: String) -> [String: (source: String, kind: String)] {
        var mounts: [String: (source: String, kind: String)] = [:]
        for line in info.split(separator: "\n") {
            // 36 35 98:0 /root /path options optional… - type source superoptions
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 10, let dash = words.firstIndex(of: "-"), words.count > dash + 2 else { continue }
            mounts[Fstab.unescaped(words[4])] = (Fstab.unescaped(words[dash + 2]), words[dash + 1])
        }
        return mounts
    }
}

/// Lines of `/etc/fstab`.
enum Fstab {
    struct Entry: Sendable, Hashable {
        var source: String, path: String, kind: String, options: String, dump: String, pass: String

        init(source: String, path: String, kind: String, options: String, dump: String, pass: String) {
            self.source = source
            self.path = path
            self.kind = kind
            self.options = options
            self.dump = dump
            self.pass = pass
        }
        init?(_ line: some StringProtocol) {
            let words = String(line).unicodeScalars.split { $0 == " " || (9...13).contains($0.value) }.map {
                String($0)
            }
            guard let first = words.first, !first.hasPrefix("#"), words.count >= 4 else { return nil }
            self.init(
                source: unescaped(words[0]), path: unescaped(words[1]), kind: words[2], options: words[3],
                dump: words.count > 4 ? words[4] : "0", pass: words.count > 5 ? words[5] : "0")
        }
        var text: String { "\(escaped(source)) \(escaped(path)) \(kind) \(escaped(options)) \(dump) \(pass)\n" }
        /// Swap areas have no place of their own.
        func isSame(path: String, source: String?) -> Bool {
            self.path == path && (path != "none" && path != "swap" || self.source == source)
        }
    }

    static func setting(_ entry: Entry, in text: String) -> String {
        var lines: [String] = []
        var isThere = false
        for line in TextEdit.lines(text) {
            guard let known = Entry(line), known.isSame(path: entry.path, source: entry.source) else {
                lines.append(line)
                continue
            }
            if !isThere { lines.append(known == entry ? line : entry.text) }
            isThere = true
        }
        if !isThere {
            if let last = lines.last, !TextEdit.endsLine(last) { lines[lines.count - 1] += "\n" }
            lines.append(entry.text)
        }
        return lines.joined()
    }

    static func removing(_ path: String, _ source: String?, from text: String) -> String {
        TextEdit.lines(text).filter { line in Entry(line).map { !$0.isSame(path: path, source: source) } ?? true }
            .joined()
    }

    /// Blanks and backslashes in octal.
    static func escaped(_ text: String) -> String {
        text.escaping { scalar in codes.first { $0.scalar == scalar }.map { "\\" + $0.digits } }
    }
    static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", let code = codes.first(where: { rest.starts(with: $0.digits.unicodeScalars) }) {
                result.append(code.scalar)
                rest.removeFirst(code.digits.count)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
    private static let codes: [(scalar: Unicode.Scalar, digits: String)] = [("\\", "134"), (" ", "040"), ("\t", "011")]
}
