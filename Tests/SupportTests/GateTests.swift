import Support
import Synchronization
import Testing

private final class Arrivals: Sendable {
    let numbers = Mutex<[Int]>([])
}

@Suite(.timeLimit(.minutes(1))) struct GateTests {
    @Test func `lets one in at a time, in the order of arrival`() async throws {
        let gate = Gate()
        let arrivals = Arrivals()
        #expect(gate.tryEnter() && !gate.tryEnter())
        let tickets = (0..<3).map { _ in gate.newTicket() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, ticket) in tickets.enumerated() {
                group.addTask {
                    guard await gate.wait(ticket) else { return }
                    arrivals.numbers.withLock { $0.append(number) }
                    gate.leave()
                }
                // Until it is in the queue, so that the order is known.
                try await Task.sleep(for: .milliseconds(50))
            }
            gate.leave()
            try await group.waitForAll()
        }
        #expect(arrivals.numbers.withLock { $0 } == [0, 1, 2])
        #expect(gate.tryEnter())
    }

    @Test func `a ticket that was given up does not get its turn, before it waits or while it does`() async throws {
        let gate = Gate()
        #expect(gate.tryEnter())
        let early = gate.newTicket()
        let late = gate.newTicket()
        gate.giveUp(early)
        let gotIn = await gate.wait(early)
        #expect(!gotIn)
        let waiting = Task { await gate.wait(late) }
        try await Task.sleep(for: .milliseconds(50))
        gate.giveUp(late)
        let gotInLater = await waiting.value
        #expect(!gotInLater)
        gate.leave()
        try await gate.enter()
        gate.leave()
    }

    @Test func `a task that is cancelled while it waits does not get in`() async throws {
        let gate = Gate()
        try await gate.enter()
        let waiting = Task { try await gate.enter() }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        gate.leave()
        #expect(gate.tryEnter())
    }
}
