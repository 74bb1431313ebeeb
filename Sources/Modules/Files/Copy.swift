import Playbook
import YAML

/// Copies a file, a folder or a text to the host.
struct Copy: Module {
    static let spec = ModuleSpec(
        "copy", summary: "Copies a file, a folder or a text to the host.",
        options: [
            .init(
                "src", .path,
                help: "File or folder of the controller, below files/ or by its path; of the host with remote_src."),
            .init("content", .raw, help: "The text itself; lists and mappings are written as JSON."),
            .init("dest", .path, required: true, help: "Where to; a folder when it ends with a slash or is one."),
            .init("force", .bool, default: .bool(true), help: "Replace a file whose content differs."),
            .init(
                "follow", .bool, default: .bool(false),
                help: "Write to what a link leads to instead of replacing the link."),
            .init(
                "local_follow", .bool, default: .bool(true),
                help:
                    "Copy what links in the controller's folder lead to; otherwise the links. One that leads nowhere stays a link."
            ),
            .init("directory_mode", .mode, help: "Mode of folders that are made."),
            .init("remote_src", .bool, default: .bool(false), help: "src is on the host."),
            .init("checksum", .string, help: "SHA-1 that the file must have."),
            .init(
                "decrypt", .bool, default: .bool(true),
                help: "Decrypt files that ansible-vault has encrypted; otherwise copy them as they are."),
        ] + FileWriter.options + FileAttributes.options, requiredOneOf: [["src", "content"]],
        mutuallyExclusive: [["src", "content"]])
    static let reference = ModuleReference(
        notes:
            "A folder whose name ends with a slash gives its content, without the slash the folder itself. Nothing is sent when the content is the same.",
        example: """
            - copy:
                src: limits.conf
                dest: /etc/security/limits.d/90-gpu.conf
                mode: "0644"
            - copy:
                content: "{{ settings | to_nice_json }}"
                dest: /etc/comfyui/settings.json
                backup: true
            """,
        returns: ModuleReference.writtenFile,
        differences: [
            "with `local_follow: false`, a folder that is itself a link and named without a slash becomes that link; Ansible fails"
        ])

