import Dispatch
import Synchronization
import Vault
import YAML

/// The record by which another process resumes a run: `journal.jsonl` in the run's folder.
///
/// A line is with the operating system before the act that it tells of, so a killed controller loses none. It is on the
/// disk a little later
/// (`commit` waits for that): a queue of its own syncs what many hosts have written together, so no host waits for a
/// disk of its own.
package final class RunJournal: Sendable {
    private struct State {
        var appended = 0
        var durable = 0
        var isSyncing = false
        var failure: RunFolderError?
        var waiting: [(entry: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }
    private let file: JournalFile
    private let seal: StateSeal
    private let state = Mutex(State())
    private let syncing = DispatchQueue(label: "comfyfleet.run-journal")
    /// How long the ends of tasks are gathered before they are synced.
    private static let gathering = DispatchTimeInterval.milliseconds(20)

    /// Opens the journal of a run, new or of an earlier process.
    package init(_ folder: RunFolder, seal: StateSeal) throws(RunFolderError) {
        file = try JournalFile(folder.journalPath)
        self.seal = seal
        seed = FileName.hash(folder.id)
    }

    /// Follows from the run's id.
    package let seed: UInt64

    package var keyFingerprint: String { seal.fingerprint }

    /// Writes an entry; it is with the operating system when this returns.
    ///
    /// - Returns: its number in this process, for `isDurable`.
    /// - Throws: `RunFolderError`, the first one again and again: what is not written down must not be done.
    @discardableResult
    package func append(_ entry: JournalEntry) throws(RunFolderError) -> Int {
        let line = entry.line
        let result: Result<Int, RunFolderError> = state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            do throws(RunFolderError) { try file.append(line) } catch {
                state.failure = error
                return .failure(error)
            }
            state.appended += 1
            return .success(state.appended)
        }
        let number = try result.get()
        switch entry {
        case .ended, .item, .note: schedule(after: Self.gathering)
        default: break
        }
        return number
    }

    /// Whether an entry is on the disk.
    package func isDurable(_ entry: Int) -> Bool { state.withLock { $0.durable >= entry } }

    /// Returns when all that was appended is on the disk.
    package func commit() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let ready: Result<Void, any Error>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if state.durable >= state.appended { return .success(()) }
                state.waiting.append((state.appended, continuation))
                return nil
            }
            if let ready { continuation.resume(with: ready) } else { syncing.async { self.sync() } }
        }
    }

    private func schedule(after delay: DispatchTimeInterval) {
        let isFirst = state.withLock { state in
            defer { state.isSyncing = true }
            return !state.isSyncing
        }
        if isFirst { syncing.asyncAfter(deadline: .now() + delay) { self.sync() } }
    }

    private func sync() {
        let target: Int? = state.withLock { state in
            state.isSyncing = false
            return state.appended > state.durable ? state.appended : nil
        }
        var failure: RunFolderError?
        if target != nil { do throws(RunFolderError) { try file.sync() } catch { failure = error } }
        let ready = state.withLock { state in
            if let failure { state.failure = failure } else if let target { state.durable = max(state.durable, target) }
            let durable = state.durable
            let failed = state.failure != nil
            let ready = state.waiting.filter { failed || $0.entry <= durable }
            state.waiting.removeAll { failed || $0.entry <= durable }
            return ready
        }
        for (_, continuation) in ready {
            if let failure { continuation.resume(throwing: failure) } else { continuation.resume() }
        }
    }

    // MARK: Sealed texts

    /// - Throws: `Fernet.Failure` when libcrypto cannot do its work.
    package func sealed(_ value: Value) throws -> String {
        try seal.seal(StoredValue.bytes(value), time: UInt64(max(0, WallClock.now)))
    }

    /// Tells scripts apart without keeping them.
    package func digest(of text: String) throws -> String { try seal.digest(of: text) }
}

extension RunFolder {
    package var journalPath: String { path + "/journal.jsonl" }
}
