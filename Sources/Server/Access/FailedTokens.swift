/// Counts wrong tokens by client, and says who has to wait: after five within a minute everything from there is refused for a minute, then for two, and so
/// on up to an hour.
///
/// A right token does not help while a client waits: it would tell a guesser which guess was right.
struct FailedTokens: Sendable {
    private struct Record {
        var failures = 0
        var windowEnds: ContinuousClock.Instant
        var refusedUntil: ContinuousClock.Instant?
        /// How many times it has had to wait.
        var refusals = 0
    }
    private var records: [String: Record] = [:]
    static let allowed = 5, window = Duration.seconds(60), longest = Duration.seconds(3600), mostClients = 1024

    /// Of clients that are remembered.
    var count: Int { records.count }

    /// How long a client still has to wait; nil when it is served.
    func wait(of client: String, at now: ContinuousClock.Instant) -> Duration? {
        guard let until = records[client]?.refusedUntil, until > now else { return nil }
        return until - now
    }

    /// - Returns: whether the client has to wait from now on.
    mutating func fail(_ client: String, at now: ContinuousClock.Instant) -> Bool {
        if records[client] == nil, records.count >= Self.mostClients { forget(at: now) }
        var record = records[client] ?? Record(windowEnds: now + Self.window)
        if now >= record.windowEnds {
            record.failures = 0
            record.windowEnds = now + Self.window
        }
        record.failures += 1
        let isTooMuch = record.failures >= Self.allowed
        if isTooMuch {
            record.refusals += 1
            let length = min(Self.longest, Self.window * (1 << min(record.refusals - 1, 6)))
            record.refusedUntil = now + length
            record.failures = 0
            record.windowEnds = now + length + Self.window
        }
        records[client] = record
        return isTooMuch
    }

    mutating func succeed(_ client: String) { records[client] = nil }

    /// Those whose time is over go; where there are too many still, those that have failed least recently.
    private mutating func forget(at now: ContinuousClock.Instant) {
        records = records.filter { $0.value.windowEnds > now }
        guard records.count >= Self.mostClients else { return }
        for (client, _) in records.sorted(by: { $0.value.windowEnds < $1.value.windowEnds }).prefix(Self.mostClients / 4) { records[client] = nil }
    }
}
