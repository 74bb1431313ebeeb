import Playbook
import Remote
import Runs
import Synchronization
import YAML

/// What a run writes down as it goes, and what an earlier process has written down of it.
package final class RunCheckpoint: Sendable {
    private struct State {
        var sessions: [JournalReplay.Session]
        var numbers: [String: Int] = [:]
        var calls: [Int: SessionCalls] = [:]
        /// Sessions of earlier processes.
        var inherited: Int
        /// Identities whose session this process has asked for.
        var visited: Set<String> = []
        var secrets: Set<[String]>
        var batches: Int
    }
    let journal: RunJournal
    package let earlier: JournalReplay
    /// Interrupted tasks are run again, even if their module does not say that this is safe.
    let rerunsInterrupted: Bool
    private let state: Mutex<State>
    private let stop: StopRequest

    /// Writes down that this process works on the run.
    ///
    /// - Parameters:
    ///   - earlier: empty for a new run.
    ///   - arguments: of the command line, for whoever resumes the run.
    ///   - variables: that a client gave beside it, as data.
    ///   - revived: hosts that have failed, and resume at the task that failed.
    ///   - rerunsInterrupted: interrupted tasks are run again, even if their module does not say that this is safe.
    package init(
        _ journal: RunJournal, earlier: JournalReplay, arguments: [String], variables: ValueMap = [:], process: Int,
        revived: [String] = [], rerunsInterrupted: Bool = false, stop: StopRequest
    ) throws {
        self.journal = journal
        self.rerunsInterrupted = rerunsInterrupted
        self.stop = stop
        func sealed(_ texts: [String]) throws -> String { try journal.sealed(.list(texts.map { .string($0) })) }
        try journal.append(
            .opened(
                process: process, program: ComfyFleetVersion.text, key: journal.keyFingerprint,
                arguments: journal.sealed(JournalReplay.command(arguments, variables))))
        var earlier = earlier
        if !revived.isEmpty {
            let entry = JournalEntry.revived(try sealed(revived))
            try journal.append(entry)
            try earlier.take(entry)
        }
        self.earlier = earlier
        var state = State(
            sessions: earlier.sessions, inherited: earlier.sessions.count, secrets: Set(earlier.secrets),
            batches: earlier.batches.map(\.number).max() ?? 0)
        for (number, session) in earlier.sessions.enumerated() { state.numbers[session.record] = number }
        self.state = Mutex(state)
    }

    /// Whether an earlier process has begun the run.
    package var isContinuing: Bool { earlier.processes > 0 }

    /// Writes an entry. What can't be written down must not be done: the run stops.
    @discardableResult
    func append(_ entry: JournalEntry) throws -> Int {
        do { return try journal.append(entry) } catch {
            stop.stop(.journal("\(error)"))
            throw error
        }
    }

    func sealed(_ value: Value) throws -> String {
        do { return try journal.sealed(value) } catch {
            stop.stop(.journal("what the run has to remember can't be sealed: \(error)"))
            throw error
        }
    }

    func sealed(_ texts: [String]) throws -> String { try sealed(.list(texts.map { .string($0) })) }

    // MARK: The run

    package func close(exitCode: Int32) async throws {
        try append(.closed(exitCode: Int(exitCode)))
        try await journal.commit()
    }

    func beginBatch(playbook: Int, play: Int, hosts: [String]) throws -> Int {
        let number = state.withLock { state in
            state.batches += 1
            return state.batches
        }
        try append(.batch(number: number, playbook: playbook, play: play, hosts: sealed(hosts)))
        return number
    }

    /// A vault value is about to join the run: a process that resumes it must know what to hide.
    package func noteSecret(_ provider: String, _ fields: [String]) throws {
        let isNew = state.withLock { $0.secrets.insert([provider] + fields).inserted }
        if isNew { try append(.secret(sealed([provider] + fields))) }
    }

    // MARK: Tasks

    /// What a task's items had come to. What can't be read is asked for again.
    func results(of task: TaskID) -> [Int: Value] { isContinuing ? (try? earlier.results(of: task)) ?? [:] : [:] }

    /// Whether an earlier process has begun something of a task that has not ended.
    func hasCalls(in task: TaskID) -> Bool { earlier.calls.keys.contains { $0.task == task } }

    func note(of attempt: AttemptID) -> Value? { isContinuing ? (try? earlier.note(of: attempt)) ?? nil : nil }

    func keep(_ note: Value, of attempt: AttemptID) throws { try append(.note(attempt, sealed(note))) }

    /// The same for an attempt whichever process runs it, and another one for each.
    func seed(of attempt: AttemptID) -> UInt64 {
        [attempt.task.batch, attempt.task.host, attempt.task.task, attempt.item, attempt.attempt].reduce(journal.seed) {
            ($0 ^ UInt64(bitPattern: Int64($1))) &* 0x100_0000_01b3
        }
    }

    // MARK: Sessions

    /// - Parameter place: names the host and the way to it.
    func ledger(of place: String) -> any SessionLedger { Ledger(checkpoint: self, place: place) }

    private struct Ledger: SessionLedger {
        let checkpoint: RunCheckpoint
        let place: String
        func earlier(_ identity: String) async -> SessionRecord? { checkpoint.session("\(place) \(identity)") }
        func opening(_ record: SessionRecord, identity: String) async throws {
            try await checkpoint.opening(record, "\(place) \(identity)")
        }
    }

    private func session(_ identity: String) -> SessionRecord? {
        state.withLock { state in
            state.visited.insert(identity)
            return state.sessions.last { $0.identity == identity }.map { SessionRecord(id: $0.record) }
        }
    }

    /// A session that an earlier process has opened and nobody has come back to: its host had nothing left to do.
    struct LeftSession: Sendable {
        /// As given to `ledger(of:)`, and the identity's name.
        var place: String, identity: String
        var record: SessionRecord
    }

    func dequeueLeftSessions() -> [LeftSession] {
        state.withLock { state in
            var left: [LeftSession] = []
            for session in state.sessions[..<state.inherited].reversed()
            where state.visited.insert(session.identity).inserted {
                guard let space = session.identity.lastIndex(of: " ") else { continue }
                left.append(
                    LeftSession(
                        place: String(session.identity[..<space]),
                        identity: String(session.identity[session.identity.index(after: space)...]),
                        record: SessionRecord(id: session.record)))
            }
            return left
        }
    }

    private func opening(_ record: SessionRecord, _ identity: String) async throws {
        let token = try sealed([identity, record.id])
        // Under the lock: the numbers in the file are in order.
        try state.withLock { state in
            try append(.session(number: state.sessions.count, identity: token))
            state.numbers[record.id] = state.sessions.count
            state.sessions.append(JournalReplay.Session(identity: identity, record: record.id))
        }
        try await journal.commit()
    }

    /// A session's number in the journal, and what an earlier process left in it.
    func enter(_ session: HostSession) async -> Int? {
        let found: (number: Int, isNewHere: Bool)? = state.withLock { state in
            guard let number = state.numbers[session.record.id] else { return nil }
            return (number, number < state.inherited && state.calls[number] == nil)
        }
        guard let found else { return nil }
        if found.isNewHere {
            let begun = await session.lastNumber
            let unfinished = earlier.calls.values.joined().filter { $0.session == found.number }.map(\.number)
            state.withLock { state in
                guard state.calls[found.number] == nil else { return }
                state.calls[found.number, default: SessionCalls()].inherit(
                    begun: begun, written: state.sessions[found.number].lastCall, unfinished: unfinished)
            }
        }
        return found.number
    }

    func withCalls<Result>(of session: Int, _ body: (inout SessionCalls) -> Result) -> Result {
        state.withLock { body(&$0.calls[session, default: SessionCalls()]) }
    }

    /// The journal's `entry` holds what these calls gave.
    func finish(_ calls: [TaskTrace.Call], by entry: Int) {
        guard !calls.isEmpty else { return }
        state.withLock { state in
            for call in calls { state.calls[call.session]?.finish(call.number, by: entry) }
        }
    }
}
