import DequeModule
import Synchronization

/// Passes chunks from producers to one consumer. A producer waits while its last chunk has not been taken, so that what
/// is
/// in memory stays bounded by what the consumer takes.
final class RendezvousChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<(element: Element, producer: CheckedContinuation<Bool, Never>)> = []
        var consumer: CheckedContinuation<Element?, any Error>?
        var isFinished = false
    }
    private let state = Mutex(State())

    /// Returns when the consumer has taken the element; false when it never will.
    func send(_ element: Element) async -> Bool {
        await withCheckedContinuation { producer in
            let taken: (CheckedContinuation<Element?, any Error>?, Bool)? = state.withLock { state in
                if state.isFinished { return (nil, false) }
                if let consumer = state.consumer {
                    state.consumer = nil
                    return (consumer, true)
                }
                state.elements.append((element, producer))
                return nil
            }
            guard let (consumer, accepted) = taken else { return }
            consumer?.resume(returning: element)
            producer.resume(returning: accepted)
        }
    }

    /// The next element; nil at the end. Throws `CancellationError` when the task is cancelled while it waits; nothing
    /// is lost then.
    func receive() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { consumer in
                let outcome: (Result<Element?, any Error>, CheckedContinuation<Bool, Never>?)? = state.withLock {
                    state in
                    if let (element, producer) = state.elements.popFirst() { return (.success(element), producer) }
                    if state.isFinished { return (.success(nil), nil) }
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    precondition(state.consumer == nil, "a channel has one consumer")
                    state.consumer = consumer
                    return nil
                }
                guard let (result, producer) = outcome else { return }
                producer?.resume(returning: true)
                consumer.resume(with: result)
            }
        } onCancel: {
            let consumer = state.withLock { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(throwing: CancellationError())
        }
    }

    /// No more elements come; with `discarding`, those not taken yet are dropped.
    func finish(discarding: Bool = false) {
        let (consumer, producers) = state.withLock { state in
            state.isFinished = true
            defer { state.consumer = nil }
            var producers: [CheckedContinuation<Bool, Never>] = []
            if discarding {
                producers = state.elements.map(\.producer)
                state.elements = []
            }
            return (state.consumer, producers)
        }
        consumer?.resume(returning: nil)
        for producer in producers { producer.resume(returning: false) }
    }
}
