import Playbook
import SSH
import YAML

/// Keeps a host's key in a `known_hosts` file, or keeps the host out of it.
struct KnownHosts: Module {
    static let spec = ModuleSpec(
        "known_hosts", summary: "Keeps a host's key in a known_hosts file.",
        options: [
            .init(
                "name", .string, aliases: ["host"], required: true,
                help: "The host, [host]:port where the port is not 22."),
            .init(
                "key", .string,
                help: "The whole line: names, key type, key. Left out, every key of the host goes (absent)."),
            .init("path", .path, default: .string("~/.ssh/known_hosts"), help: "The file."),
            .init("hash_host", .bool, default: .bool(false), help: "Write a hash instead of the name."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
        ])
    static let reference = ModuleReference(
        notes:
            "Another key of the same type is replaced. Hashed names and patterns are understood; the host needs no ssh-keygen.",
        example: """
            - known_hosts:
                name: git.lab.local
                key: git.lab.local ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…
                path: /etc/ssh/ssh_known_hosts
            """,
        returns: [
            .init("name", "The host."),
            .init("key", "As it was given."),
            .init("path", "The file."),
            .init("hash_host", "As it was given."),
            .init("state", "As it was given."),
        ])

    private let name: String, givenName: String, path: String
    private let givenKey: String?
    private let line: KeyLine?
    private let isPresent: Bool, hashes: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        givenName = try arguments.required("name")
        name = givenName.lowercased()
        path = try arguments.requiredPath("path")
        givenKey = arguments.string("key")
        isPresent = arguments.string("state") == "present"
        hashes = arguments.bool("hash_host")
        guard let givenKey else {
            if isPresent { throw ModuleFailure("No key specified when adding a host") }
            line = nil
            return
        }
        if name.contains(",") {
            throw ModuleFailure(
                "Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file."
            )
        }
        guard let line = KeyLine(givenKey), line.matches(name),
            ["ssh-", "ecdsa-", "sk-"].contains(where: line.type.hasPrefix)
        else { throw ModuleFailure("Host parameter does not match hashed host field in supplied key") }
        self.line = line
    }

    /// The fields of a line.
    private struct KeyLine: Hashable {
        var marker: Substring?
        var hosts: Substring, type: Substring, key: Substring
        var isHashed: Bool { hosts.hasPrefix("|1|") }
        var text: String { [marker, hosts, type, key].compactMap { $0 }.joined(separator: " ") }

        init?(_ text: String) {
            guard !text.hasPrefix("#") else { return nil }
            var fields = text.split(whereSeparator: \.isWhitespace)[...]
            if fields.first?.hasPrefix("@") == true { marker = fields.removeFirst() }
            guard fields.count >= 3 else { return nil }
            hosts = fields.removeFirst()
            type = fields.removeFirst()
            key = fields.removeFirst()
        }
        func matches(_ name: String) -> Bool { HostPatterns(hosts)?.match(name) ?? false }
        func isSame(as other: KeyLine) -> Bool {
            marker == other.marker && type == other.type && key == other.key
                && (hosts == other.hosts || isHashed && other.isHashed)
        }
    }

    /// What the file says of the host.
    private struct Finding {
        var isFound = false, replaces = false
        /// The line that is the key, or another one of its type.
        var place: Int?
        /// All lines of the host but authorities. (ssh-keygen -R takes patterns away, too, though they speak for
        /// others.)
        var own: Set<Int> = []
    }

    private func find(in lines: [String], _ wanted: KeyLine?) -> Finding {
        var finding = Finding()
        var known: [(Int, KeyLine)] = []
        for (index, text) in lines.enumerated() {
            guard let line = KeyLine(text), line.matches(name) else { continue }
            known.append((index, line))
            if line.marker != "@cert-authority" { finding.own.insert(index) }
        }
        finding.isFound = !known.isEmpty
        guard finding.isFound, let wanted else { return finding }
        for (index, line) in known {
            if line.isSame(as: wanted) {
                finding.place = index
                return finding
            }
            if line.type == wanted.type {
                finding.place = index
                finding.replaces = true
                return finding
            }
        }
        finding.replaces = true
        return finding
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let edit = try TextEdit(Arguments([:]))
        let seen = try await edit.observe(path, on: host)
        let lines = TextEdit.lines(seen.text)
        var wanted = line
        if hashes { wanted?.hosts = Substring(HostPatterns.hashedField(for: name)) }
        let finding = find(in: lines, wanted)

        var result = ModuleResult()
        result.values = [
            "name": .string(givenName), "key": givenKey.map { .string($0) } ?? .null, "path": .string(seen.path),
            "hash_host": .bool(hashes), "state": .string(isPresent ? "present" : "absent"),
        ]
        var kept = lines
        if let place = finding.place, finding.replaces || !isPresent { kept.remove(at: place) }
        if isPresent, finding.replaces || !finding.isFound, let text = hashes ? wanted?.text : givenKey {
            if let last = kept.last, !TextEdit.endsLine(last) { kept[kept.count - 1] += "\n" }
            kept.append(TextEdit.endsLine(text) ? text : text + "\n")
        }
        result.diff = [
            Difference(
                before: .string(seen.text), after: .string(kept.joined()),
                beforeHeader: seen.status == nil ? "/dev/null" : seen.path, afterHeader: seen.path)
        ]
        result.changed = finding.replaces || isPresent != finding.isFound
        if !isPresent, line != nil, finding.place == nil { result.changed = false }

        var status = seen.status
        if result.changed {
            let removesAll = !isPresent && line == nil
            // As ssh-keygen -R: the host's lines go, and the file as it was stays under another name.
            if removesAll { kept = lines.indices.filter { !finding.own.contains($0) }.map { lines[$0] } }
            let written = try await host.change("write \(seen.path)") { host in
                if removesAll {
                    try await host.run(
                        "rm -f -- \(seen.path + ".old"); ln -- \(seen.path) \(seen.path + ".old") 2>/dev/null || cp -p -- \(seen.path) \(seen.path + ".old")"
                    )
                }
                return try await edit.writer.write(
                    .content(FileContent(Array(kept.joined().utf8))), to: seen.path, replacing: seen.status,
                    attributes: seen.attributes, on: host)
            }
            status = written?.status ?? status
        }
        if let status { result.values.merge(status.registered) }
        return result
    }
}
