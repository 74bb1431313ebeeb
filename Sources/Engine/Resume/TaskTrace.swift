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
        var hidden: [Secret<String>] = []
    }
    private let state = Mutex(State())

    func note(_ call: Call) { state.withLock { $0.calls.append(call) } }
    func note(hidden texts: [Secret<String>]) { state.withLock { $0.hidden += texts } }

    func dequeueCalls() -> [Call] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }
    var hidden: [Secret<String>] { state.withLock { $0.hidden } }
}
