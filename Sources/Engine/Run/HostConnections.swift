import Credentials
import Inventory
import Modules
import Redaction
import Remote
import Runs
import SSH
import Synchronization

/// The hosts of a run over their transports: libssh2, openssh where the credentials say so, and this machine itself.
package final class HostConnections: FleetConnections {
    private struct Place: Hashable {
        var host: String
        var isLocal: Bool
    }
    private let resolver: CredentialResolver
    private let inventory: Inventory
    private let shared: SSHTransport.Shared
    private let events: RunEvents
    private let checkpoint: RunCheckpoint?
    private let policy: LinkPolicy
    private let secrets: SecretSet
    private let resolutions: Mutex<[String: HostResolution]>
    private let links = Mutex([Place: HostLink]())
    private let loops = Mutex([String: EventLoop]())

    /// - Parameter resolved: credentials of the run's hosts; those of others follow when a task is delegated to them.
    ///   What is wrong with one host makes that host unreachable.
    package init(
        _ resolved: [HostResolution], of inventory: Inventory, resolver: CredentialResolver,
        shared: SSHTransport.Shared, events: RunEvents, secrets: SecretSet, checkpoint: RunCheckpoint? = nil,
        policy: LinkPolicy = LinkPolicy()
    ) {
        self.inventory = inventory
        self.resolver = resolver
        var shared = shared
        shared.limits.setSilence(policy.silence)
        self.shared = shared
        self.policy = policy
        self.secrets = secrets
        self.events = events
        self.checkpoint = checkpoint
        resolutions = Mutex(Dictionary(uniqueKeysWithValues: resolved.map { ($0.host, $0) }))
    }

    package var shellsHaveLibrary: Bool { true }

    package func executor(for host: String) -> (any TaskExecutor)? { loop(for: host) }

    package func shell(_ request: ShellRequest) async throws -> any HostShell {
        let settings =
            request.isLocal
            ? ConnectionSettings(host: request.host, address: request.host, user: "") : try settings(of: request.host)
        let place = Place(host: request.host, isLocal: request.isLocal || settings.kind == .local)
        let connection = link(place).connection { self.connection(place, settings) }
        return try await connection.shell(
            for: try become(request.become, settings: request.isLocal ? try? self.settings(of: request.host) : settings)
        )
    }

    /// One way to a host, for `exec`: a transport without a shell of its own.
    func transport(to host: String) async throws -> any Transport {
        let settings = try settings(of: host)
        return try await transport(Place(host: host, isLocal: settings.kind == .local), settings)
    }

    package func reset(_ host: String) async {
        for isLocal in [false, true] {
            let link = links.withLock { $0[Place(host: host, isLocal: isLocal)] }
            _ = await link?.close()
        }
    }

    package func close() async {
        await endWhatIsLeft()
        let all = links.withLock { links in
            defer { links = [:] }
            return links
        }
        let left = await withTaskGroup(of: String?.self) { group in
            for (place, link) in all { group.addTask { await link.close() ? nil : place.host } }
            return await group.reduce(into: [String]()) { if let host = $1 { $0.append(host) } }.sorted()
        }
        for host in left {
            events.emit(
                .warning(
                    RedactedText(
                        "\(host): its shell could not be ended; it ends by itself within an hour, and keeps the host locked until then: comfyfleet locks break \(host)",
                        secrets: secrets)))
        }
    }

    /// Hosts that had done all before a run was resumed keep a shell of then, and the run's lock with it.
    private func endWhatIsLeft() async {
        await withTaskGroup(of: Void.self) { group in
            for left in checkpoint?.dequeueLeftSessions() ?? [] {
                let words = left.place.split(separator: " ")
                guard let host = words.first.map(String.init), let settings = try? settings(of: host) else { continue }
                let place = Place(host: host, isLocal: words.last == "here")
                let connection = link(place).connection { self.connection(place, settings) }
                group.addTask(executorPreference: loop(for: host)) {
                    await connection.end(
                        left.record, become: Become(identity: left.identity, password: settings.becomePassword))
                }
            }
        }
    }

    package func leave() async {
        let all = links.withLock { links in
            defer { links = [:] }
            return Array(links.values)
        }
        await withTaskGroup(of: Void.self) { group in
            for link in all { group.addTask { await link.leave() } }
        }
    }

    private func link(_ place: Place) -> HostLink {
        links.withLock { links in
            if let link = links[place] { return link }
            let link = HostLink()
            links[place] = link
            return link
        }
    }

    private func connection(_ place: Place, _ settings: ConnectionSettings) -> HostConnection {
        var options = policy.sessionOptions(isJournaled: checkpoint != nil, isLocal: place.isLocal)
        options.prelude = HostLibrary.script
        return HostConnection(
            makeTransport: { try await self.transport(place, settings) }, options: options,
            ledger: checkpoint?.ledger(of: "\(place.host) \(place.isLocal ? "here" : "there")"),
            onLink: { [events, secrets] event in
                if case .notice(let text) = event {
                    return events.emit(.warning(RedactedText("\(place.host): \(text)", secrets: secrets)))
                }
                if let state = RunEvent.LinkState(event, secrets: secrets) {
                    events.emit(.hostLink(host: place.host, state))
                }
            })
    }

    private func transport(_ place: Place, _ settings: ConnectionSettings) async throws -> any Transport {
        if place.isLocal { return LocalTransport() }
        let host = place.host
        if settings.sshCommand != nil {
            events.emit(.hostConnecting(host: host, attempt: 1))
            return try OpenSSHTransport(settings, silence: policy.silence)
        }
        let transport = try await SSHTransport.connect(settings, shared: shared, on: loop(for: host)) {
            [events] attempt in
            events.emit(.hostConnecting(host: host, attempt: attempt))
        }
        events.emit(.hostConnected(host: host))
        return transport
    }

    private func loop(for host: String) -> EventLoop {
        loops.withLock { loops in
            if let loop = loops[host] { return loop }
            let loop = EventLoopGroup.shared.next()
            loops[host] = loop
            return loop
        }
    }

    private func settings(of host: String) throws -> ConnectionSettings {
        let known = resolutions.withLock { $0[host] }
        let resolution: HostResolution
        if let known {
            resolution = known
        } else {
            guard let entry = inventory.hosts[host] else {
                throw Unreachable(.resolve, "'\(host)' is not in the inventory")
            }
            guard let first = try resolver.resolve([entry]).first else {
                throw Unreachable(.resolve, "no credentials for '\(host)'")
            }
            resolution = first
            resolutions.withLock { $0[host] = first }
        }
        if let settings = resolution.settings { return settings }
        let problem = resolution.problems.first { $0.severity == .error }
        throw Unreachable(
            .authentication, problem?.text ?? "its credentials are not complete",
            remedy: problem?.remedy ?? "see comfyfleet resolve")
    }

    private func become(_ request: ShellRequest.Become?, settings: ConnectionSettings?) throws -> Become? {
        guard let request else { return nil }
        let name = request.method ?? settings?.becomeMethod ?? "sudo"
        guard let method = Become.Method(rawValue: name) else {
            throw Unreachable(
                .become, "the become method '\(name)' is not supported",
                remedy: "use one of: \(Become.Method.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return Become(
            method: method, user: request.user ?? settings?.becomeUser ?? "root", password: settings?.becomePassword)
    }
}

/// One host's connection, made by whoever needs it first.
private final class HostLink: Sendable {
    private let open = Mutex<HostConnection?>(nil)

    func connection(_ make: () -> HostConnection) -> HostConnection {
        open.withLock { open in
            if let connection = open { return connection }
            let connection = make()
            open = connection
            return connection
        }
    }

    func close() async -> Bool { await detach()?.close() ?? true }
    func leave() async { await detach()?.leave() }

    private func detach() -> HostConnection? {
        open.withLock { open in
            defer { open = nil }
            return open
        }
    }
}

extension RunEvent.LinkState {
    init?(_ event: LinkEvent, secrets: SecretSet) {
        switch event {
        case .lost(let reason): self = .lost(RedactedText(reason, secrets: secrets).onOneLine())
        case .reconnecting(let attempt): self = .reconnecting(attempt: attempt)
        case .reattached: self = .reattached
        case .gaveUp: self = .gaveUp
        case .notice: return nil
        }
    }
}
