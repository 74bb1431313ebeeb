import Playbook
import Remote
import YAML

/// Unpacks an archive on the host: tar, plain or compressed in any way that the host's tar knows, or zip.
struct Unarchive: Module {
    static let spec = ModuleSpec(
        "unarchive", summary: "Unpacks an archive on the host.",
        options: [
            .init(
                "src", .path, required: true,
                help: "The archive: of the controller, below files/; of the host or an address with remote_src."),
            .init("dest", .path, required: true, help: "An existing folder of the host."),
            .init(
                "remote_src", .bool, default: .bool(false),
                help: "src is on the host, or an address that the host fetches."),
            .init("copy", .bool, default: .bool(true), help: "The opposite of remote_src, as it was called once."),
            .init("creates", .path, help: "Don't unpack when this exists."),
            .init("list_files", .bool, default: .bool(false), help: "Return the names in the archive as files."),
            .init("exclude", .list, default: .list([]), help: "Names to leave out."),
            .init("include", .list, default: .list([]), help: "Names to unpack, and no others."),
            .init(
                "keep_newer", .bool, default: .bool(false), help: "Leave files alone that are newer than the archive's."
            ),
            .init("extra_opts", .list, default: .list([]), help: "Options for tar or unzip."),
            .init("validate_certs", .bool, default: .bool(true), help: "Check the server's certificate."),
        ] + FileAttributes.options, mutuallyExclusive: [["include", "exclude"], ["copy", "remote_src"]])
    static let reference = ModuleReference(
        notes:
            "Tar archives may be compressed in any way that the host's tar knows; zip archives need unzip. Nothing is unpacked when what is there agrees with the archive in type, time, size, mode and owner (tar: what `tar --diff` says of them). Needs GNU tar, or Info-ZIP's unzip, on the host. In check mode a tar archive is skipped.",
        example: """
            - unarchive:
                src: https://example.com/ollama-linux-amd64.tgz
                dest: /opt/ollama
                remote_src: true
                owner: ollama
                extra_opts: [--strip-components=1]
                creates: /opt/ollama/bin/ollama
            """,
        returns: [
            .init("dest", "The folder."),
            .init("src", "The archive, on the host."),
            .init("handler", "What unpacks it."),
            .init("files", "Names in the archive, with list_files."),
            .init("extract_results", "What the program has said: rc, out, err."),
        ] + ModuleReference.fileStatus)

    private let arguments: Arguments
    private let source: String
    private let isOnHost: Bool
    private let desired: DesiredExtraction

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        source = try self.arguments.requiredPath("src")
        isOnHost = self.arguments.bool("remote_src") || !self.arguments.bool("copy")
        desired = DesiredExtraction(
            destination: try self.arguments.requiredPath("dest"), excludes: self.arguments.strings("exclude") ?? [],
            includes: self.arguments.strings("include") ?? [],
            options: self.arguments.strings("extra_opts") ?? [], keepsNewer: self.arguments.bool("keep_newer"),
            attributes: FileAttributes(self.arguments))
        try self.arguments.requireMode("mode", of: desired.destination)
        for name in desired.includes where name.hasPrefix("-") {
            throw ModuleFailure("'\(name)' is not a name in an archive")
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        if let (reason, _) = try await RunCondition(creates: arguments.path("creates")).reasonNotToRun(on: host) {
            result.skipped = true
            result.message = "skipped, since \(reason)"
            return result
        }
        var desired = desired
        desired.destination = try await host.resolve(desired.destination)
        if isOnHost, source.contains("://") {
            let request = try WebRequest(arguments.with("url", .string(source)), timeout: 30)
            return try await host.withTemporaryFile(
                "download \(source)",
                """
                cf_code=; cf_new=$cf_file
                { \(shell: request.download()) } >&2 || exit

                """, stdin: .bytes(Array(request.configuration.utf8))
            ) { try await unpack($0, desired, on: host) }
        }
        if isOnHost { return try await unpack(host.resolve(source), desired, on: host) }

        let file = try ControllerFile.find(source, folder: "files", context: context)
        guard let status = LocalFile.status(file), !status.isFolder else {
            throw ModuleFailure("\(file) is not an archive")
        }
        guard status.isRegular else { throw ModuleFailure("\(file) is not a regular file") }
        let plain = try ControllerFile.decrypted(file, context)
        return try await host.withTemporaryFile(
            "send \(file)",
            """
            cf_t=$(cat 2>&1 >"$cf_file") || { printf '%s: %s\\n' "$cf_file" "${cf_t##*: }" >&2; exit 1; }
            [ "$(wc -c <"$cf_file")" -eq \(unquotedNumber: plain?.count ?? status.size) ] || { echo 'the archive did not arrive whole' >&2; exit \(unquotedNumber: Upload.incomplete); }

            """, stdin: plain.map { .bytes($0) } ?? .file(Call.FileSource(path: file))
        ) { try await unpack($0, desired, on: host) }
    }

    private func unpack(_ path: String, _ desired: DesiredExtraction, on host: ManagedHost) async throws -> ModuleResult
    {
        let looked = try await host.observe(
            """
            [ -e \(path) ] || { echo \("Source '\(path)' does not exist") >&2; exit 1; }
            [ -r \(path) ] || { echo \("Source '\(path)' not readable") >&2; exit 1; }
            [ -s \(path) ] || { echo \("Invalid archive '\(path)', the file is 0 bytes") >&2; exit 1; }
            [ -d \(desired.destination) ] || { echo \("Destination '\(desired.destination)' is not a directory") >&2; exit 1; }
            head -c 4 \(path) | od -An -tx1
            """)
        guard looked.status == 0 else { throw ModuleFailure(looked.complaint) }
        let beginning = looked.output.filter(\.isHexDigit)
        let archive: any Archive =
            beginning.hasPrefix("504b")
            ? ZipArchive(path: path, desired: desired)
            : TarArchive(path: path, desired: desired, isGzipped: beginning.hasPrefix("1f8b"))

        var result = ModuleResult()
        result.values = [
            "handler": .string(archive.handler), "dest": .string(desired.destination), "src": .string(path),
        ]
        guard archive.canTellBeforehand || !host.checkMode else {
            result.skipped = true
            result.message = "remote module (ansible.legacy.unarchive) does not support check mode when using gtar"
            return result
        }
        let comparison = try await archive.compare(on: host)
        result.changed = comparison.differs
        if let text = comparison.itemized, !text.isEmpty { result.diff = [Difference(prepared: text)] }
        if comparison.differs {
            try await host.change("unpack \(path)") { alteration in
                let done = try await alteration.attemptLong(archive.extraction(comparison))
                guard done.status == 0 else {
                    throw ModuleFailure(
                        "failed to unpack \(path) to \(desired.destination): \(archive.cause(done))", done.registered)
                }
                result.values["extract_results"] = .dict([
                    "rc": .int(0), "out": .string(done.output), "err": .string(done.errorOutput),
                ])
            }
        }
        if comparison.itemized != "", !host.checkMode,
            try await ArchiveAttributes(desired: desired, names: comparison.names).apply(on: host)
        {
            result.changed = true
        }
        if arguments.bool("list_files") { result.values["files"] = .list(comparison.names.map { .string($0) }) }
        let status = try await host.observe("cf_stat \(desired.destination)")
        if let status = status.records.first.flatMap({ PathStatus(record: $0) })?.reached {
            result.values.merge(status.registered)
        }
        return result
    }
}
