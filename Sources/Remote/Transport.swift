import Support

/// A piece of a remote command's output.
package struct OutputChunk: Sendable {
    package enum Stream: String, Sendable, Codable { case stdout, stderr }
    package var stream: Stream
    package var bytes: [UInt8]
    package init(_ stream: Stream, _ bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}

/// A command that runs at the other end of a transport: bytes both ways, and how it ended.
package protocol CommandStream: Sendable {
    /// The next output, as soon as there is any; nil when both streams have ended. Cancelling the task ends the wait.
    func read() async throws -> OutputChunk?
    /// Returns when the bytes are on their way (flow control applies).
    func write(_ bytes: [UInt8]) async throws
    func finishWriting() async throws
    /// Exit status after both streams ended; nil when the link broke before one came. 128+n for a signal.
    func exitStatus() async throws -> Int32?
    func close() async
}

/// A way to a host: libssh2, openssh or local. It gives one thing, a byte stream to a command.
package protocol Transport: Sendable {
    /// Runs `command` by the login shell of the remote user (`sh -c` for local).
    func open(_ command: String) async throws -> any CommandStream
    func close() async
    /// Ends what commands that were opened over it have left running on the host: TERM, then KILL. Returns false when
    /// something may still run there.
    func endCommands() async -> Bool
    /// Where the transport's work is done; what talks to the host does best to run there too. nil: the shared pool.
    var executor: (any TaskExecutor)? { get }
    /// An exit status that says, as far as anybody can tell, that the host was not reached: OpenSSH's 255. nil: there
    /// is none.
    var statusOfUnreached: Int32? { get }
}
extension Transport {
    package func endCommands() async -> Bool { false }
    package var executor: (any TaskExecutor)? { nil }
    package var statusOfUnreached: Int32? { nil }
}

/// The host could not be reached, or the link was lost; anything else is a result. `message` never holds a credential's
/// value.
package struct Unreachable: ExplainedError, Sendable {
    package enum Reason: String, Sendable, Codable {
        case resolve, connect, timeout, handshake, hostKeyUnknown, hostKeyChanged, authentication, keyFile, linkLost,
            protocolError, become
        /// The session that was to be come back to is not there any more: its grace time was over, or somebody ended
        /// it.
        case gone
        /// The host has booted since; what ran then was interrupted.
        case rebooted
        /// Another run holds the host; the message says who, since when.
        case locked
        /// The call had begun, and how it ended can't be known.
        case interrupted
        /// The host has no room for the session's files; the message says where.
        case noRoom
        /// The host stayed away for longer than was asked for; the message says what becomes of its task.
        case lostForGood
    }
    package var reason: Reason
    package var message: String
    /// What to do.
    package var remedy: String?
    /// Somebody had answered, and fell silent: to try again may help.
    package var wasReached = false
    package init(_ reason: Reason, _ message: String, remedy: String? = nil) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
    }
    package var problem: String { message }
}
