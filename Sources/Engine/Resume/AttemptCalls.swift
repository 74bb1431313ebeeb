import Modules
import Remote
import Runs
import Synchronization

/// The calls of one attempt (a module's run for one item, in one try), in their order: written down before they are
/// sent, and given the numbers that they
/// had when an earlier process has sent them, so that the host does not run them again.
final class AttemptCalls: Sendable {
    private struct State {
        /// What an earlier process has sent.
        var planned: [JournalEntry.SentCall]
        var next = 0
        var isCancelled = false
        var hasBegunLong = false
    }
    let attempt: AttemptID
    private let checkpoint: RunCheckpoint?
    private let trace: TaskTrace?
    /// The task's host; another one than the call's where it is delegated.
    private let host: String
    private let state: Mutex<State>

    init(_ attempt: AttemptID, host: String, checkpoint: RunCheckpoint?, trace: TaskTrace?) {
        self.attempt = attempt
        self.host = host
        self.checkpoint = checkpoint
        self.trace = trace
        state = Mutex(State(planned: checkpoint?.earlier.calls[attempt] ?? []))
    }

    /// Whether the next call's result is known already: nothing is waited for before it.
    var isReplaying: Bool { state.withLock { $0.next < $0.planned.count } }

    /// Forgets what was sent: the module begins anew.
    func beginAgain() throws {
        state.withLock {
            $0.planned = []
            $0.next = 0
        }
        try checkpoint?.append(.again(attempt))
    }

    // MARK: What must not be interrupted

    /// The run is to end. Returns whether the attempt may be cancelled: it may not once a long call has begun.
    func cancel() -> Bool {
        state.withLock { state in
            if !state.hasBegunLong { state.isCancelled = true }
            return state.isCancelled
        }
    }

    private func beginLong() throws {
        try state.withLock { state in
            if state.isCancelled { throw CancellationError() }
            state.hasBegunLong = true
        }
    }

    // MARK: Calls

    func perform(
        _ call: Call, _ request: ShellRequest, _ connections: any FleetConnections,
        onOutput: (@Sendable (OutputChunk) async -> Void)?
    ) async throws -> CallResult {
        if call.ownProcessGroup { try beginLong() }
        guard let checkpoint else {
            return try await cutOffTold { try await connections.shell(request).call(call, onOutput: onOutput) }
        }
        let (ordinal, planned) = state.withLock { state in
            defer { state.next += 1 }
            return (state.next, state.next < state.planned.count ? state.planned[state.next] : nil)
        }
        let shell = try await shell(request, connections, hasBegun: ordinal > 0 || planned != nil)
        guard let session = shell as? HostSession, let number = await checkpoint.enter(session) else {
            if planned != nil { throw CutOff(gone) }
            return try await cutOffTold { try await shell.call(call, onOutput: onOutput) }
        }
        let digest = try checkpoint.journal.digest(of: call.script)
        var call = call
        call.number = try self.number(of: planned, in: number, digest: digest, isOwn: request.host == host, checkpoint)
        call.willSend = { [attempt, trace] sent in
            try checkpoint.append(
                .call(attempt, JournalEntry.SentCall(ordinal: ordinal, session: number, number: sent, digest: digest)))
            checkpoint.withCalls(of: number) { $0.sent(sent) }
            trace?.note(TaskTrace.Call(session: number, number: sent))
        }
        if let taken = call.number {
            checkpoint.withCalls(of: number) { $0.sent(taken) }
            trace?.note(TaskTrace.Call(session: number, number: taken))
        }
        if let done = checkpoint.withCalls(of: number, { $0.acknowledge(checkpoint.journal.isDurable) }) {
            await session.acknowledge(through: done)
        }
        return try await cutOffTold { [call] in try await session.call(call, onOutput: onOutput) }
    }

    private var gone: String {
        checkpoint?.earlier.exitCode == 130
            ? "it was ended in the middle when the run was interrupted"
            : "the shell that it ran in is not there any more"
    }

    /// The shell; when the one of before is gone that is no matter as long as nothing of this attempt was begun in it.
    private func shell(
        _ request: ShellRequest, _ connections: any FleetConnections, hasBegun: Bool
    ) async throws -> any HostShell {
        do { return try await connections.shell(request) } catch let lost as Unreachable
            where lost.reason == .gone || lost.reason == .rebooted
        {
            if hasBegun { throw CutOff(lost.reason == .rebooted ? lost.message : gone) }
            return try await connections.shell(request)
        }
    }

    /// The number that an earlier process gave the call, if the host has begun it.
    private func number(
        of planned: JournalEntry.SentCall?, in session: Int, digest: String, isOwn: Bool, _ checkpoint: RunCheckpoint
    ) throws -> Int? {
        if let planned {
            guard planned.session == session else { throw CutOff(gone) }
            guard checkpoint.withCalls(of: session, { $0.hasBegun(planned.number) }) else { return nil }
            guard planned.digest == digest else {
                throw CutOff("what it does now is not what it was when it was begun")
            }
            return planned.number
        }
        guard let unwritten = checkpoint.withCalls(of: session, { $0.dequeueUnwritten() }) else { return nil }
        guard isOwn else { throw CutOff("its calls were not written down before the controller lost power") }
        return unwritten
    }

    private func cutOffTold(_ body: () async throws -> CallResult) async throws -> CallResult {
        do { return try await body() } catch let lost as Unreachable {
            switch lost.reason {
            case .rebooted, .gone, .interrupted: throw CutOff(lost.message)
            case .noRoom: throw ModuleFailure("\(lost)")
            default: throw lost
            }
        }
    }
}
