import Foundation
import Playbook
import Support
import YAML

/// Copies a file of the host to the controller.
struct Fetch: Module {
    static let spec = ModuleSpec(
        "fetch", summary: "Copies a file of the host to the controller.",
        options: [
            .init("src", .string, required: true, help: "The file on the host."),
            .init(
                "dest", .string, required: true,
                help:
                    "A folder of the controller, below which the file gets the host's name and its path; with flat the file."
            ),
            .init(
                "flat", .bool, default: .bool(false),
                help: "Whether dest is the file itself, or with a slash at its end the folder that the file is in."),
            .init(
                "fail_on_missing", .bool, default: .bool(true), help: "Whether a file that is not there is a failure."),
            .noEffect(
                "validate_checksum", .bool, default: .bool(true), because: "the link sees to it that all of it comes"),
        ])
    static let reference = ModuleReference(
        notes: "Paths of the controller are relative to the playbook's folder. It is skipped in check mode.",
        example: """
            - fetch: { src: /var/log/installer.log, dest: collected/ }
            """,
        returns: [
            .init("dest", "The file on the controller."),
            .init("file", "The file on the host, where nothing was changed."),
            .init("checksum", "SHA-1 of the content."),
            .init("md5sum", "MD5 of it."),
            .init("remote_checksum", "SHA-1 of the host's file, where it was changed."),
        ])

    private let source: String, destination: String
    private let arguments: Arguments
    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        guard let source = try self.arguments.path("src"), let destination = try self.arguments.path("dest") else {
            throw ModuleFailure("src and dest are required")
        }
        self.source = source
        self.destination = destination
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        guard !host.checkMode else {
            result.skipped = true
            result.message = "check mode not (yet) supported for this module"
            return result
        }
        let source = try await host.resolve(source)
        let read = try await host.observe(
            """
            [ -e \(source) ] || exit 3
            [ ! -d \(source) ] || exit 4
            [ -r \(source) ] || exit 5
            cat -- \(source)
            """)
        switch read.status {
        case 0: break
        case 3: return try missing("the remote file does not exist, not transferring, ignored", source)
        case 4: throw ModuleFailure("remote file is a directory, fetch cannot work on directories")
        case 5: return try missing("no read permission on remote file, not transferring, ignored", source)
        default: throw ModuleFailure("could not read \(source): \(read.complaint)")
        }
        let path = try path(for: source, context)
        let checksum = Digest.sha1(read.stdout)
        let md5 = Digest.hex(read.stdout, "md5").map { Value.string($0) } ?? .null
        result.values = ["md5sum": md5, "dest": .string(path), "checksum": .string(checksum)]
        if let present = try? LocalFile.read(path), Digest.sha1(present) == checksum {
            result.values["file"] = .string(source)
            return result
        }
        try write(read.stdout, to: path)
        result.changed = true
        result.values["remote_md5sum"] = .null
        result.values["remote_checksum"] = .string(checksum)
        return result
    }

    private func missing(_ message: String, _ source: String) throws -> ModuleResult {
        if arguments.bool("fail_on_missing") { throw ModuleFailure(message) }
        var result = ModuleResult()
        result.message = message
        result.values["file"] = .string(source)
        return result
    }

    private func path(for source: String, _ context: ModuleContext) throws -> String {
        var path = destination
        if path == "~" || path.hasPrefix("~/") { path = NSHomeDirectory() + path.dropFirst() }
        if !path.hasPrefix("/"), let folder = context.scope.variable(named: "playbook_dir")?.string {
            path = Path.join(folder, path)
        }
        if arguments.bool("flat") {
            if path.hasSuffix("/") { return Path.normalized(path + Path.name(source)) }
            guard LocalFile.status(path)?.isFolder != true else {
                throw ModuleFailure(
                    "dest is an existing directory, use a trailing slash if you want to fetch src into that directory")
            }
            return Path.normalized(path)
        }
        let host = context.scope.variable(named: "inventory_hostname")?.string ?? ""
        // A host can't choose the place: neither its name nor the path leads out of the folder.
        let below = Path.normalized("/" + host.escaping { $0 == "/" ? "_" : nil } + "/" + Path.normalized("/" + source))
        return Path.normalized(path) + below
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: Path.folder(path), withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ModuleFailure("could not write \(path): \((error as NSError).localizedDescription)")
        }
    }
}
