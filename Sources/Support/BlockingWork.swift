import DequeModule
import Synchronization

/// A few threads for the calls that block: those that have no non-blocking form (getaddrinfo), take long (decrypting a
/// key), or wait for others (an audit sink). They end when the queue is empty.
package final class BlockingWork: Sendable {
    private struct State {
        var queue = Deque<@Sendable () -> Void>()
        var running = 0
    }
    private let state = Mutex(State())
    private let limit: Int
    private let name: String

    /// - Parameters:
    ///   - limit: so many threads at once; one thread keeps the order.
    ///   - name: of the threads, at most 15 bytes.
    package init(threads limit: Int, name: String) {
        self.limit = limit
        self.name = name
    }

    package func submit(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.queue.append(work)
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
        if needsThread { Threads.start(name: name) { self.workUntilEmpty() } }
    }

    private func workUntilEmpty() {
        while true {
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                let next = state.queue.popFirst()
                if next == nil { state.running -= 1 }
                return next
            }
            guard let next else { return }
            next()
        }
    }
}
