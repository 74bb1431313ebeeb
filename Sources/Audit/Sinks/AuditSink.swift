/// A place besides the trail's file where its entries go, line by line as they stand there.
package struct AuditSink: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
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
    package var name: String
    package var kind: Kind
    /// What an entry is needed for is not done when this sink does not take the entry.
    package var isRequired = false
    /// For one delivery.
    package var timeLimit = Duration.seconds(10)

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    package static let journalSocket = "/run/systemd/journal/socket", syslogSocket = "/dev/log"
}
