import Playbook
import Remote
import YAML

/// Keeps a file of apt's sources in the format of fields, with the repository's key.
struct Deb822Repository: Module {
    static let spec = ModuleSpec(
        "deb822_repository", summary: "Keeps a file of apt's sources, in the format of fields.",
        options: [
            .init("name", .string, required: true, help: "Name of the repository and of its file."),
            .init(
                "types", .list, choices: ["deb", "deb-src"], default: .list([.string("deb")]),
                help: "Packages, sources, or both."),
            .init("uris", .list, help: "Addresses."),
            .init("suites", .list, help: "Releases, such as stable, or a folder that ends with a slash."),
            .init("components", .list, help: "Parts of it, such as main."),
            .init(
                "signed_by", .string, help: "The key: an address, a file of the host, fingerprints, or the key itself."),
            .init("architectures", .list, help: "amd64, arm64, …"),
            .init("enabled", .bool, help: "Whether apt uses it."),
            .init("trusted", .bool, help: "Whether it is trusted without a signature."),
            .init("allow_insecure", .bool, help: "Let it pass without a signature, with a warning."),
            .init("allow_weak", .bool, help: "Let weak signatures pass."),
            .init("allow_downgrade_to_insecure", .bool, help: "Let it become one without a signature."),
            .init("by_hash", .bool, help: "Fetch indexes by their hash."),
            .init("check_date", .bool, help: "Refuse a release of the future."),
            .init("check_valid_until", .bool, help: "Refuse a release that is too old."),
            .init("date_max_future", .int, help: "Seconds of the future that pass."),
            .init("inrelease_path", .string, help: "Where its InRelease file lies."),
            .init("languages", .list, help: "Of descriptions."),
            .init("pdiffs", .bool, help: "Fetch differences of indexes."),
            .init("targets", .list, help: "What to fetch."),
            .init("mode", .mode, default: .string("0644"), help: "Permissions of the file."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .noEffect("install_python_debian", .bool, default: .bool(false), because: "no Python is needed"),
        ])
    static let reference = ModuleReference(
        notes: "A key's address is fetched by the host, into /etc/apt/keyrings.",
        example: """
            - deb822_repository:
                name: cuda
                uris: https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64
                suites: /
                signed_by: https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/3bf863cc.pub
            """,
        returns: [
            .init("repo", "The file's text."),
            .init("dest", "The file."),
            .init("key_filename", "The file of the key."),
        ])

    /// Fields in the order in which they are written.
    private static let fields: [(option: String, field: String)] = [
        ("allow_downgrade_to_insecure", "Allow-Downgrade-To-Insecure"), ("allow_insecure", "Allow-Insecure"),
        ("allow_weak", "Allow-Weak"), ("architectures", "Architectures"),
        ("by_hash", "By-Hash"), ("check_date", "Check-Date"), ("check_valid_until", "Check-Valid-Until"),
        ("components", "Components"), ("date_max_future", "Date-Max-Future"),
        ("enabled", "Enabled"), ("inrelease_path", "Inrelease-Path"), ("languages", "Languages"),
        ("name", "X-Repolib-Name"), ("pdiffs", "Pdiffs"), ("signed_by", "Signed-By"),
        ("suites", "Suites"), ("targets", "Targets"), ("trusted", "Trusted"), ("types", "Types"), ("uris", "URIs"),
    ]

    private let arguments: Arguments
    /// The name as files have it.
    private let slug: String
    private var path: String { "/etc/apt/sources.list.d/\(slug).sources" }
    private func keyring(_ suffix: String) -> String { "/etc/apt/keyrings/\(slug).\(suffix)" }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        var slug = ""
        for character in try arguments.required("name").lowercased() {
            let letter: Character =
                character.isWhitespace || character == "_"
                ? "-"
                : character.isASCII && (character.isLetter || character.isNumber) || character == "-" ? character : "_"
            // A run of blanks, or of other signs, is one.
            if letter == slug.last, letter == "_" || letter == "-" && character != "-" { continue }
            slug.append(letter)
        }
        self.slug = slug
        guard slug.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw ModuleFailure("'name' has neither letters nor digits")
        }
        for (option, _) in Self.fields where option != "signed_by" {
            for text in arguments.strings(option) ?? [arguments.string(option) ?? ""]
            where text.contains(where: \.isNewline) { throw ModuleFailure("'\(option)' holds a line end") }
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        if arguments.string("state") == "absent" { return try await remove(on: host) }
        guard let key = arguments.string("signed_by"), key.contains("://") else {
            return try await apply(key: nil, ModuleResult(), on: host)
        }
        let request = try WebRequest(url: key)
        return try await host.withTemporaryFile(
            "fetch the key \(key)", "cf_new=$cf_file\n{ \(shell: request.download()) } >&2 || exit\n",
            stdin: .bytes(Array(request.configuration.utf8))
        ) { file in
            let seen = try await host.observe(
                """
                head -c 27 -- \(file) | grep -q -e '-----BEGIN PGP' && echo armored; printf '\\000'
                for cf_one in \([keyring("asc"), keyring("gpg")]); do cmp -s -- \(file) "$cf_one" && printf '%s\\n' "$cf_one"; done; :
                """)
            guard seen.records.count == 2 else { throw ModuleFailure("cannot look at the key: \(seen.complaint)") }
            let place = keyring(seen.records[0].isEmpty ? "gpg" : "asc")
            var result = ModuleResult()
            if !Lines.split(seen.records[1]).contains(place) {
                result.changed = true
                try await host.change(
                    "write \(place)",
                    "umask 022; mkdir -p -- /etc/apt/keyrings && cp -- \(file) \(place + ".new") && chmod 0644 \(place + ".new") && mv -f -- \(place + ".new") \(place)"
                )
            }
            return try await apply(key: place, result, on: host)
        }
    }

