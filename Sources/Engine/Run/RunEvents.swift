import DequeModule
import Redaction
import Runs
import Synchronization

/// Where a run's events come together: each gets its number, goes to the recorder of the run's folder, and then to
/// every reader.
///
/// `emit` never waits. Whoever emits a host's output waits for `room` after it: the recorder paces a host that floods,
/// and so does a reader that says
/// that it is to have everything. The others have bounded buffers: a slow one loses output first, and gets to know.
package final class RunEvents: Sendable {
    private struct State {
        var sequence = 0
        var readers: [Int: RunEventReader.Buffer] = [:]
        /// Those of them that pace hosts.
        var pacing: [Int: RunEventReader.Buffer] = [:]
        var nextReader = 0
        var isFinished = false
    }
    private let state: Mutex<State>
    private let recorder: RunRecorder?
    private let stop: StopRequest

    /// - Parameters:
    ///   - recorder: writes the run's folder; nil for runs that leave nothing behind.
    ///   - sequence: the last event's number of an earlier process.
    package init(recorder: RunRecorder?, stop: StopRequest, after sequence: Int = 0) {
        self.recorder = recorder
        self.stop = stop
        state = Mutex(State(sequence: sequence))
    }

    /// A new reader; it sees events from now on.
    /// - Parameters:
    ///   - capacity: so many events are kept for it.
    ///   - interval: it is woken no more often than that, but when its buffer fills or the run ends. A wake-up costs
    ///     more than an event.
    ///   - paces: hosts wait for it with their output, so that it misses none.
    package func reader(capacity: Int = 4096, every interval: Duration = .zero, paces: Bool = false) -> RunEventReader {
        state.withLock { state in
            let buffer = RunEventReader.Buffer(capacity: capacity, interval: interval)
            let key = state.nextReader
            state.nextReader += 1
            if state.isFinished { buffer.finish() } else { state.readers[key] = buffer }
            if paces { state.pacing[key] = state.readers[key] }
            return RunEventReader(buffer: buffer) { [weak self] in
                self?.state.withLock { ($0.readers[key], $0.pacing[key]) = (nil, nil) }
                buffer.finish()
            }
        }
    }

    package func emit(_ kind: RunEvent.Kind) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.sequence += 1
            let event = RunEvent(sequence: state.sequence, time: WallClock.now, kind: kind)
            do { try recorder?.record(event) } catch { stop.stop(.journal("\(error)")) }
            for buffer in state.readers.values { buffer.push(event) }
        }
    }

    /// Returns when the recorder and the readers that pace hosts have room for more, or the task is cancelled.
    func room() async {
        await recorder?.room()
        for buffer in state.withLock({ $0.pacing.values }) { await buffer.room() }
    }

    /// No more events; readers end after what they have.
    package func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { (state.readers, state.pacing) = ([:], [:]) }
            return state.readers.values
        }
        for buffer in readers { buffer.finish() }
    }
}

