import Playbook
import YAML

/// Keeps a repository among those of yum and dnf: a section of a file below /etc/yum.repos.d.
struct YumRepository: Module {
    private static let texts = [
        "bandwidth", "cost", "deltarpm_metadata_percentage", "deltarpm_percentage", "gpgcakey", "include",
        "metadata_expire", "metalink", "mirrorlist", "mirrorlist_expire",
        "password", "priority", "proxy", "proxy_password", "proxy_username", "retries", "throttle", "timeout",
        "ui_repoid_vars", "username",
    ]
    private static let flags = [
        "async", "countme", "enabled", "enablegroups", "gpgcheck", "keepalive", "module_hotfixes", "protect",
        "repo_gpgcheck", "s3_enabled", "skip_if_unavailable", "ssl_check_cert_permissions",
    ]
    static let spec = ModuleSpec(
        "yum_repository", summary: "Keeps a repository among those of yum and dnf.",
        options: [
            .init("name", .string, required: true, help: "Its id: the section's name."),
            .init("description", .string, help: "Its name for people."),
            .init(
                "state", .string, choices: ["absent", "present"], default: .string("present"),
                help: "Whether it shall be there."),
            .init("file", .string, help: "The file's name, without .repo; the id when left out."),
            .init("reposdir", .path, default: .string("/etc/yum.repos.d"), help: "Folder of the file."),
            .init("baseurl", .list, help: "Addresses."),
            .init("gpgkey", .list, help: "Addresses of the keys."),
            .init("exclude", .list, aliases: ["excludepkgs"], help: "Packages that are never taken from it."),
            .init("includepkgs", .list, help: "The only packages that are taken from it."),
            .init("failovermethod", .string, choices: ["priority", "roundrobin"], help: "Which address comes next."),
            .init("http_caching", .string, choices: ["all", "packages", "none"], help: "What caches may keep."),
            .init(
                "ip_resolve", .string, choices: ["4", "6", "IPv4", "IPv6", "whatever"], help: "How names are resolved."),
            .init("keepcache", .string, choices: ["0", "1"], help: "Whether packages are kept."),
            .init(
                "metadata_expire_filter", .string,
                choices: ["never", "read-only:past", "read-only:present", "read-only:future"],
                help: "When metadata may be old."),
            .init("sslcacert", .string, aliases: ["ca_cert"], help: "Certificates to trust."),
            .init("sslclientcert", .string, aliases: ["client_cert"], help: "The host's own certificate."),
            .init("sslclientkey", .string, aliases: ["client_key"], help: "Its key."),
            .init("sslverify", .bool, aliases: ["validate_certs"], help: "Check the server's certificate."),
        ] + texts.map { .init($0, .string, help: "As in yum.conf(5).") }
            + flags.map { .init($0, .bool, help: "As in yum.conf(5).") } + FileAttributes.options)
    static let reference = ModuleReference(
        notes: "It is a section of a file below /etc/yum.repos.d.",
        example: """
            - yum_repository:
                name: cuda
                description: CUDA
                baseurl: https://developer.download.nvidia.com/compute/cuda/repos/rhel9/x86_64
                gpgkey: https://developer.download.nvidia.com/compute/cuda/repos/rhel9/x86_64/D42D0685.pub
                gpgcheck: true
            """,
        returns: [
            .init("repo", "The repository's id."),
            .init("state", "As it was given."),
        ])

