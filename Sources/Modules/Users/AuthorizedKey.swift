import Playbook
import Remote
import YAML

/// Keeps SSH keys among those that may log in as a user, or keeps them out.
struct AuthorizedKey: Module {
    static let spec = ModuleSpec(
        "authorized_key", collection: "ansible.posix", summary: "Keeps SSH keys among those that may log in as a user.",
        options: [
            .init("user", .string, required: true, help: "The user."),
            .init(
                "key", .string, required: true,
                help: "The keys, one a line; or the address of a file with them, fetched by the host."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether they shall be there."),
            .init("exclusive", .bool, default: .bool(false), help: "Remove every other key."),
            .init("key_options", .string, help: "Options before the keys, as in sshd(8)."),
            .init("comment", .string, help: "In place of the keys' own comments."),
            .init("path", .path, help: "The file; ~/.ssh/authorized_keys of the user when left out."),
            .init(
                "manage_dir", .bool, default: .bool(true), help: "Make the file's folder, and set its owner and mode."),
            .init("follow", .bool, default: .bool(false), help: "Write to what a link leads to."),
            .init("validate_certs", .bool, default: .bool(true), help: "Check the certificate of an address."),
        ])
    static let reference = ModuleReference(
        example: """
            - authorized_key:
                user: gpuops
                key: "{{ lookup('file', 'keys/gpuops.pub') }}"
                exclusive: true
            """,
        returns: [
            .init("keyfile", "The file."),
            .init("key", "As it was given; so are the other options."),
        ] + ModuleReference.fileStatus)

    private let arguments: Arguments
    private let user: String
    private let isPresent: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        user = try arguments.required("user")
        isPresent = arguments.string("state") == "present"
        guard !user.isEmpty, !user.hasPrefix("-"), !user.contains(where: { $0.isWhitespace || $0 == "/" || $0 == ":" })
        else { throw ModuleFailure("'\(user)' is not a user's name") }
        for option in ["key_options", "comment"] where arguments.string(option)?.contains(where: \.isNewline) == true {
            throw ModuleFailure("'\(option)' holds a line end")
        }
        if let keys = arguments.string("key"), !keys.contains("://") { _ = try AuthorizedLine.list(keys) }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let account = try await account(on: host)
        let path = try await host.resolve(arguments.path("path") ?? account.home + "/.ssh/authorized_keys")
        let wanted = try await wanted(on: host)
        let edit = try TextEdit(Arguments([:]))
        let seen = try await edit.observe(path, on: host)
        let text = isPresent ? adding(wanted, to: seen.text) : removing(wanted, from: seen.text)

        var result = ModuleResult()
        for name in [
            "user", "key", "key_options", "comment", "exclusive", "follow", "manage_dir", "validate_certs", "state",
        ] { result.values[name] = arguments.map[name] ?? .null }
        result.values["path"] = arguments.map["path"] ?? .null
        result.values["keyfile"] = .string(path)
        let folder = Path.folder(seen.path)
        if isPresent, arguments.bool("manage_dir") {
            result.changed = try await prepareFolder(folder, account, on: host)
        }
        var status = seen.status
        if text != seen.text || isPresent && status == nil {
            result.changed = true
            result.diff = [
                Difference(before: .string(seen.text), after: .string(text), beforeHeader: path, afterHeader: path)
            ]
            var attributes = FileAttributes.Resolved(umask: 0o077)
            if seen.status == nil {
                (attributes.uid, attributes.gid, attributes.mode) = (account.uid, account.gid, .bits(0o600))
            }
            let written = try await host.change("write \(path)") { [attributes] in
                try await edit.writer.write(
                    .content(FileContent(Array(text.utf8))), to: seen.path, replacing: seen.status,
                    attributes: attributes, on: $0)
            }
            status = written?.status ?? status
        }
        if let status { result.values.merge(status.registered) }
        return result
    }

    // MARK: What is there

    private struct Account: Sendable {
        var uid: Int, gid: Int, home: String
    }

    private func account(on host: ManagedHost) async throws -> Account {
        let answer = try await host.observe(
            "{ getent passwd \(user) || grep -e \("^" + user + ":") /etc/passwd; } 2>/dev/null")
        let fields =
            answer.output.split(separator: "\n").first?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard fields.count >= 7, let uid = Int(fields[2]), let gid = Int(fields[3]) else {
            // The user may come from a task that check mode has not carried out.
            if host.checkMode, arguments.map["path"] != nil { return Account(uid: 0, gid: 0, home: "") }
            throw ModuleFailure("Failed to lookup user \(user): no such user on this host")
        }
        return Account(uid: uid, gid: gid, home: String(fields[5]))
    }

