import DequeModule
import Synchronization

/// Lets one caller in at a time, in the order of arrival.
package final class Gate: Sendable {
    private struct State {
        var isTaken = false
        var nextTicket = 0
        var waiting: Deque<(ticket: Int, continuation: CheckedContinuation<Void, any Error>)> = []
        /// Cancelled before they were in the queue.
        var cancelled: Set<Int> = []
    }
    private let state = Mutex(State())

    package init() {}

    /// Throws `CancellationError` when the task is cancelled while it waits.
    package func enter() async throws {
        try Task.checkCancellation()
        let ticket: Int? = state.withLock { state in
            guard state.isTaken else { state.isTaken = true; return nil }
            state.nextTicket += 1
            return state.nextTicket
        }
        guard let ticket else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
                    guard state.isTaken else { state.isTaken = true; return .success(()) }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
        // A cancellation that came after the turn did: the caller is inside and finds out by itself.
        state.withLock { _ = $0.cancelled.remove(ticket) }
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let next = state.waiting.popFirst() else { state.isTaken = false; return nil }
            return next.continuation
        }
        next?.resume()
    }
}
