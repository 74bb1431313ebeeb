import Synchronization
import TestSupport

/// Time, and the order in which things happen, of one interleaving: the jobs of tasks, what a network does and clocks
/// that ring, one after the other on
/// the thread that drives them. A seed decides which comes next.
final class SimulatedWorld: TaskExecutor, Clock {
    struct Instant: InstantProtocol {
        var sinceBegin: Duration
        func advanced(by duration: Duration) -> Instant { Instant(sinceBegin: sinceBegin + duration) }
        func duration(to other: Instant) -> Duration { other.sinceBegin - sinceBegin }
        static func < (one: Instant, other: Instant) -> Bool { one.sinceBegin < other.sinceBegin }
    }
    private enum Event: Sendable {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }
    private struct Sleeper: Sendable {
        var id: Int
        var deadline: Instant
        var wake: @Sendable (_ isCancelled: Bool) -> Void
    }
    private struct State: Sendable {
        var random: SeededGenerator
        var now = Instant(sinceBegin: .zero)
        var events: [Event] = []
        var sleepers: [Sleeper] = []
        var nextID = 0
        /// Cancelled before they slept.
        var cancelled: Set<Int> = []
    }
    private let state: Mutex<State>

    init(_ random: SeededGenerator) { state = Mutex(State(random: random)) }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.events.append(.job(job)) }
    }

    /// Lets something happen at some time from now on, before the clock moves.
    func happen(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.events.append(.action(action)) } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    guard state.cancelled.remove(id) == nil else { return true }
                    state.sleepers.append(
                        Sleeper(id: id, deadline: deadline) {
                            continuation.resume(with: $0 ? .failure(CancellationError()) : .success(()))
                        })
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.wake(true)
        }
    }

    /// Runs until `isDone`; throws a `Violation` when nothing is left that could happen, or no end is in sight.
    func run(until isDone: () -> Bool) throws(Violation) {
        for _ in 0..<200_000 {
            if isDone() { return }
            let event = state.withLock { state in
                state.events.isEmpty
                    ? nil : state.events.remove(at: Int.random(in: state.events.indices, using: &state.random))
            }
            switch event {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .action(let action): action()
            case nil: try wakeNext()
            }
        }
        throw Violation("no end is in sight")
    }

    /// Moves the clock to the next time at which somebody wants to be woken.
    private func wakeNext() throws(Violation) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard
                let index = state.sleepers.indices.min(by: { state.sleepers[$0].deadline < state.sleepers[$1].deadline }
                )
            else { return nil }
            let sleeper = state.sleepers.remove(at: index)
            state.now = max(state.now, sleeper.deadline)
            return sleeper
        }
        guard let sleeper else { throw Violation("everybody waits for somebody else") }
        sleeper.wake(false)
    }
}
