import Redaction

/// Where to connect, and as whom.
package struct SSHTarget: Sendable {
    /// A name or a numeric address.
    package var address: String
    package var port: Int
    package var user: String
    /// Tried in this order, those that the server does not offer left out.
    package var authentication: [AuthenticationMethod]
    /// Hosts to go through, the nearest to us first; each may have its own credentials.
    package var jumps: [SSHTarget] = []
    /// A shell's command whose input and output are the connection, in the place of a socket and of `jumps`.
    package var proxyCommand: String?
    /// Where its key is looked for, when that is not under its address in the run's files.
    package var hostKeyPlace = HostKeyPlace()

    package init(address: String, port: Int = 22, user: String, authentication: [AuthenticationMethod]) {
        self.address = address
        self.port = port
        self.user = user
        self.authentication = authentication
    }
}

/// A way to prove who we are. A server may want several, one after the other.
package enum AuthenticationMethod: Sendable {
    case key(PrivateKey)
    /// The keys of the agent that listens on this Unix socket (`SSH_AUTH_SOCK`): each, or those with these public halves.
    case agent(socket: String, only: [[UInt8]]? = nil)
    case password(Secret<String>)
    /// Answers to the server's prompts in their order, over all of its rounds.
    case keyboardInteractive([Secret<String>])
}

/// Bounds of connections. All are per attempt.
package struct SSHLimits: Sendable {
    /// For resolving the name and the TCP connection.
    package var connectTimeout: Duration = .seconds(10)
    /// From the TCP connection to the end of the key exchange. Chosen: a host under load answers slowly, a black hole
    /// never.
    package var handshakeTimeout: Duration = .seconds(30)
    package var authenticationTimeout: Duration = .seconds(60)
    /// For opening a channel and starting a command on it.
    package var channelTimeout: Duration = .seconds(30)
    /// A message is sent after so long a silence of the peer; zero sends none.
    package var keepaliveInterval: Duration = .seconds(15)
    /// The link is lost when so many keepalive messages in a row have brought nothing back.
    package var keepaliveMisses = 3
    /// Connections that the server ends before the key exchange is done (sshd's MaxStartups) are tried so many times in
    /// all.
    package var attempts = 8
    /// What the peer may send ahead on a channel that nobody reads. Chosen: 1 MiB fills 100 Mbit/s at 80 ms.
    package var window: UInt32 = 1 << 20

    package init() {}

    /// A peer of which nothing has come for about so long, though it was asked, is lost.
    package mutating func setSilence(_ time: Duration) {
        keepaliveInterval = time / (keepaliveMisses + 1)
        let patience = max(time, .seconds(5))
        handshakeTimeout = min(handshakeTimeout, patience)
        authenticationTimeout = min(authenticationTimeout, patience)
        channelTimeout = min(channelTimeout, patience)
    }
}
