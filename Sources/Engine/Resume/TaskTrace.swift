import Redaction
import Synchronization

/// What a task leaves behind besides its result, gathered while it runs.
final class TaskTrace: Sendable {
    struct Call: Sendable, Hashable {
        var session: Int
        var number: Int
    }
    private struct State {
        var calls: [Call] = []
        var hidden: [JoinedSecret] = []
        var known: Set<JoinedSecret> = []
        /// How many of them the journal has.
        var written = 0
    }
    private let state = Mutex(State())

    func note(_ call: Call) { state.withLock { $0.calls.append(call) } }
    func note(hidden secrets: [JoinedSecret]) {
        state.withLock { state in
            for secret in secrets where state.known.insert(secret).inserted { state.hidden.append(secret) }
        }
    }

    func dequeueCalls() -> [Call] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }
    var hidden: [JoinedSecret] { state.withLock { $0.hidden } }

    /// What the journal lacks, and how many there are in all.
    var unwritten: (secrets: [JoinedSecret], count: Int) {
        state.withLock { (secrets: Array($0.hidden.dropFirst($0.written)), count: $0.hidden.count) }
    }
    /// So many are in the journal.
    func wrote(_ count: Int) { state.withLock { $0.written = max($0.written, count) } }
}
