import Playbook
import Support
import Templating
import YAML

/// Renders a template of the controller into a file on the host.
struct Template: Module {
    static let spec = ModuleSpec(
        "template", summary: "Renders a template into a file on the host.",
        options: [
            .init("src", .path, required: true, help: "The template, below templates/ or by its path."),
            .init("dest", .path, required: true, help: "Where to; a folder gets the file under the template's name."),
            .init("force", .bool, default: .bool(true), help: "Replace a file whose content differs."),
            .init(
                "follow", .bool, default: .bool(false),
                help: "Write to what a link leads to instead of replacing the link."),
            .init(
                "newline_sequence", .string, choices: ["\\n", "\\r", "\\r\\n", "\n", "\r", "\r\n"],
                default: .string("\n"), help: "How lines end."),
            .init("trim_blocks", .bool, default: .bool(true), help: "Drop the line end after a block."),
            .init("lstrip_blocks", .bool, default: .bool(false), help: "Drop blanks before a block."),
            .init("variable_start_string", .string, default: .string("{{"), help: "Begins a variable."),
            .init("variable_end_string", .string, default: .string("}}"), help: "Ends a variable."),
            .init("block_start_string", .string, default: .string("{%"), help: "Begins a block."),
            .init("block_end_string", .string, default: .string("%}"), help: "Ends a block."),
            .init("comment_start_string", .string, default: .string("{#"), help: "Begins a comment."),
            .init("comment_end_string", .string, default: .string("#}"), help: "Ends a comment."),
            .noEffect(
                "output_encoding", .string, choices: ["utf-8"], default: .string("utf-8"),
                because: "other encodings than UTF-8 are refused"),
        ] + FileWriter.options + FileAttributes.options)
    static let reference = ModuleReference(
        example: """
            - template:
                src: comfyui.service.j2
                dest: /etc/systemd/system/comfyui.service
                mode: "0644"
                validate: systemd-analyze verify %s
              notify: restart comfyui
            """,
        returns: ModuleReference.writtenFile)

    private let source: String
    private let options: TemplateFileOptions
    private let delivery: FileDelivery

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        source = try arguments.requiredPath("src")
        var options = TemplateFileOptions()
        options.trimBlocks = arguments.bool("trim_blocks")
        options.lstripBlocks = arguments.bool("lstrip_blocks")
        options.newlineSequence = try arguments.required("newline_sequence").replacing("\\r", with: "\r").replacing(
            "\\n", with: "\n")
        options.variableStart = try arguments.required("variable_start_string")
        options.variableEnd = try arguments.required("variable_end_string")
        options.blockStart = try arguments.required("block_start_string")
        options.blockEnd = try arguments.required("block_end_string")
        options.commentStart = try arguments.required("comment_start_string")
        options.commentEnd = try arguments.required("comment_end_string")
        self.options = options
        var name = Path.name(source)
        if name.hasSuffix(".j2") { name.removeLast(3) }
        var delivery = try FileDelivery(
            destination: arguments.requiredPath("dest"), name: Path.name(source), attributes: FileAttributes(arguments),
            writer: FileWriter(arguments))
        delivery.forces = arguments.bool("force")
        delivery.follows = arguments.bool("follow")
        self.delivery = delivery
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let path = try ControllerFile.find(source, folder: "templates", context: context)
        let text = try ControllerFile.readTrusted(path, context)
        guard let template = String(validating: text.bytes, as: UTF8.self) else {
            throw ModuleFailure("the template \(path) is not UTF-8 text")
        }
        var delivery = delivery
        if case .string("preserve", _) = delivery.attributes.mode {
            delivery.attributes.mode = .int(LocalFile.status(path)?.mode ?? 0o644)
        }
        var templar = context.templar
        templar.environment.searchTemplates(besides: path)
        let rendered = try templar.renderFile(
            template, options: options,
            in: TemplateFileScope(below: context.scope, path: path, destination: delivery.destination))
        context.concealSecrets(.string(rendered.text, rendered.provenance))
        if text.isSecret { ControllerFile.conceal(Array(rendered.text.utf8), of: path, context) }
        return try await delivery.deliver(Array(rendered.text.utf8), on: host)
    }
}

