/// What finds a session again on its host.
public struct SessionRecord: Sendable, Hashable, Codable {
    /// Name of its spool; random, and chosen before it is opened.
    public var id: String
    public init(id: String) { self.id = id }
}

/// Keeps the sessions' names of one host where a later process finds them.
public protocol SessionLedger: Sendable {
    /// The session that an earlier process had for this identity: to be come back to, instead of opening a new one.
    func earlier(_ identity: String) async -> SessionRecord?
    /// Has made the record durable when it returns; the session is opened after that, and not when it throws.
    func opening(_ record: SessionRecord, identity: String) async throws
}

/// What becomes of a session's link to its host.
public enum LinkEvent: Sendable, Equatable {
    /// With the reason.
    case lost(String)
    /// Attempts count from 1 after each loss.
    case reconnecting(attempt: Int)
    case reattached
    case gaveUp
}
