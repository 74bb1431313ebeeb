import Remote
import YAML

/// `copy` with `remote_src`: from one path of the host to another.
struct RemoteCopy: Sendable {
    let source: String
    let delivery: FileDelivery

    func run(on host: ManagedHost) async throws -> ModuleResult {
        let source = try await host.resolve(source)
        let destination = try await host.resolve(delivery.destination)
        let isFolderName = destination.hasSuffix("/")
        let name = Path.name(source)
        // A folder goes into the destination unless its own name ends with a slash; a file into it when it is a folder.
        let observed = try await host.observe(
            """
            cf_path=\(destination)
            cf_parent=
            if [ -d \(source) ]; then cf_parent=$cf_path; \(shell: source.hasSuffix("/") ? ":" : "cf_path=${cf_path%/}/\(name)")
            elif [ -d "$cf_path" ]; then cf_path=${cf_path%/}/\(name); elif \(shell: isFolderName ? "true" : "false"); then cf_path=${cf_path}\(name); fi
            printf '%s\\000' "$cf_path"
            cf_stat \(source)
            cf_stat "$cf_path"
            \(shell: delivery.attributes.observation)for cf_one in \(source) "$cf_path"; do
              [ -f "$cf_one" ] && sha256sum <"$cf_one"; printf '\\000'; [ -f "$cf_one" ] && sha1sum <"$cf_one"; printf '\\000'; [ -f "$cf_one" ] && md5sum <"$cf_one"; printf '\\000'
            done
            cf_parent=${cf_parent:-$cf_path}; [ -d "${cf_parent%/*}/" ] && printf folder
            printf '\\000'; [ -d \(destination) ] && printf there
            """)
        let records = observed.records
        guard records.count == 14, let from = PathStatus(record: records[1]), let to = PathStatus(record: records[2])
        else {
            throw ModuleFailure("cannot read the status of \(source): \(observed.complaint)")
        }
        guard let origin = from.reached else { throw ModuleFailure("Source \(source) not found") }
        var delivery = delivery
        if case .string("preserve", _) = delivery.attributes.mode {
            delivery.attributes.mode = origin.kind == .directory ? nil : .int(origin.mode)
        }
        let path = records[0]
        let hasFolder = records[12] == "folder" || !path.contains("/")
        let resolved = try delivery.attributes.resolved(records[3..<6], seen: to.reached, path: path)
        if origin.kind == .directory {
            guard hasFolder || isFolderName else {
                throw ModuleFailure("Destination directory \(Path.folder(destination)) does not exist")
            }
            // The result is about the destination, or about what is in it under the source's name when it was there
            // before.
            let shown = records[13] == "there" ? Path.join(destination, Path.name(source)) : destination
            if to.own != nil, !delivery.forces { return Self.untouched(source, shown, to.reached) }
            return try await copyFolder(source, to: path, shown: shown, resolved, on: host)
        }
        func sum(_ index: Int) -> String { String(records[index].prefix { $0 != " " }) }
        var result = ModuleResult()
        result.values = ["dest": .string(path), "src": .string(source)]
        if to.own != nil, !delivery.forces { return Self.untouched(source, path, to.reached) }
        if let expected = delivery.expectedChecksum, expected != sum(7) {
            throw ModuleFailure(
                "Copied file does not match the expected checksum. Transfer failed.",
                ["checksum": .string(sum(7)), "expected_checksum": .string(expected)])
        }
        result.values["checksum"] = .string(sum(7))
        result.values["md5sum"] = .string(sum(8))
        let replacesLink = to.isLink && !delivery.follows
        let target = to.isLink && delivery.follows ? to.realPath ?? path : path
        result.values["dest"] = .string(target)
        if let status = to.reached, sum(6) == sum(9), !replacesLink {
            try await result.apply(resolved, target, status, on: host)
            return result
        }
        result.changed = true
        if host.diffMode {
            let before = to.reached?.kind == .file ? try await ShownContent.read(path, on: host) : []
            result.diff = [
                ShownContent.difference(
                    before: before, after: try await ShownContent.read(source, on: host), path: path,
                    afterHeader: source)
            ]
        }
        if !hasFolder {
            guard isFolderName else { throw ModuleFailure("Destination directory \(Path.folder(path)) does not exist") }
            if host.checkMode { result.message = "dest directory \(Path.folder(path)) would be created" }
        }
        try await host.change("write \(path)") { host in
            if !hasFolder {
                try await FolderMaker(mode: delivery.folderMode, attributes: resolved).make(Path.folder(path), on: host)
            }
            var desired = resolved
            // A file that is replaced gets the source's mode, a new one the usual.
            if desired.mode == nil, to.reached != nil { desired.mode = .bits(origin.mode) }
            let written = try await delivery.writer.write(
                .remote(source), to: target, replacing: replacesLink ? nil : to.reached, attributes: desired, on: host)
            if let backup = written.backup { result.values["backup_file"] = .string(backup) }
            result.values.merge(written.status.registered)
        }
        return result
    }

