/// One host: its transport and the durable shells on it, one for each identity, opened when they are first asked for.
public actor HostConnection {
    private struct Identity: Hashable {
        var method: Become.Method
        var user: String
    }
    private let transport: any Transport
    private let options: HostSession.Options
    private var sessions: [Identity?: HostSession] = [:]
    private let gate = Gate()

    public init(transport: any Transport, options: HostSession.Options = .init()) {
        self.transport = transport
        self.options = options
    }

    /// The shell of the login user (nil) or of another identity. A shell whose link was lost is opened again.
    /// Throws `Unreachable`, with reason `.become` when only the other identity could not be had.
    public func shell(for become: Become? = nil) async throws -> HostSession {
        let identity = become.map { Identity(method: $0.method, user: $0.user) }
        if let session = sessions[identity], await session.isUsable { return session }
        try await gate.enter()
        defer { gate.leave() }
        if let session = sessions[identity], await session.isUsable { return session }
        let session = try await HostSession(transport: transport, become: become, options: options)
        sessions[identity] = session
        return session
    }

    /// Ends the shells, then the transport.
    public func close() async {
        for session in sessions.values { await session.close() }
        sessions = [:]
        await transport.close()
    }
}
