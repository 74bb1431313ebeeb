import Engine
import Foundation
import Playbook
import Redaction
import Runs
import Vault
import YAML

/// A run of an earlier process that is resumed: its folder, held by this process, and what its journal tells.
struct Resumption {
    let folder: RunFolder
    let lock: RunLock
    let earlier: JournalReplay
    /// What `run.json` says.
    let record: ValueMap
    /// Whether hosts that have failed go on, too.
    let includesFailed: Bool
    let goesOnWhateverChanged: Bool
    /// Nothing more is begun.
    let ends: Bool
    var revived: [String] = []
    /// What was interrupted is run again, whatever its module says.
    private(set) var rerunsInterrupted: Bool
    private let hadFinished: Bool

    /// - Parameter keys: `journalKeys()`, which the caller waits for: Swift 6.3 can't optimise an initializer that
    ///   waits within a `do` and catches errors by their types.
    /// - Throws: `RunFolderError` or `Diagnostics` when the run goes on in another process, or its journal can't be
    ///   read.
    init(
        _ entry: RunArchive.Entry, keys: JournalKeys, failed: Bool, force: Bool, ends: Bool, rerunsInterrupted: Bool
    ) throws {
        self.rerunsInterrupted = rerunsInterrupted
        folder = entry.folder
        hadFinished = entry.state == .finished
        guard entry.hasJournal else {
            throw Diagnostics([
                Diagnostic(
                    "\(folder.path): the run has no journal to resume from", at: nil,
                    remedy: "a plain command (exec) has none: run it again")
            ])
        }
        do {
            lock = try RunLock(entry.folder)
            earlier = try JournalReplay(entry.folder, keys: keys)
        } catch let error as JournalReplay.Unreadable {
            throw Diagnostics([Diagnostic("\(folder.path): \(error)", at: nil, remedy: error.remedy)])
        }
        record = entry.record ?? [:]
        includesFailed = failed
        goesOnWhateverChanged = force
        self.ends = ends
        if hadFinished, !failed {
            let bad = try entry.hosts().contains { $0.state == .failed || $0.state == .unreachable }
            throw Diagnostics([
                Diagnostic(
                    "\(folder.id): the run has finished; nothing is left to resume", at: nil,
                    remedy: bad ? "what failed is run again with: comfyfleet resume --failed \(folder.id)" : nil)
            ])
        }
    }

    static func journalKeys() async throws -> JournalKeys {
        try await JournalKeys.load(
            files: VaultFiles(), environment: VaultSession.environment, secrets: ComfyFleet.secrets)
    }

    /// Everything that has to be right before a host is touched: the tasks that have ended are in the playbooks, and
    /// what has changed since is agreed to.
    mutating func prepare(_ run: FleetRun, _ now: RunRecord) throws {
        try run.check(earlier)
        if includesFailed {
            revived = run.failedHosts(earlier)
            guard !revived.isEmpty || !hadFinished else {
                throw Diagnostics([
                    Diagnostic("\(folder.id): no host has failed, and nothing is left to resume", at: nil)
                ])
            }
        }
        try agree(to: differences(now))
        askWhetherToRerun()
    }

    // MARK: What was ended in the middle

    /// Nobody but the person at the terminal can know whether what Ctrl-C has ended may run twice.
    private mutating func askWhetherToRerun() {
        let hosts = earlier.batches.flatMap { batch in
            earlier.cutOff.filter { $0.batch == batch.number && batch.hosts.indices.contains($0.host) }.map {
                batch.hosts[$0.host]
            }
        }.sorted()
        guard !hosts.isEmpty, !rerunsInterrupted, !ends, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            return
        }
        Output.print(
            "\(hosts.count) \(hosts.count == 1 ? "host was" : "hosts were") in the middle of a task when the run was stopped, and the task was ended: \(redacted(Self.listed(hosts)))",
            to: .stderr)
        Output.print(
            "Tasks that bring a host into a state are run again. Run commands and scripts again, too (otherwise they count as failed)? [y/N] ",
            to: .stderr, terminator: "")
        rerunsInterrupted = readLine().map { ["y", "yes"].contains($0.lowercased()) } ?? false
    }

    // MARK: What has changed

    private func differences(_ now: RunRecord) -> [String] {
        var differences: [String] = []
        if let version = record["version"]?.string, version != now.version {
            differences.append("comfyfleet was \(version), and is \(now.version)")
        }
        var before: [(path: String, digest: String?)] = []
        for file in record["files"]?.list ?? [] {
            if let path = file.map?["path"]?.string { before.append((path, file.map?["sha256"]?.string)) }
        }
        for (path, digest) in before {
            guard let file = now.files.first(where: { $0.path == path }) else {
                differences.append("\(path) is not part of it any more")
                continue
            }
            if file.digest != digest { differences.append("\(path) has changed") }
        }
        for file in now.files where !before.contains(where: { $0.path == file.path }) {
            differences.append("\(file.path) is new")
        }
        let hosts = record["hosts"]?.list?.compactMap(\.string) ?? []
        let new = now.hosts.filter { !hosts.contains($0) }
        let gone = hosts.filter { !now.hosts.contains($0) }
        if !new.isEmpty { differences.append("hosts that have come: \(Self.listed(new))") }
        if !gone.isEmpty { differences.append("hosts that have gone: \(Self.listed(gone)); they count as unreachable") }
        return differences
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }

    private func agree(to differences: [String]) throws {
        guard !differences.isEmpty else { return }
        Output.print("This is not what it was when run \(redacted(folder.id)) began:", to: .stderr)
        for difference in differences { Output.print("  \(redacted(difference))", to: .stderr) }
        if goesOnWhateverChanged { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Diagnostics([
                Diagnostic(
                    "the run was not resumed", at: nil,
                    remedy: "put it back as it was, or resume all the same with --force")
            ])
        }
        Output.print("Resume all the same? [y/N] ", to: .stderr, terminator: "")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { throw CommandExit(code: 1) }
    }
}
