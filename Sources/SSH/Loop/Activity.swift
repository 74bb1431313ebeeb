/// Tasks that wait until something happened on a connection. Each looks again for itself: a wake-up promises nothing.
///
/// Lives on its loop. Bytes that one task's call takes off the wire may be what another waits for, so all are woken.
final class Activity {
    private var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    private var lastID: UInt64 = 0
    /// How often all were woken. Whoever looked when it stood at a number waits only while it still does: between
    /// looking and waiting a
    /// task may go through its executor, and what happens then must not be missed.
    private(set) var generation: UInt64 = 0
    /// Announced, and not yet waiting: may be woken by itself (a deadline, a cancellation) before it waits.
    /// Few at a time, the last ones at the end.
    private var announced: [UInt64] = []
    /// Work that no task waits for, tried first each time: channels being closed, tunnels. Holds its connection weakly;
    /// nil while there is none.
    var unattended: (() -> Void)?

    func newID() -> UInt64 {
        lastID += 1
        announced.append(lastID)
        return lastID
    }

    /// - Parameter seen: the generation at which the task has looked.
    func add(_ id: UInt64, since seen: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
        if retract(id), seen == generation { waiters.append((id, continuation)) } else { continuation.resume() }
    }

    func wake(_ id: UInt64) {
        if retract(id) { return }
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume()
    }

    /// Whether it was announced.
    private func retract(_ id: UInt64) -> Bool {
        guard let index = announced.lastIndex(of: id) else { return false }
        announced.remove(at: index)
        return true
    }

    func wakeAll() {
        unattended?()
        generation &+= 1
        guard !waiters.isEmpty else { return }
        let woken = waiters
        waiters.removeAll(keepingCapacity: true)
        for waiter in woken { waiter.continuation.resume() }
    }
}
