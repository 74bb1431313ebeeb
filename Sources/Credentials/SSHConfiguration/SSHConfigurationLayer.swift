import YAML

/// What OpenSSH's configuration says of a host, put where it stands among the other layers: above what is built in, and
/// below the vault.
///
/// ssh looks a host up by the name that it is asked for, which may come from any layer, and takes `HostName` for the
/// address then: so this is done when the other layers are known.
struct SSHConfigurationLayer {
    private let configuration: SSHConfiguration
    private let said: SSHHostSettings
    private(set) var problems: [Problem] = []

    /// - Parameters:
    ///   - fields: what the other layers say.
    ///   - options: of ssh's arguments (`-o`).
    init(
        _ configuration: SSHConfiguration, host: String, fields: LayeredFields,
        options: [(name: String, value: String)] = []
    ) {
        self.configuration = configuration
        let port = fields[.port].flatMap { $0.layer.rank == .builtin ? nil : $0.value.int }
        said = configuration.settings(
            for: fields[.address]?.value.string ?? host, user: fields[.user]?.value.string, port: port,
            options: options)
        for (name, place) in said.passedOver {
            problems.append(
                .warning(
                    nil, "\(place): \(name) is not followed by the built-in SSH",
                    remedy: "use ssh_command: ssh for hosts that need it, or leave it out for them"))
        }
        if let strict = said.strictHostKeyChecking,
            ["no", "off", "accept-new", "false"].contains(strict.value.lowercased())
        {
            problems.append(
                .warning(
                    nil, "\(strict.place): StrictHostKeyChecking is ignored: host keys are always checked",
                    remedy: "add the key to known_hosts, or give --accept-new-host-keys once"))
        }
    }

    func put(on fields: inout LayeredFields) {
        func layer(_ place: SSHConfigurationPlace) -> Layer {
            Layer(.sshConfiguration, "\(place)")
        }
        if let user = said.user { fields.insert(.user, .string(user.value), from: layer(user.place)) }
        if let port = said.port { fields.insert(.port, .string(port.value), from: layer(port.place)) }
        if let timeout = said.connectTimeout {
            fields.insert(.connectTimeout, .int(timeout.value), from: layer(timeout.place))
        }
        if let jump = said.proxyJump { fields.insert(.proxyJump, .string(jump.value), from: layer(jump.place)) }
        if let name = said.hostName { fields.put(.address, .string(name.value), from: layer(name.place)) }
    }

    /// - Parameter fields: with what `put` has put there.
    mutating func complete(_ settings: inout ConnectionSettings, _ fields: inout LayeredFields) {
        do throws(SSHConfigurationError) {
            settings.ssh = try said.details()
            // Jump hosts that another layer names go before a command of the configuration.
            if let jump = settings.proxyJump {
                settings.ssh.proxyCommand = nil
                settings.jumps = try configuration.jumps(jump, user: settings.user)
            }
        } catch {
            problems.append(.error(nil, error.problemAtPlace, remedy: error.remedy))
        }
        guard settings.identity == nil, let first = said.identityFiles.first else { return }
        let present = said.presentIdentities
        settings.standardIdentities = present
        fields.put(
            .identity, .list(said.identityFiles.map { .string($0.value) }),
            from: Layer(.sshConfiguration, "\(first.place)"))
        if present.isEmpty {
            problems.append(
                .warning(
                    .identity, "none of the keys that ssh's configuration names is there to be read",
                    remedy: "correct IdentityFile at \(first.place), or put the key there"))
        }
    }
}
