import Synchronization

/// Asks a run to stop in order: no task is given out any more, those that run are ended. Sticky; anyone may ask, any number may wait.
public final class StopRequest: Sendable {
    public enum Reason: Sendable, Equatable {
        /// Ctrl-C or SIGTERM.
        case interrupted
        /// The run's journal could not be written.
        case journal(String)
    }
    private struct State {
        var reason: Reason?
        var waiting: [Int: CheckedContinuation<Reason?, Never>] = [:]
        var nextKey = 0
    }
    private let state = Mutex(State())

    public init() {}

    public var reason: Reason? { state.withLock { $0.reason } }

    /// The first reason stays.
    public func stop(_ reason: Reason) {
        let waiting = state.withLock { state in
            guard state.reason == nil else { return [Int: CheckedContinuation<Reason?, Never>]() }
            state.reason = reason
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: reason) }
    }

    /// Returns when a stop is asked for; nil when the waiting task is cancelled.
    func wait() async -> Reason? {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
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
