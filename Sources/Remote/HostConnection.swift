import Glibc
import Support

/// One host: its transport and the durable shells on it, one for each identity, opened when they are first asked for.
package actor HostConnection: TransportSource {
    private let makeTransport: @Sendable () async throws -> any Transport
    private var transport: (any Transport)?
    private var transportNumber = 0
    private let ledger: (any SessionLedger)?
    private let onLink: (@Sendable (LinkEvent) async -> Void)?
    private let options: HostSession.Options
    private var sessions: [String: HostSession] = [:]
    /// Records of shells that are not there any more.
    private var spent: Set<SessionRecord> = []
    private let gate = Gate(), connecting = Gate()

    /// - Parameters:
    ///   - makeTransport: called when a shell is first asked for, and again when the link was lost. Throws
    ///     `Unreachable` or `CancellationError`.
    ///   - ledger: of this host.
    ///   - onLink: called for lost and found links, in order.
    package init(
        makeTransport: @escaping @Sendable () async throws -> any Transport, options: HostSession.Options = .init(),
        ledger: (any SessionLedger)? = nil,
        onLink: (@Sendable (LinkEvent) async -> Void)? = nil
    ) {
        self.makeTransport = makeTransport
        self.options = options
        self.ledger = ledger
        self.onLink = onLink
    }

    /// Over one transport, for as long as it lasts.
    package init(transport: any Transport, options: HostSession.Options = .init()) {
        self.init(makeTransport: { transport }, options: options)
    }

    /// The shell of the login user (nil) or of another identity: the one that is open, the one that an earlier process
    /// has left, or a new one.
    ///
    /// Throws `Unreachable`: with reason `.become` when only the other identity could not be had; with `.gone` or
    /// `.rebooted`, once, when the one
    /// of an earlier process is not there any more.
    package func shell(for become: Become? = nil) async throws -> HostSession {
        let identity = become?.identity ?? "login"
        if let session = sessions[identity], await session.isUsable { return session }
        try await gate.enter()
        defer { gate.leave() }
        if let session = sessions[identity] {
            if await session.isUsable { return session }
            spent.insert(session.record)
            sessions[identity] = nil
        }
        let session: HostSession
        if let earlier = await ledger?.earlier(identity), !spent.contains(earlier) {
            do {
                session = try await HostSession(
                    returningTo: earlier, on: self, become: become, options: options, onLink: onLink)
            } catch let lost as Unreachable {
                if lost.reason == .gone || lost.reason == .rebooted { spent.insert(earlier) }
                throw lost
            }
        } else {
            let record = SessionRecord(openedAt: time(nil))
            try await ledger?.opening(record, identity: identity)
            session = try await HostSession(on: self, record: record, become: become, options: options, onLink: onLink)
        }
        sessions[identity] = session
        return session
    }

    package func transport(after lost: Int) async throws -> (transport: any Transport, number: Int) {
        if let transport, transportNumber > lost { return (transport, transportNumber) }
        try await connecting.enter()
        defer { connecting.leave() }
        if let transport, transportNumber > lost { return (transport, transportNumber) }
        if let transport {
            self.transport = nil
            await transport.close()
        }
        let transport = try await makeTransport()
        transportNumber += 1
        self.transport = transport
        return (transport, transportNumber)
    }

    package var hasBeenReached: Bool { transportNumber > 0 }

    /// Lets go of the shells, which continue with what they do, and are found again by their records.
    package func leave() async {
        for session in sessions.values { await session.leave() }
        sessions = [:]
        await transport?.close()
    }

    /// Ends a shell that an earlier process has left, if it is still there.
    package func end(_ record: SessionRecord, become: Become?) async {
        var brief = options
        brief.reconnectFor = .seconds(10)
        guard let session = try? await HostSession(returningTo: record, on: self, become: become, options: brief) else {
            return
        }
        await session.close()
    }

    /// Ends the shells, then the transport.
    ///
    /// - Returns: whether all shells have ended.
    @discardableResult package func close() async -> Bool {
        var haveEnded = true
        for session in sessions.values where await !session.close() { haveEnded = false }
        sessions = [:]
        await transport?.close()
        return haveEnded
    }
}
