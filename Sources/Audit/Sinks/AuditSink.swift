/// A place besides the trail's file where its entries go, line by line as they stand there.
public struct AuditSink: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// systemd's journal, over its socket.
        case journald(socket: String)
        /// The system's log, over its socket.
        case syslog(socket: String)
        /// Another file, 0600.
        case file(String)
        /// A program that gets the entries on standard input, and ends with 0 when it has them.
        case command([String])
    }
    /// In messages.
    public var name: String
    public var kind: Kind
    /// What an entry is needed for is not done when this sink does not take the entry.
    public var isRequired = false
    /// For one delivery.
    public var timeLimit = Duration.seconds(10)

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    public static let journalSocket = "/run/systemd/journal/socket", syslogSocket = "/dev/log"
}
