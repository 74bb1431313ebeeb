import Runs

/// What a run counts.
struct RunTally: Sendable {
    var tasks = 0
    /// Tasks that this process has announced.
    var announced: Set<Int> = []
    private(set) var counts: [String: HostCounts] = [:]
    /// Whether some task has changed its host, or in check mode would have.
    private(set) var hasChanged = false

    mutating func add(_ hosts: [String]) {
        for host in hosts where counts[host] == nil { counts[host] = HostCounts() }
    }

    mutating func count(_ outcome: TaskOutcome, on host: String) {
        var count = counts[host] ?? HostCounts()
        switch outcome.status {
        case .ok: count.ok += outcome.weight
        case .changed:
            count.ok += 1
            hasChanged = true
        case .skipped: count.skipped += 1
        case .failed: count.failed += 1
        case .rescued: count.rescued += 1
        case .ignored:
            count.ok += 1
            count.ignored += 1
        case nil: if outcome.kind == .unreachable { count.unreachable += 1 }
        }
        // A task that failed has not changed anything that counts, unless its failure was ignored.
        if outcome.changed, outcome.kind == .done { count.changed += 1 }
        counts[host] = count
    }

    /// The host goes on from what it failed at.
    mutating func revive(_ host: String) {
        counts[host]?.failed = 0
        counts[host]?.unreachable = 0
    }
}
