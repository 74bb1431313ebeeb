import Redaction
import Synchronization

/// Asks a run to stop in order: no task is given out any more, those that run are ended, or waited for where they must
/// not be. Then, perhaps, to leave at once:
/// what runs on hosts goes on there. Sticky; anyone may ask, any number may wait.
package final class StopRequest: Sendable {
    package enum Reason: Sendable, Equatable {
        /// Ctrl-C or SIGTERM.
        case interrupted
        /// An earlier process's run is not resumed: only what it has begun comes to an end.
        case givenUp
        /// The run's journal could not be written.
        case journal(String)
    }
    private struct State {
        var reason: Reason?
        var isLeaving = false
        var waiting: [Int: CheckedContinuation<Reason?, Never>] = [:]
        var waitingToLeave: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextKey = 0
    }
    private let state = Mutex(State())

    package init() {}

    package var reason: Reason? { state.withLock { $0.reason } }

    /// The first reason stays.
    package func stop(_ reason: Reason) {
        let waiting = state.withLock { state in
            guard state.reason == nil else { return [Int: CheckedContinuation<Reason?, Never>]() }
            state.reason = reason
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: reason) }
    }

    /// Whether what runs on hosts is to be left alone.
    package var isLeaving: Bool { state.withLock { $0.isLeaving } }

    package func leave() {
        stop(.interrupted)
        let waiting = state.withLock { state in
            state.isLeaving = true
            defer { state.waitingToLeave = [:] }
            return state.waitingToLeave
        }
        for continuation in waiting.values { continuation.resume(returning: true) }
    }

    /// Between the request and the end of what runs. Chosen: time to read what will happen, and to say that it is to be
    /// left alone.
    static let patience: Duration = .seconds(3)

    /// Who asks twice wants to leave what runs alone: it is not ended before there was time for that.
    func isLeft(within time: Duration = patience) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.waitToLeave() }
            group.addTask {
                try? await Task.sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Returns when the run is to be left; false when the waiting task is cancelled.
    func waitToLeave() async -> Bool {
        let key = newKey()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Bool? = state.withLock { state in
                    if state.isLeaving { return true }
                    if Task.isCancelled { return false }
                    state.waitingToLeave[key] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            state.withLock { $0.waitingToLeave.removeValue(forKey: key) }?.resume(returning: false)
        }
    }

    private func newKey() -> Int {
        state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
    }

    /// Returns when a stop is asked for; nil when the waiting task is cancelled.
    func wait() async -> Reason? {
        let key = newKey()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Reason?? = state.withLock { state in
                    if let reason = state.reason { return reason }
                    if Task.isCancelled { return .some(nil) }
                    state.waiting[key] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume(returning: nil)
        }
    }
}

extension StopRequest.Reason {
    /// For the run's summary.
    func text(_ secrets: SecretSet) -> RedactedText {
        switch self {
        case .interrupted: "interrupted"
        case .givenUp: "ended before it was through"
        case .journal(let problem):
            "stopped: the run can't be recorded any more: \(RedactedText(problem, secrets: secrets))"
        }
    }
}
