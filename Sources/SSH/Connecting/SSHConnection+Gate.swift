extension SSHConnection {
    /// Waits for the gate; leave it with `gate.leave()`. Throws `CancellationError` without having it.
    func enterGate(_ deadline: Deadline) async throws {
        if gate.tryEnter() { return }
        let ticket = gate.newTicket()
        let timer = loop.schedule(at: deadline.instant) { [gate] in gate.giveUp(ticket) }
        defer { loop.cancel(timer) }
        if await gate.wait(ticket) { return }
        try Task.checkCancellation()
        throw SSHError.timedOut(deadline.step, after: deadline.duration)
    }
}
