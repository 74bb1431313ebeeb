/// Counts wrong tokens by client, and says how long the answer to each takes: the fifth within ten minutes a quarter of
/// a second, each further one twice as long as the one
/// before, up to eight seconds.
///
/// A right token is never made to wait. What protects tokens is that nobody can guess 256 random bits; this keeps who
/// tries from taking the server's time.
struct FailedTokens: Sendable {
    private struct Record {
        var failures = 0
        var forgottenAt: ContinuousClock.Instant
        /// Answers that it waits for.
        var waiting = 0
    }
    private var records: [String: Record] = [:]
    private var waiting = 0
    static let free = 4, first = Duration.milliseconds(250), longest = Duration.seconds(8),
        memory = Duration.seconds(600), mostClients = 1024
    /// Those who wait may keep a few connections; the rest is for others.
    static let mostWaiting = 32, mostWaitingByClient = 4

    /// Of clients that are remembered.
    var count: Int { records.count }

    enum Answer: Equatable {
        case now
        /// It is to wait this long; `waited` is called afterwards.
        case after(Duration)
        /// Too many wait already.
        case refused
    }

    /// - Returns: when the client is answered, and whether that is worth an entry in the audit trail: once when it
    ///   begins to wait, and at every thousandth guess.
    mutating func fail(_ client: String, at now: ContinuousClock.Instant) -> (answer: Answer, isNoted: Bool) {
        if records[client] == nil, records.count >= Self.mostClients { forget(at: now) }
        var record = records[client] ?? Record(forgottenAt: now)
        if now >= record.forgottenAt { record.failures = 0 }
        record.failures += 1
        record.forgottenAt = now + Self.memory
        defer { records[client] = record }
        let isNoted = record.failures == Self.free + 1 || record.failures % 1000 == 0
        guard record.failures > Self.free else { return (.now, false) }
        guard waiting < Self.mostWaiting, record.waiting < Self.mostWaitingByClient else { return (.refused, isNoted) }
        waiting += 1
        record.waiting += 1
        return (.after(min(Self.longest, Self.first * (1 << min(record.failures - Self.free - 1, 5)))), isNoted)
    }

    mutating func waited(_ client: String) {
        waiting -= 1
        records[client]?.waiting -= 1
    }

    /// Those whose time is over go; where there are too many still, those that have failed least recently. Who waits
    /// stays.
    private mutating func forget(at now: ContinuousClock.Instant) {
        records = records.filter { $0.value.forgottenAt > now || $0.value.waiting > 0 }
        guard records.count >= Self.mostClients else { return }
        let idle = records.filter { $0.value.waiting == 0 }.sorted { $0.value.forgottenAt < $1.value.forgottenAt }
        for (client, _) in idle.prefix(Self.mostClients / 4) { records[client] = nil }
    }
}