    private func apply(key: String?, _ result: ModuleResult, on host: ManagedHost) async throws -> ModuleResult {
        var result = result
        let text = content(key: key)
        let edit = try TextEdit(Arguments(["mode": arguments.map["mode"] ?? .string("0644")]))
        let seen = try await edit.observe(path, on: host)
        result.values.merge([
            "repo": .string(text), "dest": .string(path), "key_filename": key.map { .string($0) } ?? .null,
        ])
        var status = seen.status
        if seen.text != text || status == nil {
            result.changed = true
            result.diff.append(
                Difference(
                    before: .string(seen.text), after: .string(text), beforeHeader: status == nil ? "/dev/null" : path,
                    afterHeader: path))
            let written = try await host.change("write \(path)") {
                try await edit.writer.write(
                    .content(FileContent(Array(text.utf8))), to: seen.path, replacing: seen.status,
                    attributes: seen.attributes, on: $0)
            }
            guard let written else { return result }
            status = written.status
        }
        if let status {
            let diff = result.diff
            try await result.apply(seen.attributes, path, status, on: host)
            if !diff.isEmpty { result.diff = diff }
        }
        return result
    }

    /// The file's text.
    private func content(key: String?) -> String {
        var text = ""
        for (option, field) in Self.fields {
            let value: String
            switch arguments.map[option] {
            case nil, .null: continue
            case .bool(let flag, _): value = flag ? "yes" : "no"
            case .list(let items):
                guard !items.isEmpty else { continue }
                value = items.compactMap(\.string).joined(separator: " ")
            case let other?: value = ArgumentBinder.text(other)
            }
            guard option == "signed_by", key == nil, value.contains("\n") else {
                text += "\(field): \(option == "signed_by" ? key ?? value : value)\n"
                continue
            }
            // The key itself: lines that follow are set in, and an empty one is a dot.
            text +=
                "\(field):\n"
                + Lines.split(Lines.withoutEmptyEnd(value)).map { "    \($0.trimmingBlanks.isEmpty ? "." : $0)\n" }
                .joined()
        }
        return text
    }

    private func remove(on host: ManagedHost) async throws -> ModuleResult {
        let files = [path, keyring("asc"), keyring("gpg")]
        let seen = try await host.observe(
            "for cf_one in \(files); do [ ! -e \"$cf_one\" ] || printf '%s\\n' \"$cf_one\"; done\n[ ! -f \(path) ] || cat -- \(path)"
        )
        let there = Lines.split(seen.output).filter(files.contains)
        var result = ModuleResult()
        result.values = [
            "repo": .null, "dest": .string(path), "key_filename": .string(there.last { $0 != path } ?? keyring("gpg")),
        ]
        guard !there.isEmpty else { return result }
        result.changed = true
        let before = Lines.split(seen.output).drop { files.contains($0) }.map { $0 + "\n" }.joined()
        if there.contains(path) {
            result.diff = [
                Difference(before: .string(before), after: .string(""), beforeHeader: path, afterHeader: "/dev/null")
            ]
        }
        try await host.change("remove \(path)", "rm -f -- \(there)")
        return result
    }
}
