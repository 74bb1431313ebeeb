import Support

/// Why a host could not be reached, or a connection was lost. It never holds a credential's value: no user, port, path,
/// password.
package struct SSHError: ExplainedError, Sendable {
    /// What kind of failure; codes can be added, so match those you handle and leave a default.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        package let description: String
        private init(_ name: String) { description = name }
        package static let nameNotResolved = Code("nameNotResolved")
        package static let connectFailed = Code("connectFailed")
        package static let timedOut = Code("timedOut")
        /// Not an SSH server, or the key exchange failed.
        package static let handshakeFailed = Code("handshakeFailed")
        /// The server ended the connection before authentication, more often than we were willing to retry.
        package static let refusedByLoad = Code("refusedByLoad")
        package static let hostKeyUnknown = Code("hostKeyUnknown")
        package static let hostKeyChanged = Code("hostKeyChanged")
        package static let hostKeyRevoked = Code("hostKeyRevoked")
        package static let authenticationFailed = Code("authenticationFailed")
        package static let passwordExpired = Code("passwordExpired")
        package static let keyFile = Code("keyFile")
        package static let agent = Code("agent")
        /// The connection was established, then lost.
        package static let linkLost = Code("linkLost")
        package static let channelRefused = Code("channelRefused")
        package static let channelClosed = Code("channelClosed")
        package static let protocolError = Code("protocolError")
        package static let resources = Code("resources")
        package static let closed = Code("closed")
    }

    package var code: Code
    /// What happened, without a full stop.
    package var message: String
    /// What to do, without a full stop.
    package var remedy: String?
    /// Somebody had answered at the address, and fell silent.
    package var wasReached = false
    /// The library's own code, where the failure came from it.
    package var libssh2Code: Int32?

    init(_ code: Code, _ message: String, remedy: String? = nil, libssh2Code: Int32? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.libssh2Code = libssh2Code
    }

    package var problem: String { message }
}

extension SSHError {
    static func nameNotResolved(_ host: String, _ reason: String) -> SSHError {
        SSHError(
            .nameNotResolved, "the name \(host) can't be resolved: \(reason)",
            remedy: "give the address with ansible_host, or fix the name service")
    }
    static func connectFailed(_ attempts: [(address: SocketAddress, error: Errno)]) -> SSHError {
        let tried = attempts.map { "\($0.address.numericHost): \($0.error)" }.joined(separator: ", ")
        return SSHError(
            .connectFailed, "can't connect to \(tried)", remedy: "check the address, the port, and that sshd runs there"
        )
    }
    static func timedOut(_ step: ConnectionStep, after duration: Duration) -> SSHError {
        var error = SSHError(
            .timedOut, "no answer within \(duration.formattedSeconds) while \(step.rawValue)",
            remedy: step.timeoutRemedy)
        error.wasReached = step.isAfterConnecting
        return error
    }
    static let closed = SSHError(.closed, "the connection is closed")
    /// The text itself is a credential, and stays out.
    static func linkLost(_ detail: String) -> SSHError { SSHError(.linkLost, "the connection was lost: \(detail)") }
}

/// What a connection is busy with; the words complete "no answer within 10 s while …".
enum ConnectionStep: String, Sendable {
    case resolving = "resolving the name"
    case waitingForTurn = "waiting for a turn to connect"
    case connecting = "connecting"
    case handshake = "waiting for the SSH handshake"
    case authenticating = "authenticating"
    case openingChannel = "opening a channel"
    case starting = "starting the command"
    case reading = "reading"
    case writing = "writing"
    case tunnelling = "opening the tunnel through the jump host"
    case asking = "asking the SSH agent"

    /// For a channel that the server does not open.
    var refusalRemedy: String {
        self == .tunnelling
            ? "check the host behind the jump host, and AllowTcpForwarding in the jump host's sshd_config"
            : "raise MaxSessions in the host's sshd_config"
    }

    /// Somebody has answered at the address before.
    var isAfterConnecting: Bool {
        switch self {
        case .resolving, .waitingForTurn, .connecting, .asking: false
        case .handshake, .authenticating, .openingChannel, .starting, .reading, .writing, .tunnelling: true
        }
    }

    var timeoutRemedy: String? {
        switch self {
        case .connecting: "check the address and the firewall, or raise connect_timeout"
        case .handshake: "the port may belong to something that is not sshd, or the host is overloaded"
        default: nil
        }
    }
}

extension Duration {
    /// `10 s`, `0.25 s`
    var formattedSeconds: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
        var text = "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
        while text.hasSuffix("0") { text.removeLast() }
        return text + " s"
    }
}
