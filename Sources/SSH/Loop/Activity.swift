/// Tasks that wait until something happened on a connection. Each looks again for itself: a wake-up promises nothing.
///
/// Lives on its loop. Bytes that one task's call takes off the wire may be what another waits for, so all are woken.
final class Activity {
    private var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    private var lastID: UInt64 = 0
    /// Work that no task waits for, tried first each time: channels being closed, tunnels. Holds its connection weakly.
    var unattended: (() -> Void)?

    func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    func add(_ id: UInt64, _ continuation: CheckedContinuation<Void, Never>) { waiters.append((id, continuation)) }

    func wake(_ id: UInt64) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume()
    }

    func wakeAll() {
        unattended?()
        guard !waiters.isEmpty else { return }
        let woken = waiters
        waiters.removeAll(keepingCapacity: true)
        for waiter in woken { waiter.continuation.resume() }
    }
}
