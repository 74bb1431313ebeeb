import DequeModule
import Redaction
public import Runs
import Synchronization

/// Where a run's events come together: each gets its number, goes into the journal, and then to every reader.
///
/// `emit` never waits for a reader. The journal is written in the call itself, before anyone else sees the event: it is what a later run
/// goes on from, so the act must not come first, and it is what paces a host that floods. Readers have bounded buffers: a
/// slow one loses output first, and is told so.
public final class RunEvents: Sendable {
    private struct State {
        var sequence = 0
        var readers: [Int: RunEventReader.Buffer] = [:]
        var nextReader = 0
        var isFinished = false
    }
    private let state: Mutex<State>
    private let recorder: RunRecorder?
    private let stop: StopRequest

    /// - Parameters:
    ///   - recorder: writes the run's folder; nil for runs that leave nothing behind.
    ///   - sequence: the last event's number of an earlier process.
    public init(recorder: RunRecorder?, stop: StopRequest, after sequence: Int = 0) {
        self.recorder = recorder
        self.stop = stop
        state = Mutex(State(sequence: sequence))
    }

    /// A new reader; it sees events from now on.
    /// - Parameter capacity: so many events are kept for it.
    public func reader(capacity: Int = 4096) -> RunEventReader {
        state.withLock { state in
            let buffer = RunEventReader.Buffer(capacity: capacity)
            let key = state.nextReader
            state.nextReader += 1
            if state.isFinished { buffer.finish() } else { state.readers[key] = buffer }
            return RunEventReader(buffer: buffer) { [weak self] in self?.state.withLock { $0.readers[key] = nil } }
        }
    }

    public func emit(_ kind: RunEvent.Kind) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.sequence += 1
            let event = RunEvent(sequence: state.sequence, time: WallClock.now, kind: kind)
            do { try recorder?.record(event) } catch { stop.stop(.journal("\(error)")) }
            for buffer in state.readers.values { buffer.push(event) }
        }
    }

    /// No more events; readers end after what they have.
    public func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { state.readers = [:] }
            return state.readers.values
        }
        for buffer in readers { buffer.finish() }
    }
}

/// One reader's view of a run. Iterate it once.
public struct RunEventReader: AsyncSequence, Sendable {
    public typealias Element = RunEvent
    let buffer: Buffer
    private let subscription: Subscription

    init(buffer: Buffer, onEnd: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        subscription = Subscription(onEnd: onEnd)
    }

    public func makeAsyncIterator() -> Iterator { Iterator(buffer: buffer, subscription: subscription) }

    public struct Iterator: AsyncIteratorProtocol {
        let buffer: Buffer
        let subscription: Subscription
        public mutating func next() async -> RunEvent? { await buffer.next() }
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
            var waiting: CheckedContinuation<RunEvent?, Never>?
            var isFinished = false
            /// Events that were left out since the last one that was kept.
            var missed = 0
        }
        private let state = Mutex(State())
        private let capacity: Int

        init(capacity: Int) { self.capacity = capacity }

        /// Output is left out once the buffer is full; events that tell how hosts fare have sixteen times the room.
        func push(_ event: RunEvent) {
            let waiting: CheckedContinuation<RunEvent?, Never>? = state.withLock { state in
                if let waiting = state.waiting {
                    state.waiting = nil
                    return waiting
                }
                let room = event.isOutput ? capacity : event.isLast ? .max : capacity * 16
                guard state.events.count < room else { state.missed += 1; return nil }
                if state.missed > 0 {
                    let count = state.missed
                    state.missed = 0
                    state.events.append(RunEvent(sequence: event.sequence, time: event.time, kind: .warning("\(count) events are not shown here: this reader was too slow for them; the run's folder has them all")))
                }
                state.events.append(event)
                return nil
            }
            waiting?.resume(returning: event)
        }

        func finish() {
            let waiting = state.withLock { state in
                state.isFinished = true
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume(returning: nil)
        }

        func next() async -> RunEvent? {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let ready: RunEvent?? = state.withLock { state in
                        if let event = state.events.popFirst() { return event }
                        if state.isFinished || Task.isCancelled { return .some(nil) }
                        state.waiting = continuation
                        return nil
                    }
                    if let ready { continuation.resume(returning: ready) }
                }
            } onCancel: {
                state.withLock { state in
                    defer { state.waiting = nil }
                    return state.waiting
                }?.resume(returning: nil)
            }
        }
    }
}

extension RunEvent {
    fileprivate var isOutput: Bool { if case .hostOutput = kind { true } else { false } }
    fileprivate var isLast: Bool { if case .runFinished = kind { true } else { false } }
}
