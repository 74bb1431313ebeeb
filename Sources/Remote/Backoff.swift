/// Pauses between attempts that grow, with jitter, so that a fleet does not come back at once.
///
/// Times are those of a `SessionClock`.
struct Backoff {
    private let deadline: Duration
    private(set) var attempt = 0
    private let longest: Duration
    private static let shortest = Duration.milliseconds(200)

    init(longest: Duration, until deadline: Duration) { (self.longest, self.deadline) = (longest, deadline) }

    /// How long to wait before the next attempt; nil when the time is over. The first one comes nearly at once, the
    /// last one at the deadline.
    mutating func next(now: Duration) -> Duration? {
        guard attempt == 0 || now < deadline else { return nil }
        attempt += 1
        let ceiling = min(longest, Self.shortest * (1 << min(attempt - 1, 10)))
        let pause = ceiling * Double.random(in: attempt == 1 ? 0...0.5 : 0.5...1)
        return min(pause, max(.zero, deadline - now))
    }
}
