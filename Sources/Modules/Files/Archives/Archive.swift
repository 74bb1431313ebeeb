import Remote

/// What a task wants of an archive.
struct DesiredExtraction: Sendable {
    var destination: String
    var excludes: [String], includes: [String]
    /// For tar or unzip.
    var options: [String]
    var keepsNewer: Bool
    var attributes: FileAttributes
}

/// A kind of archive.
protocol Archive: Sendable {
    /// Ansible's name for it.
    var handler: String { get }
    /// Whether check mode can say what would change.
    var canTellBeforehand: Bool { get }
    func compare(on host: ManagedHost) async throws -> ArchiveComparison
    func extraction(_ comparison: ArchiveComparison) -> ShellScript
    /// What of an extraction that failed says why.
    func cause(_ done: CallResult) -> String
}

struct ArchiveComparison: Sendable {
    /// As the archive has them; a folder's ends with a slash.
    var names: [String]
    var differs: Bool
    /// A line for each difference, in rsync's form; nil where there is no such list.
    var itemized: String?
    /// Files that stay because they are newer.
    var newer: [String] = []
}

/// Owner, group and mode of what came out of an archive.
struct ArchiveAttributes: Sendable {
    let desired: DesiredExtraction
    let names: [String]

    /// - Returns: whether something was set.
    func apply(on host: ManagedHost) async throws -> Bool {
        guard !desired.attributes.isEmpty else { return false }
        // Folders that the archive only implies are among them.
        var paths: [String] = []
        var known: Set<String> = []
        for name in names {
            for path in [
                name.hasSuffix("/") ? String(name.dropLast()) : name,
                name.split(separator: "/").first.map(String.init) ?? "",
            ] where !path.isEmpty && known.insert(path).inserted { paths.append(path) }
        }
        let observed = try await host.observe(
            """
            cf_stat \(desired.destination)
            \(shell: desired.attributes.observation)cd -- \(desired.destination) && xargs -0 stat -c '%f %u %g %s %h %i %d %X %Y %Z|%U|%G|%n' -- 2>/dev/null
            """, stdin: .bytes(Self.list(paths)))
        let records = observed.records
        guard records.count == 5 else {
            throw ModuleFailure("cannot read the status of what was unpacked: \(observed.complaint)")
        }
        let resolved = try desired.attributes.resolved(
            records[1..<4], seen: PathStatus(record: records[0])?.reached, path: desired.destination)
        var owners: [String: [String]] = [:]
        var modes: [String: [String]] = [:]
        for line in records[4].split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, known.contains(String(parts[3])),
                let status = FileStatus(line: parts[..<3].joined(separator: "|") + "|")
            else { continue }
            let change = try resolved.change(for: status, path: String(parts[3]))
            if change.uid != nil || change.gid != nil {
                owners[(change.uid.map(String.init) ?? "") + (change.gid.map { ":\($0)" } ?? ""), default: []].append(
                    String(parts[3]))
            }
            if let mode = change.mode { modes[FileMode.argument(mode), default: []].append(String(parts[3])) }
        }
        let enter: ShellScript = "cd -- \(desired.destination) || exit\n"
        try await host.change("set the attributes of what was unpacked") { host in
            for (owner, names) in owners.sorted(by: { $0.key < $1.key }) {
                try await host.run(enter + "xargs -0 chown -h -- \(owner)", stdin: .bytes(Self.list(names)))
            }
            for (mode, names) in modes.sorted(by: { $0.key < $1.key }) {
                try await host.run(enter + "xargs -0 chmod -- \(mode)", stdin: .bytes(Self.list(names)))
            }
        }
        return !owners.isEmpty || !modes.isEmpty
    }

    /// For `xargs -0`.
    static func list(_ names: [String]) -> [UInt8] { Array(names.map { $0 + "\0" }.joined().utf8) }
}
