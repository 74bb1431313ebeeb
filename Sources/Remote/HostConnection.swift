/// One host: its transport and the durable shells on it, one for each identity, opened when they are first asked for.
public actor HostConnection {
    private struct Identity: Hashable {
        var method: Become.Method
        var user: String
    }
    private let makeTransport: @Sendable () async throws -> any Transport
    private var transport: (any Transport)?
    private let ledger: (any SessionLedger)?
    private let onLink: (@Sendable (LinkEvent) async -> Void)?
    private let options: HostSession.Options
    private var sessions: [Identity?: HostSession] = [:]
    private let gate = Gate()

    /// - Parameters:
    ///   - makeTransport: called when a shell is first asked for, and again when the link was lost. Throws `Unreachable` or `CancellationError`.
    ///   - ledger: of this host.
    ///   - onLink: told of lost and found links, in order.
    public init(makeTransport: @escaping @Sendable () async throws -> any Transport, options: HostSession.Options = .init(), ledger: (any SessionLedger)? = nil,
                onLink: (@Sendable (LinkEvent) async -> Void)? = nil) {
        self.makeTransport = makeTransport
        self.options = options
        self.ledger = ledger
        self.onLink = onLink
    }

    /// Over one transport, for as long as it lasts.
    public init(transport: any Transport, options: HostSession.Options = .init()) {
        self.init(makeTransport: { transport }, options: options)
    }

    /// The shell of the login user (nil) or of another identity. A shell whose link was lost is opened again.
    /// Throws `Unreachable`, with reason `.become` when only the other identity could not be had.
    public func shell(for become: Become? = nil) async throws -> HostSession {
        let identity = become.map { Identity(method: $0.method, user: $0.user) }
        if let session = sessions[identity], await session.isUsable { return session }
        try await gate.enter()
        defer { gate.leave() }
        if let session = sessions[identity], await session.isUsable { return session }
        let transport: any Transport
        if let current = self.transport { transport = current } else {
            transport = try await makeTransport()
            self.transport = transport
        }
        let session = try await HostSession(transport: transport, become: become, options: options)
        sessions[identity] = session
        return session
    }

    /// Lets go of the shells, which go on with what they do, and are found again by their records.
    public func leave() async {
        for session in sessions.values { await session.leave() }
        sessions = [:]
        await transport?.close()
    }

    /// Ends the shells, then the transport.
    public func close() async {
        for session in sessions.values { await session.close() }
        sessions = [:]
        await transport?.close()
    }
}
