import Audit
import Glibc
import Inventory
import Redaction
import Synchronization
import Templating
import Vault
import YAML

/// Finds out how each host is to be reached: layers on top of each other, and what is wrong with the outcome.
///
/// Nothing here opens a connection. Vault providers are read once, identity files are looked at once, however many
/// hosts there are.
package final class CredentialResolver: Sendable {
    package struct Options: Sendable {
        /// Fields from the command line, with the option that gave each.
        package var commandLine: [(field: ConnectionField, value: Value, option: String)] = []
        /// `-e`: their connection variables go before all else.
        package var extraVariables = ValueMap()
        /// Fields from Ansible's settings, with the setting that gave each: above what is built in, below all else.
        package var settings: [(field: ConnectionField, value: Value, setting: String)] = []
        /// The inventory's hosts without a `secrets:` block are looked up in this provider.
        package var defaultProvider = "remote_installer"
        package var home: String
        package var loginName: String
        /// OpenSSH's own configuration of the system; the user's is below `home`.
        package var systemSSHConfiguration = "/etc/ssh/ssh_config"
        /// `SSH_AUTH_SOCK` of this process, if it is set.
        package var agentSocket: String?

        /// - Parameter environment: of this process, for the home folder, the login's name and the agent.
        package init(environment: [String: String]) {
            let account = getpwuid(geteuid())
            home = environment["HOME"] ?? account.map { String(cString: $0.pointee.pw_dir) } ?? "/"
            loginName = account.map { String(cString: $0.pointee.pw_name) } ?? environment["LOGNAME"] ?? ""
            agentSocket = environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// What can be checked before the first connection; each is the SSH library's own knowledge.
    package struct Checks: Sendable {
        package var keys: KeyInspector
        /// Whether a host key is known for what is connected to; nil leaves it unchecked (as with
        /// `--accept-new-host-keys`).
        package var knowsHostKey: (@Sendable (ConnectionSettings) -> Bool)?

        package init(keys: KeyInspector, knowsHostKey: (@Sendable (ConnectionSettings) -> Bool)?) {
            self.keys = keys
            self.knowsHostKey = knowsHostKey
        }
    }

    private let vault: VaultReader
    private let secrets: SecretSet
    private let audit: AuditLog
    private let templar: Templar
    private let options: Options
    private let knowsHostKey: (@Sendable (ConnectionSettings) -> Bool)?
    private let identities: IdentityFiles
    private let standardKeys: [String]
    /// By the file that `-F` names; nil are ssh's own.
    private let sshConfigurations = Mutex([String?: Result<SSHConfiguration, SSHConfigurationError>]())
    private let providers = Mutex([String: Result<VaultLayers, VaultError>]())

    /// - Parameter templar: renders templates in the inventory's connection variables; its `secret` should be
    ///   `vault`'s.
    package init(
        vault: VaultReader, secrets: SecretSet, audit: AuditLog, templar: Templar, options: Options, checks: Checks
    ) {
        self.vault = vault
        self.secrets = secrets
        self.audit = audit
        self.templar = templar
        self.options = options
        knowsHostKey = checks.knowsHostKey
        identities = IdentityFiles(checks.keys)
        // In the order in which ssh tries them, without the types that nobody has made for a decade.
        standardKeys = ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(options.home)/.ssh/\($0)" }.filter {
            access($0, R_OK) == 0
        }
    }

    /// All hosts of a command at once: the audit entries are written in one go, before the outcome is given to anybody.
    ///
    /// - Parameter overrides: what a task's variables say of the connection, besides the hosts' own.
    /// - Throws: when the audit entries cannot be written. What is wrong with a host is in its `problems`.
    package func resolve(
        _ hosts: [Inventory.Host], _ overrides: ConnectionOverrides? = nil
    ) throws -> [HostResolution] {
        try resolve(hosts.map { Question(host: $0, overrides: overrides) })
    }

    /// A host as a play or a task has it.
    package struct Question: Sendable {
        package var host: Inventory.Host
        package var overrides: ConnectionOverrides?
        package var keywords: ConnectionKeywords?
        /// Its title, for a report.
        package var play: String?
        /// Why a variable of it is not known.
        package var unknown: String?
        package init(host: Inventory.Host, overrides: ConnectionOverrides? = nil) {
            self.host = host
            self.overrides = overrides
        }
    }

    package func resolve(_ questions: [Question]) throws -> [HostResolution] {
        let resolutions = questions.map { question in
            var resolution = resolve(question.host, question.overrides)
            resolution.play = question.play
            if let keywords = question.keywords { resolution.apply(keywords) }
            if let unknown = question.unknown {
                resolution.problems.append(.warning(nil, "not known before the run: \(unknown)"))
            }
            return resolution
        }
        try ResolutionAudit(secrets: secrets).write(resolutions, to: audit)
        return resolutions
    }

    /// The vault's layers, the environment's and the command line's for a host that no inventory knows, as an API's
    /// request gives it; values as configured.
    package func fields(
        host: String, provider: String, key: String?, request: ValueMap
    ) throws(VaultError) -> [ConnectionField: Value] {
        var fields = LayeredFields()
        try layers(of: provider).get().put(on: &fields, key: key, host: host)
        fields.put(ConnectionBlock(request), from: Layer(.commandLine, "request"))
        return fields.fields.mapValues(\.value)
    }

    private func resolve(_ host: Inventory.Host, _ overrides: ConnectionOverrides?) -> HostResolution {
        let inventory = VariableLayers(host, overrides, extra: options.extraVariables, templar: templar)
        var problems = inventory.problems
        var fields = LayeredFields()
        fields.put(.connection, .string("ssh"), from: .builtin)
        fields.put(.address, .string(host.name), from: .inventoryName)
        fields.put(.port, .int(22), from: .builtin)
        fields.put(.connectTimeout, .int(10), from: .builtin)
        fields.put(.becomeMethod, .string("sudo"), from: .builtin)
        for (field, value, setting) in options.settings { fields.put(field, value, from: Layer(.builtin, setting)) }

        let provider = inventory.provider ?? options.defaultProvider
        switch layers(of: provider) {
        case .success(let vault):
            vault.put(on: &fields, key: inventory.key, host: host.name)
            if inventory.provider != nil, !vault.isPresent {
                problems.append(
                    .error(
                        nil, "the vault has no provider '\(provider)', which the inventory names in secrets",
                        remedy: "comfyfleet vault set \(provider) defaults.user, or correct the name"))
            } else if let key = inventory.key, !vault.knows(key) {
                problems.append(
                    .warning(
                        nil, "the vault has no block for the key '\(key)', which the inventory names in secrets",
                        remedy: "comfyfleet vault set \(provider) hosts.\(key).user, or correct the key"))
            }
            if !vault.unknownNames.isEmpty {
                let names = vault.unknownNames.map { "'\($0)'" }.joined(separator: ", ")
                problems.append(
                    .warning(
                        nil,
                        "the defaults of provider '\(provider)' have fields that say nothing about connecting: \(names)",
                        remedy: "correct or remove them"))
            }
        case .failure(let error):
            problems.append(
                .error(nil, error.path.map { "\($0): \(error.problem)" } ?? error.problem, remedy: error.remedy))
        }
        inventory.put(on: &fields, commandLine: options.commandLine)

        // ssh itself reads its configuration.
        let isSSH = (fields[.connection]?.value.string).flatMap(ConnectionSettings.Kind.init(named:)) == .ssh
        var ssh: SSHConfigurationLayer?
        if isSSH, fields[.sshCommand] == nil {
            switch sshConfiguration(file: inventory.sshConfigurationFile) {
            case .success(let configuration):
                ssh = SSHConfigurationLayer(
                    configuration, host: host.name, fields: fields, options: inventory.sshOptions)
                ssh?.put(on: &fields)
            case .failure(let error): problems.append(.error(nil, error.problemAtPlace, remedy: error.remedy))
            }
        }

        var reader = SettingsReader(fields)
        var settings = reader.read(host: host.name, home: options.home) { field, secret in
            // The vault's values have joined already, under their own label.
            if fields[field]?.layer.rank ?? .builtin >= .inventory {
                secrets.insert(secret, label: "\(host.name).\(field.rawValue)")
            }
        }
        problems += reader.problems
        settings.isUserGiven = fields[.user] != nil
        settings.isPortGiven = fields[.port].map { $0.layer.rank > .builtin } ?? false
        ssh?.complete(&settings, &fields)
        problems += ssh?.problems ?? []
        if settings.kind == .ssh { problems += complete(&settings, &fields, provider: provider) }
        let failed = problems.contains { $0.severity == .error }
        return HostResolution(
            host: host.name, provider: provider, key: inventory.key, fields: fields, problems: problems,
            settings: failed ? nil : settings)
    }

    /// Fills in what ssh would, and looks at the key and the host key.
    private func complete(
        _ settings: inout ConnectionSettings, _ fields: inout LayeredFields, provider: String
    ) -> [Problem] {
        var problems: [Problem] = []
        if fields[.user] == nil {
            settings.user = options.loginName
            fields.put(.user, .string(options.loginName), from: .loginName)
            problems.append(
                .warning(
                    .user, "no layer gives a user; the login name of this user is taken, as ssh does",
                    remedy: "comfyfleet vault set \(provider) defaults.user, or ansible_user in the inventory"))
        }
        let builtInSSH = settings.sshCommand == nil
        if !builtInSSH {
            for (field, secret) in [(ConnectionField.password, settings.password), (.passphrase, settings.passphrase)]
            where secret != nil {
                problems.append(
                    Problem.error(
                        field, "an ssh_command cannot be given one",
                        remedy: "use a key or an agent with it, or leave ssh_command out"
                    ).about(field, from: fields[field]?.layer))
            }
        }
        if let path = settings.identity, let source = fields[.identity]?.layer {
            if !path.isEmpty {
                problems += identities.problems(
                    path, passphrase: settings.passphrase, source: source, builtInSSH: builtInSSH)
            }
        } else if settings.password == nil, builtInSSH, fields[.identity] == nil {
            if standardKeys.isEmpty, options.agentSocket == nil {
                problems.append(
                    .error(
                        .identity,
                        "no layer gives an identity or a password, and there is neither a standard key in ~/.ssh nor an agent",
                        remedy: "comfyfleet vault set \(provider) defaults.identity (the path of a private key)"))
            } else {
                settings.standardIdentities = standardKeys
                fields.put(.identity, .list(standardKeys.map { .string($0) }), from: .standardKeys)
            }
        }
        if builtInSSH, let knowsHostKey, !settings.address.isEmpty, !knowsHostKey(settings) {
            problems.append(
                .error(
                    nil, "the host's key is not in known_hosts",
                    remedy:
                        "check its fingerprint and add it to ~/.ssh/known_hosts or config/known_hosts (ssh-keyscan), or give --accept-new-host-keys once"
                ))
        }
        return problems
    }

    private func sshConfiguration(file: String?) -> Result<SSHConfiguration, SSHConfigurationError> {
        sshConfigurations.withLock { known in
            if let configuration = known[file] { return configuration }
            let configuration: Result<SSHConfiguration, SSHConfigurationError>
            do throws(SSHConfigurationError) {
                configuration = .success(
                    try SSHConfiguration(
                        file: file, home: options.home, loginName: options.loginName,
                        system: options.systemSSHConfiguration))
            } catch {
                configuration = .failure(error)
            }
            known[file] = configuration
            return configuration
        }
    }

    private func layers(of provider: String) -> Result<VaultLayers, VaultError> {
        providers.withLock { known in
            if let layers = known[provider] { return layers }
            let layers: Result<VaultLayers, VaultError>
            do throws(VaultError) { layers = .success(VaultLayers(try vault.layers(of: provider))) } catch {
                layers = .failure(error)
            }
            known[provider] = layers
            return layers
        }
    }
}