/// One reader's view of a run. Iterate it once.
package struct RunEventReader: AsyncSequence, Sendable {
    package typealias Element = RunEvent
    let buffer: Buffer
    private let subscription: Subscription

    init(buffer: Buffer, onEnd: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        subscription = Subscription(onEnd: onEnd)
    }

    package func makeAsyncIterator() -> Iterator { Iterator(buffer: buffer, subscription: subscription) }

    package struct Iterator: AsyncIteratorProtocol {
        let buffer: Buffer
        let subscription: Subscription
        private var events: Deque<RunEvent> = []
        init(buffer: Buffer, subscription: Subscription) {
            self.buffer = buffer
            self.subscription = subscription
        }

        package mutating func next() async -> RunEvent? {
            if events.isEmpty { events = await buffer.dequeue() }
            return events.popFirst()
        }
    }

    /// A reader that is gone is sent nothing any more.
    final class Subscription: Sendable {
        let onEnd: @Sendable () -> Void
        init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
        deinit { onEnd() }
    }

    /// The events that the reader has not taken yet.
    final class Buffer: Sendable {
        private struct State {
            var events: Deque<RunEvent> = []
            /// Of the output among them.
            var bytes = 0
            var waiting: CheckedContinuation<Void, Never>?
            /// The reader waits for so many events.
            var wanted = 1
            var isFinished = false
            /// Events that were left out since the last one that was kept.
            var missed = 0
            var hasBeenTaken = false
            /// Those who wait for room.
            var producers: [CheckedContinuation<Void, Never>] = []

            func isCrowded(_ capacity: Int) -> Bool {
                !isFinished && (bytes > Buffer.mostBytes / 2 || events.count > capacity / 2)
            }

            mutating func dequeueProducers() -> [CheckedContinuation<Void, Never>] {
                defer { producers = [] }
                return producers
            }

            var isReady: Bool { isFinished || events.count >= wanted || bytes >= Buffer.mostBytes / 2 }
        }
        private let state = Mutex(State())
        private let capacity: Int
        private let interval: Duration
        private static let mostBytes = 32 << 20

        init(capacity: Int, interval: Duration) {
            self.capacity = capacity
            self.interval = interval
        }

        /// Output is left out once the buffer is full; events that tell how hosts fare have sixteen times the room.
        func push(_ event: RunEvent) {
            let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
                let size = event.output?.description.utf8.count ?? 0
                let room =
                    event.output != nil
                    ? (state.bytes + size > Self.mostBytes ? 0 : capacity) : event.isLast ? .max : capacity * 16
                guard state.events.count < room else {
                    state.missed += 1
                    return nil
                }
                if state.missed > 0 {
                    let count = state.missed
                    state.missed = 0
                    state.events.append(
                        RunEvent(
                            sequence: event.sequence, time: event.time,
                            kind: .warning(
                                "\(count) events are not shown here: this reader was too slow for them; the run's folder has them all"
                            )))
                }
                state.events.append(event)
                state.bytes += size
                return state.isReady ? state.waiting.take() : nil
            }
            waiting?.resume()
        }

        func finish() {
            let (waiting, producers) = state.withLock { state in
                state.isFinished = true
                return (state.waiting.take(), state.dequeueProducers())
            }
            waiting?.resume()
            for producer in producers { producer.resume() }
        }

        /// Returns when the buffer is no more than half full, its reader is gone, or the task is cancelled.
        func room() async {
            guard state.withLock({ $0.isCrowded(capacity) }) else { return }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let waits = state.withLock { state in
                        guard state.isCrowded(capacity), !Task.isCancelled else { return false }
                        state.producers.append(continuation)
                        return true
                    }
                    if !waits { continuation.resume() }
                }
            } onCancel: {
                for producer in state.withLock({ $0.dequeueProducers() }) { producer.resume() }
            }
        }

        /// All that is there, once there is something; nothing only after the end.
        func dequeue() async -> Deque<RunEvent> {
            if interval > .zero, state.withLock({ $0.hasBeenTaken }) {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { [interval] in try? await Task.sleep(for: interval) }
                    group.addTask { [capacity] in await self.wait(for: Swift.max(1, capacity / 4)) }
                    await group.next()
                    group.cancelAll()
                }
            }
            await wait(for: 1)
            let (events, producers) = state.withLock { state in
                defer {
                    state.events = []
                    state.bytes = 0
                    state.hasBeenTaken = true
                }
                return (state.events, state.dequeueProducers())
            }
            for producer in producers { producer.resume() }
            return events
        }

        /// Returns when so many events are there, the run has ended, or the task is cancelled.
        private func wait(for wanted: Int) async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        state.wanted = wanted
                        if state.isReady || Task.isCancelled { return true }
                        state.waiting = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiting.take() }?.resume()
            }
        }
    }
}

extension RunEvent {
    fileprivate var output: RedactedText? { if case .hostOutput(_, _, _, let text) = kind { text } else { nil } }
    fileprivate var isLast: Bool { if case .runFinished = kind { true } else { false } }
}
