import Glibc
import Support

/// What finds a session again on its host.
package struct SessionRecord: Sendable, Hashable, Codable {
    /// The name of its spool, the marker of its frames, when it was opened, and the key of its calls' ends; chosen
    /// before it is opened. Not to be shown: who knows
    /// the key can forge the end of a call.
    package var id: String
    package init(id: String) { self.id = id }

    /// A new one.
    package init(openedAt time: Int) {
        id = "\(Hex.random(bytes: 8)).\(Hex.random(bytes: 16)).\(time).\(Hex.random(bytes: 16))"
    }

    private func part(_ index: Int) -> String {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        return index < parts.count ? String(parts[index]) : ""
    }
    /// Everyone on the host can see it.
    var spool: String { part(0) }
    var marker: String { "\u{1e}\(part(1))" }
    /// Never sent to the host.
    var proof: EndProof { EndProof(key: part(3)) }
    /// Seconds since 1970, by this machine's clock.
    var openedAt: Int? { Int(part(2)) }
    /// Whether it is what `init(openedAt:)` makes, and so can be a part of a script.
    var isWellFormed: Bool {
        spool.count == 16 && part(1).count == 32 && part(3).count == 32
            && (spool + part(1) + part(3)).allSatisfy(\.isHexDigit)
    }
}

/// Keeps the sessions' names of one host where a later process finds them.
package protocol SessionLedger: Sendable {
    /// The session that an earlier process had for this identity: to be come back to, instead of opening a new one.
    func earlier(_ identity: String) async -> SessionRecord?
    /// Has made the record durable when it returns; the session is opened after that, and not when it throws.
    func opening(_ record: SessionRecord, identity: String) async throws
}

/// What becomes of a session's link to its host.
package enum LinkEvent: Sendable, Equatable {
    /// With the reason.
    case lost(String)
    /// Attempts count from 1 after each loss.
    case reconnecting(attempt: Int)
    case reattached
    case gaveUp
    /// What should be known of this host, or what it is waited for.
    case notice(String)
}

/// Holds a host for one run: others that want it, as the same user, get to know who has it.
package struct HostLock: Sendable, Hashable {
    /// The run's id; whoever comes with the same one shares the lock.
    package var run: String
    /// Who works on the host since when, in words; shown to others.
    package var holder: String
    package init(run: String, holder: String) {
        self.run = run
        self.holder = holder.filter { !$0.isNewline }
    }
}
