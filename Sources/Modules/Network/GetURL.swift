import Playbook
import Remote
import YAML

/// Downloads a file on the host.
struct GetURL: Module {
    static let spec = ModuleSpec(
        "get_url", summary: "Downloads a file on the host.",
        options: [
            .init("dest", .path, required: true, help: "Where to; a folder gets the file under the address's name."),
            .init(
                "checksum", .string, default: .string(""),
                help:
                    "algorithm:digest that the file must have, such as sha256:…; or algorithm:address of a list of digests."
            ),
            .init(
                "force", .bool, default: .bool(false),
                help: "Fetch it though the file is not older, and replace that when it differs."),
            .init("backup", .bool, default: .bool(false), help: "Keep a copy of what is replaced."),
        ] + WebRequest.options(userAlias: "username") + FileAttributes.options)
    static let reference = ModuleReference(
        notes:
            "The checksum may also be `sha256:https://example.com/models/sha256sum.txt`: a list of digests and names, or a file with the digest alone. The host's curl does it, or its wget where neither headers nor passwords are to be sent (GNU's, if the address has a query or a user). With a checksum that the file has already nothing is fetched; without one the server is asked for it only if it is newer than the file, unless `force` says otherwise. Headers, passwords and such addresses reach them on standard input.",
        example: """
            - get_url:
                url: https://example.com/models/sdxl.safetensors
                dest: /opt/models/
                checksum: sha256:31e35c80fc4829d14f90153f4c74cd59c90b779f6afe05a74cd6120b893f7e5b
                mode: "0644"
                headers: { Authorization: "Bearer {{ secrets.huggingface.token }}" }
            """,
        returns: [
            .init("url", "The address."),
            .init("dest", "The file."),
            .init("checksum_src", "SHA-1 of what was fetched."),
            .init("checksum_dest", "SHA-1 of the file that was there before."),
            .init("md5sum", "MD5 of what was fetched."),
            .init("src", "The temporary file that it was fetched into."),
            .init("status_code", "The server's status."),
            .init("backup_file", "The copy of what was replaced."),
        ] + ModuleReference.fileStatus, differences: WebRequest.differences)

    private let arguments: Arguments
    private let request: WebRequest
    private var url: String { request.url }
    private var checksum: (algorithm: String, digest: String)?
    /// A list that has the digest.
    private let list: (algorithm: String, request: WebRequest)?
    private let attributes: FileAttributes