    /// Something is there, which `force: false` keeps.
    private static func untouched(_ source: String, _ path: String, _ status: FileStatus?) -> ModuleResult {
        var result = ModuleResult()
        result.message = "file already exists"
        result.values = ["dest": .string(path), "src": .string(source)]
        if let status { result.values.merge(status.registered) }
        return result
    }

    /// A folder of the host: what is missing or differs is copied, what is there besides stays.
    private func copyFolder(
        _ source: String, to path: String, shown: String, _ attributes: FileAttributes.Resolved, on host: ManagedHost
    ) async throws -> ModuleResult {
        var result = ModuleResult()
        result.values = ["dest": .string(shown), "src": .string(source), "checksum": .null, "md5sum": .null]
        // Names of folders, files with their hash, and links with their text; the two lists are equal where nothing is
        // to be done.
        func list(_ root: String) -> ShellScript {
            "if cd -- \(root) 2>/dev/null; then find . -type d; printf '\\000'; find . -type f -exec sha256sum {} +; printf '\\000'; find . -type l -exec sh -c 'for f; do printf \"%s -> \" \"$f\"; readlink -- \"$f\"; done' sh {} +; else printf '\\000'; fi; printf '\\000'\n"
        }
        let observed = try await host.observe(
            "cf_home=$PWD\n\(shell: list(source))cd \"$cf_home\"\n\(shell: list(path))")
        let records = observed.records
        guard observed.status == 0, records.count >= 6 else {
            throw ModuleFailure("cannot list \(source): \(observed.complaint)")
        }
        func lines(_ record: String) -> Set<Substring> { Set(record.split(separator: "\n")) }
        let isMissing = (0..<3).contains { !lines(records[$0]).subtracting(lines(records[$0 + 3])).isEmpty }
        if isMissing {
            result.changed = true
            try await host.change("copy \(source) to \(path)") { host in
                try await FolderMaker(attributes: attributes).make(path, on: host)
                let owner = (attributes.uid.map(String.init) ?? "") + (attributes.gid.map { ":\($0)" } ?? "")
                var script = ShellScript()
                // A file with other content is made anew, with its source's mode. (sha256sum begins the line of an
                // unusual name with a backslash.)
                func name(_ line: Substring) -> Substring { line.dropFirst(66) }
                let present = Set(lines(records[4]).map(name))
                for line in lines(records[1]).subtracting(lines(records[4]))
                where !line.hasPrefix("\\") && present.contains(name(line)) {
                    script += "rm -f -- \(Path.join(path, String(name(line))))\n"
                }
                script += "cp -R -P -- \(Path.join(source, ".")) \(path) || exit\n"
                if !owner.isEmpty { script += "chown -R -- \(owner) \(path) || exit\n" }
                try await host.run(script)
            }
        }
        // The mode is that of the folder itself: what is in it keeps the source's.
        if let status = try await host.observe("cf_stat \(shown)").records.first.flatMap({ PathStatus(record: $0) })?
            .reached
        {
            try await result.apply(attributes, shown, status, on: host)
        }
        return result
    }
}
