import Remote
import YAML

/// Brings content to a path on a host when it is not there yet: what copy and template have in common.
struct FileDelivery: Sendable {
    var destination: String
    /// The file's name where the destination turns out to be a folder.
    var name: String
    var attributes: FileAttributes
    var writer: FileWriter
    var forces = true
    /// A link is followed to the file it leads to; otherwise the link is replaced.
    var follows = false
    /// Mode of folders that have to be made, for a destination that ends with a slash.
    var folderMode: Value?
    /// What the result gives as `src`, where it is not the file's own.
    var source: String?
    /// Of the content, to compare with before it is renamed into place.
    var expectedChecksum: String?

    func deliver(_ content: [UInt8], on host: ManagedHost) async throws -> ModuleResult {
        try await deliver(FileContent(content), on: host)
    }

    func deliver(_ content: FileContent, on host: ManagedHost) async throws -> ModuleResult {
        // A large file is hashed while it is sent.
        async let checksums = content.checksums()
        let destination = try await host.resolve(destination)
        let isFolder = destination.hasSuffix("/")
        let observed = try await host.observe(
            """
            cf_path=\(destination)
            if [ -d "$cf_path" ]; then cf_path=${cf_path%/}/\(name); elif \(shell: isFolder ? "true" : "false"); then cf_path=${cf_path}\(name); fi
            cf_stat "$cf_path"
            printf '%s\\000' "$cf_path"; \(shell: attributes.observation)cf_same "$cf_path" \(unquotedNumber: content.size) \(content.sha256)
            [ -d "${cf_path%/*}/" ] && printf 'folder'
            """)
        let records = observed.records
        guard records.count == 7, let seen = PathStatus(record: records[0]) else {
            throw ModuleFailure("cannot read the status of \(destination): \(observed.complaint)")
        }
        let path = records[1]
        let isSame = records[5] == "same" && (!seen.isLink || follows)
        let hasFolder = records[6] == "folder" || !path.contains("/")
        let resolved = try attributes.resolved(records[2..<5], seen: seen.reached, path: path)

        var result = ModuleResult()
        // What is written to: the path, or where a followed link leads.
        let target = seen.isLink && follows ? seen.realPath ?? path : path
        result.values["dest"] = .string(target)
        result.values["src"] = .string(source ?? "(content)")
        if seen.own != nil, !forces { return result }
        if seen.reached?.kind == .directory {
            throw ModuleFailure("the destination \(path) is a folder", ["dest": .string(path)])
        }
        if isSame, let status = seen.reached {
            result.values["src"] = nil
            return try await finish(result, target, status, resolved, checksums.sha1, on: host)
        }

        result.changed = true
        if host.diffMode {
            let before = seen.reached?.kind == .file ? try await ShownContent.read(path, on: host) : []
            result.diff = [
                ShownContent.difference(before: before, after: content.bytes, path: path, afterHeader: source)
            ]
        }
        let isAsExpected = if let expectedChecksum { try await checksums.sha1 == expectedChecksum } else { true }
        var isWritten = false
        do {
            try await host.change("write \(path)") { host in
                if !isAsExpected {
                    throw ModuleFailure(
                        "Copied file does not match the expected checksum. Transfer failed.",
                        ["expected_checksum": .string(expectedChecksum ?? "")])
                }
                if !hasFolder {
                    guard isFolder else {
                        throw ModuleFailure("Destination directory \(Path.folder(path)) does not exist")
                    }
                    try await FolderMaker(mode: folderMode, attributes: resolved).make(Path.folder(path), on: host)
                }
                let replaced = seen.isLink && !follows ? nil : seen.reached
                let written = try await writer.write(
                    .content(content), to: target, replacing: replaced, attributes: resolved, on: host)
                isWritten = true
                if let backup = written.backup { result.values["backup_file"] = .string(backup) }
                result.values.merge(written.status.registered)
            }
        } catch var problem as ModuleFailure {
            // What went wrong is reported, also when the file cannot be hashed any more.
            if let sha1 = try? await checksums.sha1 { problem.values["checksum"] = .string(sha1) }
            throw problem
        }
        let (sha1, md5) = try await checksums
        result.values["checksum"] = .string(sha1)
        if isWritten, let md5 { result.values["md5sum"] = .string(md5) }
        return result
    }

    /// The content is right; owner and mode may not be.
    private func finish(
        _ result: ModuleResult, _ path: String, _ status: FileStatus, _ attributes: FileAttributes.Resolved,
        _ sha1: String, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = result
        result.values["path"] = .string(path)
        result.values["checksum"] = .string(sha1)
        let change = try await result.apply(attributes, path, status, on: host)
        var before = change.before
        var after = change.after
        before["path"] = .string(path)
        after["path"] = .string(path)
        result.diff = [Difference(before: .dict(before), after: .dict(after))]
        return result
    }
}

/// Makes a folder and those above it that are missing, all with the same owner, group and mode.
struct FolderMaker: Sendable {
    var mode: Value?
    var attributes: FileAttributes.Resolved

    func make(_ path: String, on host: ManagedHost.Alteration) async throws {
        let desired = try mode.map { try FileMode($0, path: path) }
        let fresh = 0o777 & ~attributes.umask
        let bits = desired?.applied(to: fresh, isDirectory: true, umask: attributes.umask)
        let owner = (attributes.uid.map(String.init) ?? "") + (attributes.gid.map { ":\($0)" } ?? "")
        var script = ShellScript()
        for step in Path.ancestry(path) {
            var setAttributes = ShellScript()
            if !owner.isEmpty { setAttributes += "chown -- \(owner) \(step) || exit; " }
            if let bits { setAttributes += "chmod -- \(FileMode.argument(bits)) \(step) || exit; " }
            script += "[ -d \(step) ] || { mkdir -- \(step) || [ -d \(step) ] || exit; \(shell: setAttributes)}\n"
        }
        try await host.run(script)
    }
}
