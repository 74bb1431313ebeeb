import Dispatch
public import Redaction
import Synchronization

/// Writes a run's folder: each event into `events.jsonl` and into its host's log, and the summary at the end.
///
/// The events of all hosts are written together, a fifth of a second after the first of them at the latest, and synced to the disk when a task has
/// ended since; so a killed controller loses that much of its logs, and no host waits for a disk. What is too much to be kept
/// that long is written in the call that brings it, which paces a host that floods.
public final class RunRecorder: Sendable {
    private struct State {
        var events = RedactedBuffer()
        var logs = HostLogs()
        var isWritingDue = false
        /// A task has ended since the last sync.
        var isSyncDue = false
        var hasEnded = false
        var failure: RunFolderError?
    }
    public let folder: RunFolder
    private let secrets: SecretSet
    private let events: AppendingFile
    private let state = Mutex(State())
    /// Held while files are written, so that what was taken out of the state first is written first.
    private let writing = Mutex(())
    private let queue = DispatchQueue(label: "comfyfleet.records")
    private static let delay = DispatchTimeInterval.milliseconds(200), mostUnwritten = 256 << 10

    /// - Parameter continuing: the folder is that of an earlier process, and its events stay; one that was cut off is dropped.
    /// - Throws: `RunFolderError` when the file of events can't be made.
    public init(_ folder: RunFolder, secrets: SecretSet, continuing: Bool = false) throws(RunFolderError) {
        self.folder = folder
        self.secrets = secrets
        if continuing { try JournalFile.cutTornLine(of: folder.eventsPath) }
        events = try AppendingFile(folder.eventsPath, exclusive: !continuing)
    }

    /// Called with events in their order, one at a time. After the run's last event all is on the disk.
    /// - Throws: `RunFolderError`; the first failure, again and again. A failure to write shows at a later event.
    public func record(_ event: RunEvent) throws(RunFolderError) {
        let (failure, isDue, isTooMuch) = state.withLock { state in
            guard state.failure == nil else { return (state.failure, false, false) }
            state.events.append(event.json(secrets: secrets))
            state.events.append("\n")
            state.logs.take(event)
            if event.endsTask { state.isSyncDue = true }
            if case .runFinished = event.kind { state.hasEnded = true }
            defer { state.isWritingDue = true }
            return (nil, !state.isWritingDue, state.hasEnded || state.events.count + state.logs.unwrittenCount > Self.mostUnwritten)
        }
        if let failure { throw failure }
        if isDue { queue.asyncAfter(deadline: .now() + Self.delay) { [self] in writeWhatIsDue() } }
        if isTooMuch { try writeUnwritten() }
        if case .runFinished(let summary) = event.kind { try finish(event, summary) }
    }

    /// `run.json`
    public func write(_ record: RunRecord) throws(RunFolderError) {
        try folder.write(record.json(id: folder.id, secrets: secrets), to: folder.recordPath)
    }

    private func writeWhatIsDue() {
        let syncs = state.withLock { state in
            defer { (state.isWritingDue, state.isSyncDue) = (false, false) }
            return state.isSyncDue
        }
        // The next event's recording throws what fails here.
        try? writeUnwritten()
        if syncs { events.sync() }
    }

    private func writeUnwritten() throws(RunFolderError) {
        let result = writing.withLock { _ in
            let (lines, logs) = state.withLock { state in
                defer { state.events = RedactedBuffer() }
                return (state.events, state.logs.takeUnwritten())
            }
            return Result { () throws(RunFolderError) in
                try events.append(lines)
                // Opened each time: thousands of hosts have logs, and a process has a thousand descriptors.
                for (host, text) in logs { try AppendingFile(folder.hostLogPath(host), exclusive: false).append(text) }
            }
        }
        if case .failure(let error) = result { state.withLock { $0.failure = $0.failure ?? error } }
        try result.get()
    }

    private func finish(_ event: RunEvent, _ summary: RunSummary) throws(RunFolderError) {
        let members = RunEventJSON(secrets: secrets).members(of: summary)
        let id = RedactedJSON.Member("run", .text(RedactedText(folder.id, secrets: secrets)))
        let ended = RedactedJSON.Member("ended", .text(RedactedText(WallClock.iso8601(event.time), secrets: secrets)))
        events.sync()
        try folder.write(.object([id, ended] + members), to: folder.summaryPath)
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
