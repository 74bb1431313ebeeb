import Support
import Synchronization

/// A caller that is cancelled returns at once; the call itself goes on, and its result is dropped.
extension BlockingWork {
    static let shared = BlockingWork(threads: 8, name: "ssh-blocking")

    /// The answer can also be given by somebody else, such as a timer: whoever comes first.
    func start<Value: Sendable>(_ work: @escaping @Sendable () -> Result<Value, any Error>) -> Answer<Value> {
        let answer = Answer<Value>()
        submit { answer.resolve(work()) }
        return answer
    }
}

/// A value that comes once, from any thread, for one task that waits; cancelling the task ends its wait.
final class Answer<Value: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Value, any Error>)
        case resolved(Result<Value, any Error>)
        case taken
    }
    private let state = Mutex(State.open)

    func resolve(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .open:
                state = .resolved(result)
                return nil
            case .waiting(let waiter):
                state = .taken
                return waiter
            case .resolved, .taken: return nil
            }
        }
        waiter?.resume(with: result)
    }

    var isResolved: Bool {
        state.withLock { state in
            if case .resolved = state { true } else { false }
        }
    }

    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Value, any Error>? in
                    if case .resolved(let result) = state {
                        state = .taken
                        return result
                    }
                    state = .waiting(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            resolve(.failure(CancellationError()))
        }
    }
}