    private func wanted(on host: ManagedHost) async throws -> [AuthorizedLine] {
        var text = try arguments.required("key")
        if text.contains("://"), !text.contains(" ") {
            let request = try WebRequest(
                Arguments(["url": .string(text), "validate_certs": arguments.map["validate_certs"] ?? .bool(true)]),
                timeout: 10)
            text = try await host.withTemporaryFile(
                "fetch the keys from \(text)", "cf_new=$cf_file\n{ \(shell: request.download()) } >&2 || exit\n",
                stdin: .bytes(Array(request.configuration.utf8))
            ) { file in
                try await host.observe("cat -- \(file)").output
            }
        }
        return try AuthorizedLine.list(text).map { line in
            var line = line
            if let options = arguments.string("key_options") { line.options = options }
            if let comment = arguments.string("comment") { line.comment = comment }
            return line
        }
    }

    // MARK: What to do

    /// A key with other options is replaced, at the end.
    private func adding(_ wanted: [AuthorizedLine], to text: String) -> String {
        var lines = TextEdit.lines(text)
        let hasComment = arguments.string("comment") != nil
        func isSame(_ line: AuthorizedLine, _ key: AuthorizedLine) -> Bool {
            line.options == key.options && (!hasComment || line.comment == key.comment)
        }
        if arguments.bool("exclusive") {
            lines = lines.filter { text in
                AuthorizedLine(text).map { line in wanted.contains { $0.isKey(of: line) } } ?? false
            }
        }
        for key in wanted {
            let known = lines.indices.filter { AuthorizedLine(lines[$0])?.isKey(of: key) ?? false }
            if let first = known.first, let line = AuthorizedLine(lines[first]), isSame(line, key) {
                for index in known.dropFirst().reversed() { lines.remove(at: index) }
                continue
            }
            for index in known.reversed() { lines.remove(at: index) }
            if let last = lines.last, !TextEdit.endsLine(last) { lines[lines.count - 1] += "\n" }
            lines.append(key.text + "\n")
        }
        return lines.joined()
    }

    private func removing(_ unwanted: [AuthorizedLine], from text: String) -> String {
        TextEdit.lines(text).filter { text in
            AuthorizedLine(text).map { line in !unwanted.contains { $0.isKey(of: line) } } ?? true
        }.joined()
    }

    /// - Returns: whether the folder is not as it should be: the user's own, 0700.
    private func prepareFolder(_ folder: String, _ account: Account, on host: ManagedHost) async throws -> Bool {
        let answer = try await host.observe("cf_stat \(folder)")
        guard let seen = answer.records.first.flatMap({ PathStatus(record: $0) }) else {
            throw ModuleFailure("cannot read the status of \(folder): \(answer.complaint)")
        }
        var attributes = FileAttributes.Resolved(umask: 0o077)
        (attributes.uid, attributes.gid, attributes.mode) = (account.uid, account.gid, .bits(0o700))
        guard let status = seen.reached else {
            try await host.change("create the folder \(folder)") {
                try await FolderMaker(mode: .string("0700"), attributes: attributes).make(folder, on: $0)
            }
            return true
        }
        let change = try attributes.change(for: status, path: folder)
        if !change.isEmpty { try await host.change("set the attributes of \(folder)", change.script(folder)) }
        return !change.isEmpty
    }
}

/// A line of `authorized_keys`: options, type, key, comment.
struct AuthorizedLine: Sendable, Hashable {
    var options: String?
    let type: String, key: String
    var comment: String?

    private static func isType(_ word: some StringProtocol) -> Bool {
        word.hasPrefix("ssh-") || word.hasPrefix("ecdsa-sha2-") || word.hasPrefix("sk-ssh-")
            || word.hasPrefix("sk-ecdsa-")
    }

    /// nil for comments, and for what is no key.
    init?(_ line: some StringProtocol) {
        let text = line.trimmingBlanks
        guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
        var rest = text[...]
        if !Self.isType(rest) {
            // Blanks in quotes are the option's.
            var isQuoted = false
            var previous: Character = " "
            guard
                let end = rest.firstIndex(where: { character in
                    if character == "\"", previous != "\\" { isQuoted.toggle() }
                    previous = character
                    return character.isWhitespace && !isQuoted
                })
            else { return nil }
            options = String(rest[..<end])
            rest = rest[end...].drop { $0.isWhitespace }
        }
        let words = rest.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count >= 2, Self.isType(words[0]), words[1].count > 8 else { return nil }
        (type, key) = (String(words[0]), String(words[1]))
        comment = words.count > 2 ? String(words[2]) : nil
    }

    static func list(_ text: String) throws -> [AuthorizedLine] {
        let lines = Lines.split(text).filter { !$0.trimmingBlanks.isEmpty && !$0.trimmingBlanks.hasPrefix("#") }
        guard !lines.isEmpty else { throw ModuleFailure("invalid key specified: there is none") }
        return try lines.map { text in
            guard let line = AuthorizedLine(text) else { throw ModuleFailure("invalid key specified: \(text)") }
            return line
        }
    }

    func isKey(of other: AuthorizedLine) -> Bool { type == other.type && key == other.key }
    var text: String { [options, type, key, comment].compactMap { $0 }.joined(separator: " ") }
}
