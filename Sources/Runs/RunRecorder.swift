import Dispatch
import Redaction
import Support
import Synchronization

/// Writes a run's folder: each event into `events.jsonl` and into its host's log, and the summary at the end.
///
/// A thread of its own writes the events of all hosts together, a fifth of a second after the first of them at the
/// latest, and syncs them to the
/// disk when a task has ended since; so a killed controller loses that much of its logs, and no host waits for a disk.
/// Whoever brings much
/// waits for `room` first.
package final class RunRecorder: Sendable {
    private struct State {
        var events: [RunEvent] = []
        /// About, in bytes, with what is being written.
        var unwritten = 0
        var writing = Writing.none
        /// A task has ended since the last sync.
        var isSyncDue = false
        var failure: RunFolderError?
        /// Those who wait for room.
        var waiting: [CheckedContinuation<Void, Never>] = []

        var isFull: Bool { failure == nil && unwritten > RunRecorder.mostUnwritten }

        mutating func dequeueWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { waiting = [] }
            return waiting
        }
    }
    /// When what is there will be written.
    private enum Writing { case none, later, soon }

    package let folder: RunFolder
    private let secrets: SecretSet
    private let events: AppendingFile
    private let hosts: PrivateFolder
    private let state = Mutex(State())
    /// The writer's: held while files are written, so that what was taken out of the state first is written first.
    private let logs: Mutex<HostLogs>
    /// The writer's. Not private, for tests: suspended, it is a disk that hangs.
    let queue = DispatchQueue(label: "comfyfleet.records")
    private static let delay = DispatchTimeInterval.milliseconds(200), muchUnwritten = 256 << 10,
        mostUnwritten = 4 << 20

    /// - Parameter continuing: the folder is that of an earlier process, and its events stay; a torn one is dropped.
    /// - Throws: `RunFolderError` when the file of events can't be made.
    package init(_ folder: RunFolder, secrets: SecretSet, continuing: Bool = false) throws(RunFolderError) {
        self.folder = folder
        self.secrets = secrets
        logs = Mutex(HostLogs(secrets: secrets))
        if continuing { try JournalFile.cutTornLine(of: folder.eventsPath) }
        events = try AppendingFile(folder.eventsPath, exclusive: !continuing)
        do throws(FileProblem) { hosts = try PrivateFolder(folder.hostsPath, for: .secret) } catch {
            throw RunFolderError(error)
        }
    }

    /// Called with events in their order, one at a time. After the run's last event all is on the disk.
    /// - Throws: `RunFolderError`; the first failure, again and again. A failure to write shows at a later event.
    package func record(_ event: RunEvent) throws(RunFolderError) {
        let (failure, due) = state.withLock { state in
            guard state.failure == nil else { return (state.failure, Writing.none) }
            state.events.append(event)
            state.unwritten += event.weight
            if event.endsTask { state.isSyncDue = true }
            let due = state.unwritten > Self.muchUnwritten ? Writing.soon : .later
            guard state.writing == .none || state.writing == .later && due == .soon else { return (nil, .none) }
            state.writing = due
            return (nil, due)
        }
        if let failure { throw failure }
        switch due {
        case .none: break
        case .later: queue.asyncAfter(deadline: .now() + Self.delay) { [self] in writeWhatIsDue() }
        case .soon: queue.async { [self] in writeWhatIsDue() }
        }
        if case .runFinished(let summary) = event.kind {
            try writeUnwritten()
            try finish(event, summary)
        }
    }

    /// Returns when no more than some megabytes are unwritten, or the task is cancelled: what paces a host that floods.
    package func room() async {
        guard state.withLock({ $0.isFull }) else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard state.isFull, !Task.isCancelled else { return false }
                    state.waiting.append(continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            release(state.withLock { $0.dequeueWaiting() })
        }
    }

    /// Whether somebody waits for room.
    var isWaitedFor: Bool { state.withLock { !$0.waiting.isEmpty } }

    private func writeWhatIsDue() {
        let syncs = state.withLock { state in
            defer { (state.writing, state.isSyncDue) = (.none, false) }
            return state.isSyncDue
        }
        // The next event's recording throws what fails here.
        try? writeUnwritten()
        if syncs { events.sync() }
    }

    private func writeUnwritten() throws(RunFolderError) {
        let result = logs.withLock { logs in
            let (recorded, weight) = state.withLock { state in
                defer { state.events = [] }
                return (state.events, state.unwritten)
            }
            let result = Result { () throws(RunFolderError) in
                var lines = RedactedBuffer()
                for event in recorded {
                    lines.append(event.json(secrets: secrets))
                    lines.append("\n")
                    logs.append(event)
                }
                try events.append(lines)
                // Opened each time: thousands of hosts have logs, and a process has a thousand descriptors.
                for (host, text) in logs.dequeueUnwritten() { try log(of: host).append(text) }
            }
            release(
                state.withLock { state in
                    state.unwritten -= weight
                    if case .failure(let error) = result { state.failure = state.failure ?? error }
                    return state.isFull ? [] : state.dequeueWaiting()
                })
            return result
        }
        try result.get()
    }

    private func log(of host: String) throws(RunFolderError) -> AppendingFile {
        do throws(FileProblem) {
            return try AppendingFile(
                RunFolder.hostLogName(host), in: hosts, path: folder.hostLogPath(host), exclusive: false)
        } catch { throw RunFolderError(error) }
    }

    private func release(_ waiting: [CheckedContinuation<Void, Never>]) {
        for continuation in waiting { continuation.resume() }
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

    /// About what it takes in memory, in bytes; only output counts exactly.
    fileprivate var weight: Int {
        if case .hostOutput(_, _, _, let text) = kind { 256 + text.description.utf8.count } else { 256 }
    }
}
