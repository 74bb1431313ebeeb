import Dispatch
public import Redaction
import Synchronization

/// Writes a run's folder: each event into the journal and into its host's log, and the summary at the end.
///
/// `record` returns when the event is with the operating system, so a killed controller loses nothing that it has begun. It is on the disk a little
/// later: a queue of its own syncs the journal after tasks have ended, many at a time, so that no host waits for a disk.
public final class RunRecorder: Sendable {
    private struct State {
        var logs = HostLogs()
        var isSyncDue = false
        var failure: RunFolderError?
    }
    public let folder: RunFolder
    private let secrets: SecretSet
    private let journal: AppendingFile
    private let state = Mutex(State())
    private let syncing = DispatchQueue(label: "comfyfleet.journal")

    /// - Parameter continuing: the folder is that of an earlier process, and its events stay; one that was cut off is dropped.
    /// - Throws: `RunFolderError` when the journal can't be made.
    public init(_ folder: RunFolder, secrets: SecretSet, continuing: Bool = false) throws(RunFolderError) {
        self.folder = folder
        self.secrets = secrets
        if continuing { try JournalFile.cutTornLine(of: folder.eventsPath) }
        journal = try AppendingFile(folder.eventsPath, exclusive: !continuing)
    }

    /// Called with events in their order, one at a time.
    /// - Throws: `RunFolderError`; the first failure, again and again.
    public func record(_ event: RunEvent) throws(RunFolderError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        do throws(RunFolderError) {
            try journal.append(event.json(secrets: secrets).encoded() + "\n")
            let entries = state.withLock { $0.logs.take(event) }
            for entry in entries { try write(entry) }
            if case .runFinished(let summary) = event.kind { try finish(event, summary) }
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
        if event.endsTask { syncSoon() }
    }

    /// `run.json`
    public func write(_ record: RunRecord) throws(RunFolderError) {
        try folder.write(record.json(id: folder.id, secrets: secrets).encoded() + "\n", to: folder.recordPath)
    }

    private func write(_ entry: HostLogs.Entry) throws(RunFolderError) {
        // Opened for each piece: thousands of hosts have logs, and a process has a thousand descriptors.
        let file = try AppendingFile(folder.hostLogPath(entry.host), exclusive: false)
        defer { file.close() }
        try file.append(entry.text)
    }

    private func finish(_ event: RunEvent, _ summary: RunSummary) throws(RunFolderError) {
        let members = RunEventJSON(secrets: secrets).members(of: summary)
        let id = RedactedJSON.Member("run", .text(RedactedText(folder.id, secrets: secrets)))
        let ended = RedactedJSON.Member("ended", .text(RedactedText(WallClock.iso8601(event.time), secrets: secrets)))
        syncing.sync { journal.sync() }
        try folder.write(RedactedJSON.object([id, ended] + members).encoded() + "\n", to: folder.summaryPath)
    }

    private func syncSoon() {
        let isFirst = state.withLock { state in
            defer { state.isSyncDue = true }
            return !state.isSyncDue
        }
        guard isFirst else { return }
        syncing.asyncAfter(deadline: .now() + .milliseconds(50)) { [self] in
            state.withLock { $0.isSyncDue = false }
            journal.sync()
        }
    }
}

extension RunEvent {
    fileprivate var endsTask: Bool {
        switch kind {
        case .hostTaskFinished, .hostUnreachable: true
        default: false
        }
    }
}