    private let arguments: Arguments
    private let name: String
    private let isPresent: Bool

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        self.arguments = arguments
        name = try arguments.required("name")
        isPresent = arguments.string("state") == "present"
        guard !name.isEmpty, !name.contains(where: { $0.isNewline || "[]/".contains($0) }) else {
            throw ModuleFailure("'\(name)' is not a repository's id")
        }
        guard isPresent else { return }
        guard arguments.string("description") != nil else {
            throw ModuleFailure("state is present but all of the following are missing: description")
        }
        guard ["baseurl", "metalink", "mirrorlist"].contains(where: { arguments.map[$0] != nil }) else {
            throw ModuleFailure("one of the following is required: baseurl, metalink, mirrorlist")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let edit = try TextEdit(arguments)
        let path = try Path.join(arguments.requiredPath("reposdir"), (arguments.string("file") ?? name) + ".repo")
        let seen = try await edit.observe(path, on: host)
        let text = Self.edit(seen.text, name, isPresent ? try section() : nil)
        var result = ModuleResult()
        result.values = ["repo": .string(name), "state": .string(isPresent ? "present" : "absent")]
        if text != seen.text {
            result.changed = true
            result.diff = [
                Difference(before: .string(seen.text), after: .string(text), beforeHeader: path, afterHeader: path)
            ]
            try await host.change("write \(path)") { host in
                // A file that has no repositories any more goes, too.
                if text.isEmpty {
                    try await host.run("rm -f -- \(seen.path)")
                } else {
                    var attributes = seen.attributes
                    if seen.status == nil, attributes.mode == nil { attributes.mode = .bits(0o644) }
                    _ = try await edit.writer.write(
                        .content(FileContent(Array(text.utf8))), to: seen.path, replacing: seen.status,
                        attributes: attributes, on: host)
                }
            }
        } else if let status = seen.status, isPresent {
            let change = try seen.attributes.change(for: status, path: seen.path)
            if !change.isEmpty {
                result.changed = true
                result.diff = [Difference(before: .dict(change.before), after: .dict(change.after))]
                try await host.change("set the attributes of \(path)", change.script(seen.path))
            }
        }
        return result
    }

    /// The repository's lines, in the order of their names.
    private func section() throws -> String {
        var lines: [String: String] = [:]
        for (key, value) in arguments.map.pairs {
            guard let key = key.string, !["name", "state", "file", "reposdir", "owner", "group", "mode"].contains(key)
            else { continue }
            let text =
                switch value {
                case .bool(let flag, _): flag ? "1" : "0"
                case .list(let items):
                    items.compactMap(\.string).joined(separator: key == "baseurl" || key == "gpgkey" ? "\n\t" : " ")
                default: ArgumentBinder.text(value)
                }
            if value.list == nil, text.contains(where: \.isNewline) { throw ModuleFailure("'\(key)' holds a line end") }
            if !text.isEmpty { lines[key == "description" ? "name" : key] = text }
        }
        return "[\(name)]\n" + lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined() + "\n"
    }

    /// The file's text with one section set anew, or left out for nil.
    static func edit(_ text: String, _ name: String, _ section: String?) -> String {
        var parts: [(name: String?, text: String)] = [(nil, "")]
        for line in TextEdit.lines(text) {
            let bare = line.trimmingBlanks
            if bare.hasPrefix("["), bare.hasSuffix("]"), line.first == "[" {
                parts.append((String(bare.dropFirst().dropLast()), ""))
            }
            parts[parts.count - 1].text += line
        }
        if let index = parts.firstIndex(where: { $0.name == name }) {
            if let section {
                // The same but for blanks is the same.
                if Self.settings(parts[index].text) != Self.settings(section) { parts[index].text = section }
            } else {
                parts.remove(at: index)
            }
        } else if let section {
            if let last = parts.last, !last.text.isEmpty {
                parts[parts.count - 1].text += TextEdit.endsLine(last.text) ? "" : "\n"
                if !parts[parts.count - 1].text.hasSuffix("\n\n") { parts[parts.count - 1].text += "\n" }
            }
            parts.append((name, section))
        }
        return parts.map(\.text).joined()
    }

    /// Names and values; a line that is set in continues the value before it.
    private static func settings(_ text: String) -> [String: String] {
        var settings: [String: String] = [:]
        var key: String?
        for line in Lines.split(text).dropFirst()
        where !line.trimmingBlanks.isEmpty && !line.hasPrefix("#") && !line.hasPrefix(";") {
            if line.first?.isWhitespace == true, let key {
                settings[key, default: ""] += "\n" + line.trimmingBlanks
                continue
            }
            guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let name = line[..<equals].trimmingBlanks
            key = name
            settings[name] = line[line.index(after: equals)...].trimmingBlanks
        }
        return settings
    }
}
