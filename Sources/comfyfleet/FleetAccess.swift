import AnsibleVault
import Audit
import Credentials
import Engine
import Inventory
import Redaction
import Remote
import SSH
import Settings
import Synchronization
import Templating
import Vault
import YAML

/// What commands that reach hosts share: the open vault, the resolver of credentials, and the way to connect.
struct FleetAccess: Sendable {
    let vault: VaultReader
    let resolver: CredentialResolver
    /// Of playbooks and inventories; it reaches the vault.
    let templar: Templar
    private let ssh: SSHTransport.Shared
    private let read = SecretsRead()

    /// - Parameter extra: extra variables: those of them that say how to connect go before all else.
    init(
        _ store: SecretStore, _ audit: AuditLog, _ options: ConnectionOptions,
        _ configuration: AnsibleConfiguration = AnsibleConfiguration(), extra: ValueMap = [:],
        vaults: VaultKeyring = .empty
    ) async throws {
        let environment = VaultSession.environment
        let vault = try await store.reader()
        self.vault = vault
        var templates = TemplateEnvironment()
        templates.secret = { [read] provider, fields in
            try read.note(provider, fields)
            return try vault.secret(provider, fields)
        }
        templates.environment = { EnvironmentVariable.value($0, in: environment) }
        templates.secrets = ComfyFleet.secrets
        templates.ansibleVault = vaults
        var settings = CredentialResolver.Options(environment: environment)
        settings.commandLine = try options.layer()
        settings.extraVariables = CredentialVariables.known(in: extra)
        settings.settings = configuration.connectionFields
        // As ssh does that does not check: what is new is remembered with what the user's own ssh knows.
        let believed = configuration.believesUnknownHosts ? "~/.ssh/known_hosts" : nil
        let hostKeys = try HostKeyStore(acceptNewInto: options.acceptNewHostKeys ? "config/known_hosts" : believed)
        var ssh = SSHTransport.Shared(hostKeys: hostKeys, agentSocket: settings.agentSocket)
        // A server that accepts and then says nothing has no more time than one that does not answer.
        if let seconds = options.connectTimeout { ssh.limits.handshakeTimeout = .seconds(seconds) }
        self.ssh = ssh
        templar = Templar(environment: templates)
        let knowsHostKey: @Sendable (ConnectionSettings) -> Bool = { settings in
            let place = HostKeyPlace(alias: settings.ssh.hostKeyAlias, files: settings.ssh.knownHostsFiles)
            return (try? hostKeys.keyTypes(host: settings.address, port: settings.port, place: place).isEmpty) == false
        }
        let checks = CredentialResolver.Checks(
            keys: Self.keys, knowsHostKey: options.acceptNewHostKeys || believed != nil ? nil : knowsHostKey)
        resolver = CredentialResolver(
            vault: vault, secrets: ComfyFleet.secrets, audit: audit, templar: templar, options: settings, checks: checks
        )
    }

    /// The hosts' credentials; that they were resolved is in the audit trail, and what is secret in them is known, when
    /// this returns.
    func resolve(_ hosts: [String], of inventory: Inventory) throws -> [HostResolution] {
        try resolver.resolve(hosts.compactMap { inventory.hosts[$0] })
    }

    /// The connections of a run.
    func connections(
        to resolved: [HostResolution], of inventory: Inventory, events: RunEvents, checkpoint: RunCheckpoint? = nil,
        policy: LinkPolicy = LinkPolicy()
    ) -> HostConnections {
        HostConnections(
            resolved, of: inventory, resolver: resolver, shared: ssh, events: events, secrets: ComfyFleet.secrets,
            checkpoint: checkpoint, policy: policy)
    }

    /// From now on, what playbooks read of the vault is noted there. What an earlier process of the run has read joins
    /// the secrets of this one:
    /// results that it left may hold it.
    func remember(in checkpoint: RunCheckpoint) throws {
        try read.remember(in: checkpoint)
        for path in checkpoint.earlier.secrets { _ = try? vault.secret(path[0], Array(path.dropFirst())) }
    }

    /// Connects and authenticates by the transport that the settings ask for. Throws `Unreachable` or
    /// `CancellationError`.
    func connect(_ settings: ConnectionSettings) async throws -> any Transport {
        if settings.kind == .local { return LocalTransport() }
        if settings.sshCommand != nil { return try OpenSSHTransport(settings) }
        return try await SSHTransport.connect(settings, shared: ssh)
    }

    private static let keys = KeyInspector { path, passphrase in
        do throws(IdentityFile.Failure) {
            let found = try IdentityFile.inspect(path).get()
            if found.isUsable == false { return .unsupported(type: found.type ?? "unknown") }
            guard found.isEncrypted || found.type == nil else { return .usable }
            _ = try IdentityFile.load(path, passphrase: passphrase)
            return .usable
        } catch {
            switch error {
            case .encrypted: return .needsPassphrase
            case .wrongPassphrase: return .wrongPassphrase
            case .unsupported(let kind): return .unsupported(type: kind)
            case .missing, .unreadable, .damaged: return .notAKey
            }
        }
    }
}

/// Which values of the vault a run's templates have read.
private final class SecretsRead: Sendable {
    private struct State {
        var checkpoint: RunCheckpoint?
        /// Read before there was a checkpoint.
        var early: [(provider: String, fields: [String])] = []
    }
    private let state = Mutex(State())

    func note(_ provider: String, _ fields: [String]) throws {
        let checkpoint = state.withLock { state in
            if state.checkpoint == nil { state.early.append((provider, fields)) }
            return state.checkpoint
        }
        try checkpoint?.noteSecret(provider, fields)
    }

    func remember(in checkpoint: RunCheckpoint) throws {
        let early = state.withLock { state in
            state.checkpoint = checkpoint
            return state.early
        }
        for (provider, fields) in early { try checkpoint.noteSecret(provider, fields) }
    }
}
