import DequeModule
import Synchronization

/// Limits connections that are not yet authenticated, apart from how many there are in all: sshd drops some when it has
/// too many
/// (MaxStartups, 10:30:100 by default). One limit for the process, which shrinks when servers drop us, and one for each
/// address.
package final class HandshakePacing: Sendable {
    /// For the whole process.
    package static let shared = HandshakePacing()

    enum Key: Hashable, Sendable {
        case address(SocketAddress)
        /// All of 127.0.0.0/8 is one machine, and mostly one sshd.
        case loopback
        /// Reached through a jump host.
        case name(String)

        init(_ address: SocketAddress) { self = address.isLoopback ? .loopback : .address(address.withoutPort) }
    }
    enum Outcome { case connected, failed, dropped }

    struct Turn { fileprivate let key: Key }

    private struct Locked {
        var state: HandshakePacingState<Key>
        var waiters: [UInt64: Answer<Void>] = [:]
        var lastID: UInt64 = 0
    }
    private let locked: Mutex<Locked>

    /// - Parameters:
    ///   - limit: handshakes in flight in this process. Chosen: at a round trip of 100 ms, 64 connect 80 hosts a
    ///     second.
    ///   - limitPerAddress: less than the 10 at which sshd's default begins to drop.
    package init(limit: Int = 64, limitPerAddress: Int = 8) {
        locked = Mutex(Locked(state: HandshakePacingState(limit: limit, limitPerKey: limitPerAddress)))
    }

    /// Waits for a turn, which has to be given back with `finish`.
    func turn(for key: Key) async throws -> Turn {
        let answer = Answer<Void>()
        let id = locked.withLock { locked in
            locked.lastID += 1
            locked.waiters[locked.lastID] = answer
            locked.state.arrive(locked.lastID, key)
            Self.admit(&locked)
            return locked.lastID
        }
        do {
            try await answer.value()
            return Turn(key: key)
        } catch {
            locked.withLock { locked in
                // Cancelled while waiting, or just after it was admitted.
                if locked.waiters.removeValue(forKey: id) != nil {
                    locked.state.giveUp(id, key)
                } else {
                    locked.state.finish(key, dropped: nil)
                }
                Self.admit(&locked)
            }
            throw error
        }
    }

    func finish(_ turn: Turn, _ outcome: Outcome) {
        locked.withLock { locked in
            locked.state.finish(turn.key, dropped: outcome == .failed ? nil : outcome == .dropped)
            Self.admit(&locked)
        }
    }

    /// Settling under the lock is fine: it only makes a task ready to run.
    private static func admit(_ locked: inout Locked) {
        for id in locked.state.admit() { locked.waiters.removeValue(forKey: id)?.resolve(.success(())) }
    }
}

/// The decisions of `HandshakePacing`, without time or tasks: who may go next.
struct HandshakePacingState<Key: Hashable> {
    private struct Queue {
        var inFlight = 0
        var waiting = Deque<UInt64>()
    }

    let maximum: Int
    let limitPerKey: Int
    /// Between an eighth of the maximum and the maximum: halved by a drop, and grown by one with as many successes as
    /// it is large.
    private(set) var limit: Int
    private(set) var inFlight = 0
    private var successes = 0
    private var queues: [Key: Queue] = [:]
    /// Keys that somebody waits for, in turn.
    private var rotation = Deque<Key>()

    init(limit: Int, limitPerKey: Int) {
        maximum = max(1, limit)
        self.limit = maximum
        self.limitPerKey = max(1, limitPerKey)
    }

    mutating func arrive(_ id: UInt64, _ key: Key) {
        if queues[key, default: Queue()].waiting.isEmpty { rotation.append(key) }
        queues[key, default: Queue()].waiting.append(id)
    }

    mutating func giveUp(_ id: UInt64, _ key: Key) {
        queues[key]?.waiting.removeAll { $0 == id }
        if queues[key]?.waiting.isEmpty == true { rotation.removeAll { $0 == key } }
        forgetIfIdle(key)
    }

    /// `dropped`: by the server before the key exchange; nil when it says nothing about the load.
    mutating func finish(_ key: Key, dropped: Bool?) {
        inFlight -= 1
        queues[key]?.inFlight -= 1
        forgetIfIdle(key)
        switch dropped {
        case true?:
            limit = max(1, maximum / 8, limit / 2)
            successes = 0
        case false?:
            successes += 1
            if successes >= limit, limit < maximum {
                limit += 1
                successes = 0
            }
        case nil: break
        }
    }

    /// Takes out those that may go now.
    mutating func admit() -> [UInt64] {
        var admitted: [UInt64] = []
        var passedOver = 0
        while inFlight < limit, passedOver < rotation.count {
            let key = rotation.removeFirst()
            guard var queue = queues[key], queue.inFlight < limitPerKey, let id = queue.waiting.popFirst() else {
                rotation.append(key)
                passedOver += 1
                continue
            }
            queue.inFlight += 1
            inFlight += 1
            if !queue.waiting.isEmpty { rotation.append(key) }
            queues[key] = queue
            admitted.append(id)
            passedOver = 0
        }
        return admitted
    }

    private mutating func forgetIfIdle(_ key: Key) {
        if let queue = queues[key], queue.inFlight == 0, queue.waiting.isEmpty { queues[key] = nil }
    }
}
