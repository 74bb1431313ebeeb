import ArgumentParser
import Credentials
import Redaction
import Settings
import YAML

/// Ansible's settings of a command: what the configuration file and the environment say. The options are those that
/// `comfyfleet ansible-playbook` and its kin hand on, and that a resumed run has from them.
struct SettingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A setting by Ansible's name of it: NAME=text.", visibility: .hidden)) var setting:
        [String] = []
    @Flag(help: ArgumentHelp("Print and end as ansible-playbook does.", visibility: .hidden)) var asAnsible = false
    @Option(help: ArgumentHelp("The module of a play that is made of it, for the pattern.", visibility: .hidden))
    var adHoc: String?
    @Option(help: ArgumentHelp("Its arguments.", visibility: .hidden)) var adHocArguments = ""
    @Option(help: ArgumentHelp("The callback that prints.", visibility: .hidden)) var callback: String?

    func configuration() throws -> AnsibleConfiguration {
        var configuration = try AnsibleConfiguration(environment: VaultSession.environment)
        for text in setting {
            guard let equals = text.firstIndex(of: "=") else { continue }
            try configuration.set(named: String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        return configuration
    }

    /// Says which file was read, and what of it has no effect.
    func report(_ configuration: AnsibleConfiguration) {
        guard !asAnsible else { return }
        if let file = configuration.file { Output.print("settings of \(redacted(file)) count", to: .stderr) }
        for warning in configuration.warnings { Output.print("warning: \(redacted(warning))", to: .stderr) }
    }
}

extension AnsibleConfiguration {
    /// What they say of connections.
    var connectionFields: [(field: ConnectionField, value: Value, setting: String)] {
        var fields: [(ConnectionField, Value, String)] = []
        func add(_ field: ConnectionField, _ value: Value?, _ setting: String) {
            if let value { fields.append((field, value, setting)) }
        }
        add(.user, self.remoteUser.map { .string($0) }, "remote_user")
        add(.port, self.remotePort.map { .int($0) }, "remote_port")
        add(.identity, self.privateKeyFile.map { .string($0.path) }, "private_key_file")
        add(.connectTimeout, (self.sshTimeout ?? given(\.timeout)).map { .int($0) }, "timeout")
        let transport = given(\.connection).map { $0 == "smart" ? "ssh" : $0 }
        add(.connection, transport.map { .string($0) }, "transport")
        add(.becomeUser, self.becomeUser.map { .string($0) }, "become_user")
        add(.becomeMethod, self.becomeMethod.map { .string($0) }, "become_method")
        add(.becomeExe, self.becomeExecutable.map { .string($0) }, "become_exe")
        add(.becomeFlags, self.becomeFlags.map { .string($0) }, "become_flags")
        return fields
    }

    /// Whether unknown host keys are believed.
    var believesUnknownHosts: Bool { !(self.checksSSHHostKeys ?? self.checksHostKeys) }
}
