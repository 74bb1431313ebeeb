import Redaction
import Synchronization

/// Which refusals get an entry in the audit trail: the first of a token and sender at once; those that follow within a
/// minute are counted, and are one entry then. So nobody fills
/// the disk by being refused, and none is lost.
struct Refusals {
    struct Sender: Hashable, Sendable {
        var event: RedactedText
        var client: String
        var token: String
    }
    /// What followed the first one.
    struct Repeats: Sendable {
        let sender: Sender
        /// By route.
        fileprivate(set) var counts: [String: Int] = [:]
        fileprivate let until: ContinuousClock.Instant
    }
    private var repeats: [Sender: Repeats] = [:]
    static let minute = Duration.seconds(60)
    /// More than so many at once are counted together.
    static let mostSenders = 64
    private static let others = "others"

    /// - Returns: whether it is to be written; otherwise it has been counted.
    mutating func note(_ sender: Sender, _ route: String, at now: ContinuousClock.Instant) -> Bool {
        let isOneTooMany = repeats[sender] == nil && repeats.count >= Self.mostSenders
        let key = isOneTooMany ? Sender(event: sender.event, client: Self.others, token: Self.others) : sender
        guard repeats[key] != nil else {
            repeats[key] = Repeats(sender: key, until: now + Self.minute)
            return true
        }
        repeats[key]?.counts[route, default: 0] += 1
        return false
    }

    /// What was counted of those whose minute is over; the next of them is written at once again.
    ///
    /// - Parameter now: nil for all of them.
    mutating func dequeue(at now: ContinuousClock.Instant?) -> [Repeats] {
        let over = repeats.values.filter { repeats in now.map { $0 >= repeats.until } ?? true }
        for one in over { repeats[one.sender] = nil }
        return over.filter { !$0.counts.isEmpty }
    }

    /// What could not be written, to be taken again.
    mutating func putBack(_ taken: [Repeats]) {
        for one in taken {
            repeats[one.sender, default: Repeats(sender: one.sender, until: one.until)].counts.merge(
                one.counts, uniquingKeysWith: +)
        }
    }
}

/// `Refusals` for all connections.
final class RefusalsBox: Sendable {
    private let refusals = Mutex(Refusals())
    func note(_ sender: Refusals.Sender, _ route: String, at now: ContinuousClock.Instant) -> Bool {
        refusals.withLock { $0.note(sender, route, at: now) }
    }
    func dequeue(at now: ContinuousClock.Instant?) -> [Refusals.Repeats] { refusals.withLock { $0.dequeue(at: now) } }
    func putBack(_ taken: [Refusals.Repeats]) { refusals.withLock { $0.putBack(taken) } }
}
