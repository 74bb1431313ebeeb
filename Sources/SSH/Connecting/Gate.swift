/// A queue for what only one task may do at a time, first come, first served. State of an actor; waiting is in the actor's method.
struct Gate {
    private var isTaken = false
    private var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    private var lastID: UInt64 = 0
    /// Announced, and not yet in the queue.
    private var announced: Set<UInt64> = []

    mutating func tryEnter() -> Bool {
        guard !isTaken else { return false }
        isTaken = true
        return true
    }

    mutating func newID() -> UInt64 {
        lastID += 1
        announced.insert(lastID)
        return lastID
    }

    mutating func wait(_ id: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        // In between it may have been given up, or the gate may have become free.
        if announced.remove(id) == nil { continuation.resume(returning: false) }
        else if tryEnter() { continuation.resume(returning: true) }
        else { waiting.append((id, continuation)) }
    }

    /// Ends one task's wait without the gate.
    mutating func giveUp(_ id: UInt64) {
        if announced.remove(id) != nil { return }
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }

    /// Hands the gate to the next in line.
    mutating func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().continuation.resume(returning: true) }
    }
}

extension SSHConnection {
    /// Waits for the gate; leave it with `gate.leave()`. Throws `CancellationError` without having it.
    func enterGate(_ deadline: Deadline) async throws {
        if gate.tryEnter() { return }
        let id = gate.newID()
        let timer = loop.schedule(at: deadline.instant) { [weak self] in self?.assumeIsolated { $0.gate.giveUp(id) } }
        defer { loop.cancel(timer) }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { gate.wait(id, $0) }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.gate.giveUp(id) } }
        }
        if entered { return }
        try Task.checkCancellation()
        throw SSHError.timedOut(deadline.step, after: deadline.duration)
    }
}
