public import Redaction

/// The append-only, hash-chained audit trail (`logs/security.log`): JSON lines, mode 0600.
public final class AuditLog: Sendable {
    public struct Entry: Sendable {
        /// `secrets.read`, `run.started`, `credentials.resolved`, …
        public var event: String
        public var fields: [(name: String, value: AuditValue)]
        public init(_ event: String, _ fields: [(name: String, value: AuditValue)] = []) { self.event = event; self.fields = fields }
    }
    public init(path: String) { self.path = path }
    public let path: String
    /// Writes one entry and syncs it; whoever needs the entry to exist fails when this does.
    public func append(_ entries: [Entry]) throws {}
}

/// What an audit field can hold: names, counts and flags; text only when it is redacted.
public indirect enum AuditValue: Sendable {
    case text(RedactedText), int(Int), bool(Bool), null, list([AuditValue])
}
