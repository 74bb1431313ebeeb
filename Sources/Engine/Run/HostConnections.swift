import Credentials
import Inventory
import Modules
import Redaction
import Remote
import Runs
import SSH
import Synchronization
import Templating

/// The hosts of a run over their transports: libssh2, openssh where the credentials say so, and this machine itself.
package final class HostConnections: FleetConnections {
    private struct Place: Hashable {
        var host: String
        var isLocal: Bool
        /// Where tasks log in otherwise than the host's own variables say; nil for the way that those say.
        var way: ConnectionWay?
        /// In the journal, sealed.
        var name: String {
            let own = "\(host) \(isLocal ? "here" : "there")"
            return way.map { "\(own) \($0.name)" } ?? own
        }
    }
    /// A host's credentials for a task.
    private struct Question: Hashable {
        var host: String
        var overrides: ConnectionOverrides?
    }
    private let resolver: CredentialResolver
    /// Hosts by name, those too that have come during the run.
    private let entries: Mutex<[String: Inventory.Host]>
    private let inventory: Inventory
    private let shared: SSHTransport.Shared
    private let events: RunEvents
    private let checkpoint: RunCheckpoint?
    private let policy: LinkPolicy
    private let secrets: SecretSet
    private let resolutions: Mutex<[Question: HostResolution]>
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
        entries = Mutex([:])
        resolutions = Mutex(
            Dictionary(
                resolved.map { (Question(host: $0.host), $0) }, uniquingKeysWith: { first, _ in first }))
    }

    package var shellsHaveLibrary: Bool { true }

    package func executor(for host: String) -> (any TaskExecutor)? { loop(for: host) }

    package func shell(_ request: ShellRequest) async throws -> any HostShell {
        let place: Place
        let settings: ConnectionSettings
        if request.isLocal {
            settings = ConnectionSettings(host: request.host, address: request.host, user: "")
            place = Place(host: request.host, isLocal: true)
        } else {
            settings = try self.settings(of: request)
            place = self.place(of: request, settings)
        }
        let connection = link(place).connection { self.connection(place, settings) }
        return try await connection.shell(for: try become(request))
    }

    /// Tasks that log in alike share a connection, whatever said so.
    private func place(of request: ShellRequest, _ settings: ConnectionSettings) -> Place {
        let isLocal = settings.kind == .local
        guard !isLocal, request.overrides != nil || request.keywords != nil else {
            return Place(host: request.host, isLocal: isLocal)
        }
        let own = try? resolution(of: ShellRequest(host: request.host)).settings
        let way = ConnectionWay(settings)
        return Place(host: request.host, isLocal: false, way: own.map(ConnectionWay.init) == way ? nil : way)
    }

    /// One way to a host, for `exec`: a transport without a shell of its own.
    func transport(to host: String) async throws -> any Transport {
        let settings = try settings(of: ShellRequest(host: host))
        return try await transport(Place(host: host, isLocal: settings.kind == .local), settings)
    }

    package func update(_ host: Inventory.Host) {
        entries.withLock { $0[host.name] = host }
        resolutions.withLock { known in
            for question in known.keys where question.host == host.name { known[question] = nil }
        }
    }

    package func prepare(_ requests: [ShellRequest]) {
        let questions = requests.map { Question(host: $0.host, overrides: $0.overrides) }
        let known = resolutions.withLock { Set($0.keys) }
        let asked = questions.filter { !known.contains($0) }.compactMap { question in
            (entries.withLock { $0[question.host] } ?? inventory.host(named: question.host)).map {
                CredentialResolver.Question(host: $0, overrides: question.overrides)
            }
        }
        // Where the trail can't be written, the first task finds out.
        guard !asked.isEmpty, let found = try? resolver.resolve(asked) else { return }
        resolutions.withLock { resolutions in
            for (question, resolution) in zip(asked, found) {
                resolutions[Question(host: question.host.name, overrides: question.overrides)] = resolution
            }
        }
    }

    package func reset(_ host: String) async {
        let links = links.withLock { links in links.filter { $0.key.host == host }.map(\.value) }
        for link in links { _ = await link.close() }
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
                guard let host = words.first.map(String.init),
                    var settings = try? settings(of: ShellRequest(host: host))
                else { continue }
                var place = Place(host: host, isLocal: words.count > 1 && words[1] == "here")
                if words.count > 2 {
                    ConnectionWay.apply(String(words[2]), to: &settings)
                    place.way = ConnectionWay(settings)
                }
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
            ledger: checkpoint?.ledger(of: place.name),
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

    private func settings(of request: ShellRequest) throws -> ConnectionSettings {
        let resolution = try resolution(of: request)
        if let settings = request.keywords.map({ resolution.settings(with: $0) }) ?? resolution.settings {
            return settings
        }
        let problem = resolution.problems.first { $0.severity == .error }
        throw Unreachable(
            .authentication, problem?.text ?? "its credentials are not complete",
            remedy: problem?.remedy ?? "see comfyfleet resolve")
    }

    private func resolution(of request: ShellRequest) throws -> HostResolution {
        let question = Question(host: request.host, overrides: request.overrides)
        if let known = resolutions.withLock({ $0[question] }) { return known }
        let host = request.host
        guard let entry = entries.withLock({ $0[host] }) ?? inventory.host(named: host) else {
            throw Unreachable(.resolve, "'\(host)' is not in the inventory")
        }
        guard let first = try resolver.resolve([entry], request.overrides).first else {
            throw Unreachable(.resolve, "no credentials for '\(host)'")
        }
        resolutions.withLock { $0[question] = first }
        return first
    }

    /// Variables of the connection say more than a task's keywords, and those more than the command line.
    private func become(_ request: ShellRequest) throws -> Become? {
        guard let asked = request.become else { return nil }
        let resolution = request.isLocal ? try? resolution(of: request) : try resolution(of: request)
        let settings = resolution?.settings
        func choice(_ field: ConnectionField, _ asked: String?, _ known: String?) -> String? {
            resolution?.isGivenByVariable(field) ?? false ? known : asked ?? known
        }
        let name = choice(.becomeMethod, asked.method, settings?.becomeMethod) ?? "sudo"
        guard let method = Become.Method(rawValue: String(name.split(separator: ".").last ?? "")) else {
            throw Unreachable(
                .become, "the become method '\(name)' is not supported",
                remedy: "use one of: \(Become.Method.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        func words(_ field: ConnectionField, _ asked: String?, _ known: [String]?) throws -> [String]? {
            guard let asked, !(resolution?.isGivenByVariable(field) ?? false) else { return known }
            do { return try ShellWords.split(asked).map(\.text) } catch {
                throw Unreachable(.become, "\(field.rawValue) is not a list of words", remedy: "check its quotes")
            }
        }
        return Become(
            method: method, user: choice(.becomeUser, asked.user, settings?.becomeUser) ?? "root",
            password: settings?.becomePassword, exe: try words(.becomeExe, asked.exe, settings?.becomeExe),
            flags: try words(.becomeFlags, asked.flags, settings?.becomeFlags))
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
