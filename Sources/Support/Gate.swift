import DequeModule
import Synchronization

/// Lets one caller in at a time, in the order of arrival.
package final class Gate: Sendable {
    private struct State {
        var isTaken = false
        var lastTicket = 0
        var waiting: Deque<(ticket: Int, continuation: CheckedContinuation<Bool, Never>)> = []
        /// Released before they were in the queue.
        var givenUp: Set<Int> = []
    }
    private let state = Mutex(State())

    package init() {}

    /// Throws `CancellationError` when the task is cancelled while it waits.
    package func enter() async throws {
        try Task.checkCancellation()
        if tryEnter() { return }
        guard await wait(newTicket()) else { throw CancellationError() }
    }

    /// - Returns: false when somebody is inside.
    package func tryEnter() -> Bool {
        state.withLock { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            return true
        }
    }

    /// For one `wait`, which another may end with `giveUp`.
    package func newTicket() -> Int {
        state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// - Returns: whether the caller is inside; not when the task was cancelled or the ticket released before its turn.
    package func wait(_ ticket: Int, isolation: isolated (any Actor)? = #isolation) async -> Bool {
        let isInside = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let outcome: Bool? = state.withLock { state in
                    if state.givenUp.remove(ticket) != nil { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            giveUp(ticket)
        }
        // What was released after its turn had come: the caller is inside and finds out by itself.
        state.withLock { _ = $0.givenUp.remove(ticket) }
        return isInside
    }

    /// Ends a wait without the caller's turn, also one that is about to begin.
    package func giveUp(_ ticket: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                state.givenUp.insert(ticket)
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let next = state.waiting.popFirst() else {
                state.isTaken = false
                return nil
            }
            return next.continuation
        }
        next?.resume(returning: true)
    }
}