/// The task's variables and those that only templates see.
struct TemplateFileScope: VariableScope {
    private let scope: any VariableScope
    private let own: [String: Value]

    init(below scope: any VariableScope, path: String, destination: String? = nil) {
        self.scope = scope
        var own: [String: Value] = [
            "template_path": .string(path), "template_fullpath": .string(path),
            "ansible_managed": .string("Ansible managed"),
        ]
        own["template_destpath"] = destination.map { .string($0) }
        own["template_host"] = .string(LocalFile.hostName)
        own["template_uid"] = LocalFile.owner(path).map { .string($0) }
        self.own = own
    }
    func variable(named name: String) -> Value? {
        // A variable of the playbook's wins over the constant text.
        scope.variable(named: name) ?? own[name]
    }
    var variableNames: [String] { scope.variableNames + own.keys.sorted() }
}

/// A file of the controller that a task names.
enum ControllerFile {
    static func find(_ name: String, folder: String, context: ModuleContext) throws -> String {
        guard let path = context.search.find(name, folder) else {
            throw missing(name, folder: folder, context: context)
        }
        return path
    }

    /// In Ansible's words, which name every place.
    static func missing(
        _ name: String, folder: String, context: ModuleContext, _ values: ValueMap = [:]
    ) -> ModuleFailure {
        let places = context.search.candidates(name, folder)
        let looked = places == [name] ? "" : "\nSearched in:" + places.map { "\n\t\($0)" }.joined()
        return ModuleFailure(
            "Could not find or access '\(name)'\(looked) on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option",
            values)
    }

    static func read(_ name: String, folder: String, context: ModuleContext) throws -> (path: String, bytes: [UInt8]) {
        let path = try find(name, folder: folder, context: context)
        return (path, try read(path, context))
    }

    /// A file's content, decrypted where ansible-vault has encrypted it.
    static func read(_ path: String, _ context: ModuleContext) throws -> [UInt8] {
        if let plain = try decrypted(path, context) { return plain }
        do { return try LocalFile.read(path) } catch { throw error.failure }
    }

    /// What a file holds that ansible-vault has encrypted, which is secret from here on; nil for any other file.
    static func decrypted(_ path: String, _ context: ModuleContext) throws -> [UInt8]? {
        guard LocalFile.begins(path, with: vaultMark) else { return nil }
        let bytes: [UInt8]
        do { bytes = try LocalFile.read(path) } catch { throw error.failure }
        do throws(Diagnostic) {
            let plain = try context.templar.environment.ansibleVault.reading(bytes, of: path).bytes
            conceal(plain, of: path, context)
            return plain
        } catch {
            throw ModuleFailure("A vault password or secret must be specified to decrypt \(path): \(error)")
        }
    }

    /// What is searched for in output is what a person may have written; of anything else no diff is shown.
    private static let largestSearched = 1 << 16

    static func conceal(_ bytes: [UInt8], of path: String, _ context: ModuleContext) {
        let text = bytes.count <= largestSearched ? String(validating: bytes, as: UTF8.self) : nil
        context.concealSecrets(.string(text ?? "", .secret(path, isSearched: text != nil)))
    }

    /// A file of variables, whose values are known as secrets one by one where it was encrypted.
    static func variables(_ path: String, _ context: ModuleContext) throws -> (bytes: [UInt8], isSecret: Bool) {
        var context = context
        context.concealSecrets = { _ in }
        return try readTrusted(path, context)
    }

    /// The content of a file whose texts are trusted, which those of what the program wrote itself are not.
    static func readTrusted(_ path: String, _ context: ModuleContext) throws -> (bytes: [UInt8], isSecret: Bool) {
        guard !OwnFolders.hold(path) else {
            throw ModuleFailure("\(path) is data, as all that the program writes itself; \(OwnFolders.remedy)")
        }
        if let plain = try decrypted(path, context) { return (plain, true) }
        do { return (try LocalFile.read(path), false) } catch { throw error.failure }
    }

    private static let vaultMark = "$ANSIBLE_VAULT"
}