    private let source: String?
    private let content: [UInt8]?
    private let isRemote: Bool, followsLinks: Bool, decrypts: Bool
    private let delivery: FileDelivery

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        source = try arguments.path("src").flatMap { $0.isEmpty ? nil : $0 }
        content = try arguments.map["content"].map(Self.bytes)
        isRemote = arguments.bool("remote_src")
        followsLinks = arguments.bool("local_follow")
        decrypts = arguments.bool("decrypt")
        guard source != nil || content != nil else { throw ModuleFailure("src (or content) is required") }
        let destination = try arguments.requiredPath("dest")
        guard !destination.isEmpty else { throw ModuleFailure("dest is required") }
        if content != nil, destination.hasSuffix("/") { throw ModuleFailure("can not use content with a dir as dest") }
        try arguments.requireMode("mode", of: destination, mayPreserve: true)
        try arguments.requireMode("directory_mode", of: destination)
        var delivery = try FileDelivery(
            destination: destination, name: source.map(Path.name) ?? "", attributes: FileAttributes(arguments),
            writer: FileWriter(arguments))
        delivery.forces = arguments.bool("force")
        delivery.follows = arguments.bool("follow")
        delivery.folderMode = arguments.map["directory_mode"].flatMap { $0.string?.isEmpty == true ? nil : $0 }
        delivery.expectedChecksum = arguments.string("checksum").flatMap { $0.isEmpty ? nil : $0 }
        self.delivery = delivery
    }

    /// A text as it is, anything else as JSON.
    private static func bytes(_ value: Value) throws -> [UInt8] {
        switch value {
        case .string(let text, _): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .list, .dict: Array(JSON.text(value, ascii: true).utf8)
        default: Array(ArgumentBinder.text(value).utf8)
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        if let content { return try await delivery.deliver(content, on: host) }
        guard let source else { throw ModuleFailure("src (or content) is required") }
        if isRemote { return try await RemoteCopy(source: source, delivery: delivery).run(on: host) }

        let path = try ControllerFile.find(source, folder: "files", context: context)
        guard let status = LocalFile.status(path) else { throw ModuleFailure("cannot read \(path)") }
        if status.isFolder { return try await copyFolder(path, on: host, context) }
        var delivery = delivery
        delivery.source = path
        if case .string("preserve", _) = delivery.attributes.mode { delivery.attributes.mode = .int(status.mode) }
        return try await delivery.deliver(content(of: path, context), on: host)
    }

    private func content(of path: String, _ context: ModuleContext) async throws -> FileContent {
        if decrypts, let plain = try ControllerFile.decrypted(path, context) { return FileContent(plain) }
        return try await .file(path)
    }

    /// Every file of a folder of the controller. What is in the destination besides stays.
    private func copyFolder(
        _ folder: String, on host: ManagedHost, _ context: ModuleContext
    ) async throws -> ModuleResult {
        guard let source else { throw ModuleFailure("src (or content) is required") }
        var root = try await host.resolve(delivery.destination)
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        let shown = root + "/"
        if !source.hasSuffix("/") { root = Path.join(root, Path.name(source)) }
        var result = ModuleResult()
        result.values = ["dest": .string(shown), "src": .string(source)]
        // The folder itself may be a link, too, where it is named without a slash.
        if !followsLinks, !source.hasSuffix("/"), let target = LocalFile.linkTarget(folder) {
            let made = try await copyLink(target, to: root, on: host, context)
            (result.changed, result.diff) = (made.changed, made.diff)
            return result
        }
        let tree: [LocalFile.Entry]
        do { tree = try LocalFile.tree(folder, followsLinks: followsLinks) } catch { throw error.failure }

        // Folders first: those below that exist get the mode that the task gives folders, the others are made.
        let folders = [root] + tree.filter { $0.kind == .folder }.map { Path.join(root, $0.name) }
        let folderAttributes = FileAttributes(
            owner: delivery.attributes.owner, group: delivery.attributes.group, mode: delivery.folderMode)
        for path in folders where try await ensureFolder(path, folderAttributes, keepsPresent: path == root, on: host) {
            result.changed = true
        }
        let files = tree.filter { $0.kind == .file }
        for entry in files {
            var one = delivery
            let local = Path.join(folder, entry.name)
            one.destination = Path.join(root, entry.name)
            one.name = Path.name(entry.name)
            one.source = local
            one.expectedChecksum = nil
            // As in Ansible, links of the host are followed in a flat folder only.
            if folders.count > 1 { one.follows = false }
            if case .string("preserve", _) = one.attributes.mode {
                one.attributes.mode = .int(LocalFile.status(local)?.mode ?? 0o644)
            }
            let delivered = try await one.deliver(content(of: local, context), on: host)
            // A folder with one file gives what that file gives.
            if files.count == 1 {
                result.values.merge(delivered.values)
                result.diff = delivered.diff
                result.changed = result.changed || delivered.changed
            } else if delivered.changed {
                result.changed = true
                result.diff += delivered.diff
            }
        }
        for case (let name, .link(let target)) in tree.map({ ($0.name, $0.kind) }) {
            let made = try await copyLink(target, to: Path.join(root, name), on: host, context)
            guard made.changed else { continue }
            result.changed = true
            result.diff += made.diff
        }
        return result
    }

    /// A link with the same text, in the place of whatever file or link is there. Links have no mode of their own.
    private func copyLink(
        _ target: String, to path: String, on host: ManagedHost, _ context: ModuleContext
    ) async throws -> ModuleResult {
        var link: ValueMap = [
            "path": .string(path), "src": .string(target), "state": .string("link"), "force": .bool(true),
            "follow": .bool(false),
        ]
        link["owner"] = delivery.attributes.owner.map { .string($0) }
        link["group"] = delivery.attributes.group.map { .string($0) }
        return try await File(arguments: ArgumentBinder(File.spec).bind(link)).run(on: host, context: context)
    }

    /// - Parameter keepsPresent: a folder that exists is left as it is.
    private func ensureFolder(
        _ path: String, _ attributes: FileAttributes, keepsPresent: Bool, on host: ManagedHost
    ) async throws -> Bool {
        let observed = try await host.observe("cf_stat \(path)\n\(shell: attributes.observation)")
        let records = observed.records
        guard records.count == 5, let seen = PathStatus(record: records[0]) else {
            throw ModuleFailure("cannot read the status of \(path)")
        }
        let resolved = try attributes.resolved(records[1..<4], seen: seen.reached, path: path)
        guard let status = seen.reached else {
            try await host.change("create the folder \(path)") {
                try await FolderMaker(mode: attributes.mode, attributes: resolved).make(path, on: $0)
            }
            return true
        }
        guard status.kind == .directory else {
            throw ModuleFailure("\(path) already exists as a \(status.state)", ["path": .string(path)])
        }
        guard !keepsPresent else { return false }
        let change = try resolved.change(for: status, path: path)
        if !change.isEmpty { try await host.change("set the attributes of \(path)", change.script(path)) }
        return !change.isEmpty
    }
}