    init(arguments: ValueMap) throws {
        self.arguments = Arguments(arguments)
        request = try WebRequest(self.arguments, timeout: 10)
        attributes = FileAttributes(self.arguments)
        let parts = try self.arguments.required("checksum").split(separator: ":", maxSplits: 1).map(String.init)
        let algorithm = parts.first?.lowercased() ?? ""
        switch parts.count {
        case 0: (checksum, list) = (nil, nil)
        case 2 where !["md5", "sha1", "sha224", "sha256", "sha384", "sha512"].contains(algorithm):
            throw ModuleFailure(
                "'\(algorithm)' is not an algorithm for a checksum; there are md5, sha1, sha224, sha256, sha384, sha512"
            )
        case 2 where parts[1].contains("://"):
            checksum = nil
            list = (algorithm, try WebRequest(self.arguments.with("url", .string(parts[1])), timeout: 10))
        case 2 where parts[1].allSatisfy(\.isHexDigit): (checksum, list) = ((algorithm, parts[1].lowercased()), nil)
        default:
            throw ModuleFailure(
                "The checksum parameter has to be in format <algorithm>:<checksum>, with the digest itself or an address that has it"
            )
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        guard let list else { return try await fetch(on: host) }
        var task = self
        task.checksum = (list.algorithm, try await digest(in: list.request, on: host))
        return try await task.fetch(on: host)
    }

    /// Asks the server for the list, in check mode too.
    private func digest(in list: WebRequest, on host: ManagedHost) async throws -> String {
        let answer = try await host.observeLong(
            """
            cf_new=$(umask 077; mktemp "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
            trap 'rm -f -- "$cf_new"' EXIT
            { \(shell: list.download()) } >&2 || exit
            cat -- "$cf_new"

            """, stdin: .bytes(Array(list.configuration.utf8)))
        guard answer.status == 0 else {
            throw ModuleFailure("cannot fetch the checksum from \(list.url): \(answer.complaint)")
        }
        guard let digest = Self.digest(of: request.name, in: answer.output) else {
            throw ModuleFailure("\(list.url) has no checksum of \(request.name)")
        }
        return digest
    }

    /// Lines of `DIGEST  NAME`, `DIGEST *NAME` or `DIGEST  ./NAME`; or the digest and nothing else.
    static func digest(of name: String, in list: String) -> String? {
        let lines = list.split(whereSeparator: \.isNewline).map {
            $0.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        }
        let found =
            lines.count == 1 && lines[0].count == 1
            ? lines.first
            : lines.first { line in
                guard line.count == 2 else { return false }
                let entry = line[1].drop { $0.isWhitespace || $0 == "*" }
                return (entry.hasPrefix("./") ? entry.dropFirst(2) : entry) == name
            }
        guard let digest = found?.first, digest.allSatisfy(\.isHexDigit) else { return nil }
        return digest.lowercased()
    }

    private func fetch(on host: ManagedHost) async throws -> ModuleResult {
        let destination = try await host.resolve(arguments.requiredPath("dest"))
        var sums: ShellScript = "[ -f \"$cf_path\" ] && sha1sum <\"$cf_path\"; printf '\\000'; "
        if let checksum { sums += "[ -f \"$cf_path\" ] && \(checksum.algorithm + "sum") <\"$cf_path\"" }
        let observed = try await host.observe(
            """
            cf_path=\(destination)
            if [ -d "$cf_path" ]; then cf_path=${cf_path%/}/\(request.name); fi
            printf '%s\\000' "$cf_path"
            cf_stat "$cf_path"
            \(shell: attributes.observation)\(shell: sums)
            printf '\\000'
            [ -d "${cf_path%/*}/" ] && printf folder
            """)
        let records = observed.records
        guard records.count == 8, let seen = PathStatus(record: records[1]) else {
            throw ModuleFailure("cannot read the status of \(destination): \(observed.complaint)")
        }
        let path = records[0]
        let known: ValueMap = ["url": .string(url), "dest": .string(path)]
        let resolved = try attributes.resolved(records[2..<5], seen: seen.reached, path: path)
        func digest(_ record: String) -> String { String(record.prefix { $0 != " " }) }

        var result = ModuleResult()
        result.values = known
        let isThere = seen.reached?.kind == .file
        if isThere, let checksum, digest(records[6]) == checksum.digest, let status = seen.reached {
            result.message = "file already exists"
            try await result.apply(resolved, path, status, on: host)
            if result.changed { result.message = "file already exists but file attributes changed" }
            return result
        }
        guard records[7] == "folder" || !path.contains("/") else {
            throw ModuleFailure("Destination \(Path.folder(path)) does not exist", known)
        }
        if let missing = resolved.missing { throw ModuleFailure(missing, ["path": .string(path)]) }

        let before = digest(records[5])
        result.values["checksum_dest"] = isThere ? .string(before) : .null
        result.values["status_code"] = .null
        guard
            let fetched = try await host.change(
                "download \(url)", { try await fetch(to: path, seen.reached, resolved, on: $0) })
        else {
            return try await predicted(result, before, isThere: isThere, on: host)
        }
        result.values["status_code"] = fetched.code.map { .int($0) } ?? .null
        if fetched.sha1 == before, let status = seen.reached {
            result.values["checksum_src"] = .string(before)
            result.values["md5sum"] = .string(fetched.md5)
            result.values["src"] = .string(fetched.temporary)
            result.message = fetched.code == 304 ? "HTTP Error 304: Not Modified" : "OK (\(status.size) bytes)"
            try await result.apply(resolved, path, status, on: host)
            return result
        }
        result.changed = true
        result.message = "OK (\(fetched.status.size) bytes)"
        result.values["checksum_src"] = .string(fetched.sha1)
        result.values["md5sum"] = .string(fetched.md5)
        result.values["src"] = .string(fetched.temporary)
        if let backup = fetched.backup { result.values["backup_file"] = .string(backup) }
        result.values.merge(fetched.status.registered)
        return result
    }

    /// In check mode. Over the network nothing is fetched: whether what is there differs is not known.
    private func predicted(
        _ result: ModuleResult, _ before: String, isThere: Bool, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = result
        guard let file = request.localFile else {
            result.changed = !isThere || checksum != nil
            return result
        }
        let answer = try await host.observe("wc -c <\(file) && sha1sum <\(file)")
        guard answer.status == 0 else { throw ModuleFailure("Request failed: \(answer.complaint)", result.values) }
        let lines = answer.output.split(separator: "\n")
        result.changed = lines.last.map { !$0.hasPrefix(before) || before.isEmpty } ?? true
        result.message = "OK (\(lines[0].filter(\.isNumber)) bytes)"
        return result
    }

    private struct Fetched: Sendable {
        /// HTTP's; nil where the protocol or the program has none.
        var code: Int?
        var sha1: String, md5: String, temporary: String
        var backup: String?
        var status: FileStatus
    }

    /// Into a hidden file beside the destination, checked there, then renamed.
    private func fetch(
        to path: String, _ replaced: FileStatus?, _ attributes: FileAttributes.Resolved, on host: ManagedHost.Alteration
    ) async throws -> Fetched {
        let asksForNewer = replaced?.kind == .file && checksum == nil && !arguments.bool("force")
        let base = replaced?.mode ?? 0o666 & ~attributes.umask
        let mode = attributes.mode?.applied(to: base, isDirectory: false, umask: attributes.umask) ?? base
        let owner = (attributes.uid ?? replaced?.uid).map(String.init) ?? ""
        let group = (attributes.gid ?? replaced?.gid).map { ":\($0)" } ?? ""
        var check = ShellScript()
        if let checksum {
            check =
                "[ \"$(\(checksum.algorithm + "sum") <\"$cf_new\" | cut -d' ' -f1)\" = \(checksum.digest) ] || { echo \("The checksum for \(path) did not match \(checksum.digest)") >&2; exit 1; }\n"
        }
        let keep: ShellScript =
            arguments.bool("backup") && replaced != nil
            ? "cf_backup=\(path).$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p -- \(path) \"$cf_backup\" || exit\n" : ""
        let setOwner: ShellScript =
            owner.isEmpty && group.isEmpty ? "" : "chown -- \(owner + group) \"$cf_new\" || exit\n"
        let done = try await host.attemptLong(
            """
            umask 077
            cf_new=$(mktemp \(Path.join(Path.folder(path), ".comfyfleet.XXXXXXXX"))) || exit
            trap 'rm -f -- "$cf_new"' EXIT
            cf_code=
            { \(shell: request.download(unlessAsNewAs: asksForNewer ? path : nil)) } >&2 || exit
            if [ "$cf_code" = 304 ]; then cat -- \(path) >"$cf_new" || exit; fi
            \(shell: check)cf_sum=$(sha1sum <"$cf_new"); cf_md5=$(md5sum <"$cf_new" 2>/dev/null); cf_backup=
            if [ -f \(path) ] && [ "$(sha1sum <\(path))" = "$cf_sum" ]; then :; else
            \(shell: keep)\(shell: setOwner)chmod -- \(FileMode.argument(mode)) "$cf_new" || exit
            mv -f -- "$cf_new" \(path) || exit
            trap - EXIT
            fi
            printf '%s\\000%s\\000%s\\000%s\\000%s\\000' "$cf_code" "$cf_new" "${cf_sum%% *}" "${cf_md5%% *}" "$cf_backup"
            cf_stat \(path)

            """, stdin: .bytes(Array(request.configuration.utf8)))
        guard done.status == 0, done.records.count == 7, let status = PathStatus(record: done.records[5])?.reached
        else {
            // A full disk is no fault of the server's.
            let isFull = done.complaint.hasSuffix("No space left on device")
            throw ModuleFailure(
                "\(isFull ? "could not write \(path)" : "Request failed"): \(done.complaint)",
                ["url": .string(url), "dest": .string(path), "rc": .int(Int(done.status))])
        }
        let records = done.records
        return Fetched(
            code: Int(records[0]).flatMap { $0 > 0 ? $0 : nil }, sha1: records[2], md5: records[3],
            temporary: records[1], backup: records[4].isEmpty ? nil : records[4], status: status)
    }
}
