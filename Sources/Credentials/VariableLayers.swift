import Inventory
import Templating
import YAML

/// The connection variables of a host: the inventory's, what a task's variables say over them, and extra variables
/// before all.
struct VariableLayers {
    private struct Said {
        var value: Value
        var layer: Layer
    }
    /// What gives each variable, the one that counts last.
    private var variables: [String: [Said]] = [:]
    /// What ssh's arguments say, in their order.
    private var arguments: [(field: ConnectionField, said: Said)] = []
    /// Lines before ssh's configuration, and the file in its place.
    private(set) var sshOptions: [(name: String, value: String)] = []
    private(set) var sshConfigurationFile: String?
    private(set) var problems: [Problem] = []
    /// `secrets: {provider: …, key: …}`
    private(set) var provider: String?
    private(set) var key: String?

    /// - Parameters:
    ///   - overrides: what a task's variables say besides; rendered already.
    ///   - extra: extra variables; templates in them see the host's variables.
    init(_ host: Inventory.Host, _ overrides: ConnectionOverrides?, extra: ValueMap, templar: Templar) {
        let scope = InventoryScope(host: host, extra: extra)
        func rendered(_ value: Value, _ name: String) -> Value? {
            guard Templar.holdsTemplate(value) else { return value }
            do {
                let rendered = try templar.render(value, in: scope)
                return rendered.isNull || rendered == .omit ? nil : rendered
            } catch {
                problems.append(.error(nil, "the template in \(name) cannot be rendered: \(error.message)"))
                return nil
            }
        }
        if let secrets = host.variables["secrets"].flatMap({ rendered($0, "secrets") })?.map {
            provider = secrets["provider"]?.string
            key = secrets["key"]?.string
        }
        for name in ConnectionVariables.ofCredentials {
            let inventory = host.variables[name].flatMap { $0.isNull ? nil : $0 }
            // What does not count is only named, and needs no rendering.
            let shadowed = inventory.map { [Said(value: $0, layer: Layer(.inventory, name))] } ?? []
            if let said = overrides?[name] {
                let winner = Said(value: said.value, layer: Layer(name, from: said.source))
                variables[name] = (said.source == .inventory ? [] : shadowed) + [winner]
            } else if let value = extra[name], !value.isNull {
                if let value = rendered(value, name) {
                    variables[name] = shadowed + [Said(value: value, layer: Layer(.extraVariables, name))]
                }
            } else if let inventory, let value = rendered(inventory, name) {
                variables[name] = [Said(value: value, layer: Layer(.inventory, name))]
            }
        }
        for name in ConnectionVariables.arguments { if let said = variables[name]?.last { put(said, from: name) } }
        for name in ["ansible_host_key_checking", "ansible_ssh_host_key_checking"]
        where (extra[name] ?? host.variables[name])?.bool == false {
            problems.append(
                .warning(
                    nil, "\(name) is ignored: host keys are always checked",
                    remedy: "add the key to known_hosts, or give --accept-new-host-keys once"))
        }
    }

    /// Extra variables go before the command line, which goes before all other variables. Of the variables of one field
    /// that are set, the last name counts, whatever gave it: so Ansible has it.
    func put(
        on fields: inout LayeredFields, commandLine: [(field: ConnectionField, value: Value, option: String)]
    ) {
        var before: [(field: ConnectionField, said: Said)] = []
        var after: [(field: ConnectionField, said: Said)] = []
        func add(_ field: ConnectionField, _ said: [Said]) {
            for (index, one) in said.enumerated() {
                if index == said.count - 1, one.layer.rank == .extraVariables {
                    after.append((field, one))
                } else {
                    before.append((field, one))
                }
            }
        }
        var byField: [ConnectionField: [Said]] = [:]
        for (field, said) in arguments { byField[field, default: []].append(said) }
        for (field, names) in ConnectionVariables.byField {
            byField[field, default: []] += names.flatMap { variables[$0] ?? [] }
        }
        let method =
            variables["ansible_become_method"]?.last?.value.string
            ?? commandLine.first { $0.field == .becomeMethod }?.value.string ?? fields[.becomeMethod]?.value.string
        for (field, names) in ConnectionVariables.ofBecome(by: method ?? "sudo") {
            byField[field, default: []] += names.flatMap { variables[$0] ?? [] }
        }
        for field in ConnectionField.allCases { if let said = byField[field] { add(field, said) } }
        for (field, said) in before { fields.put(field, said.value, from: said.layer) }
        for (field, value, option) in commandLine { fields.put(field, value, from: Layer(.commandLine, option)) }
        for (field, said) in after { fields.put(field, said.value, from: said.layer) }
    }

    private mutating func put(_ said: Said, from name: String) {
        guard let text = said.value.string else { return }
        let parsed = SSHArguments(text)
        if parsed.isMalformed {
            problems.append(.error(nil, "\(name) is not a list of ssh's options", remedy: "check its quotes"))
        }
        for (field, value) in parsed.fields {
            arguments.append((field, Said(value: .string(value), layer: said.layer)))
        }
        if parsed.decidesHere {
            // A template's result, and what a client of the API gave, are data.
            if said.value.provenance.isTrusted {
                sshOptions += parsed.options
                sshConfigurationFile = parsed.configurationFile ?? sshConfigurationFile
            } else {
                problems.append(
                    .error(
                        nil, "\(name): -F, ProxyCommand and the like count only where they are written out",
                        remedy: "write it without a template, or into ~/.ssh/config"))
            }
        }
        for option in parsed.unsupported {
            problems.append(
                .error(
                    nil, "\(name): '\(option)' is not supported by the built-in SSH",
                    remedy: "give these hosts an ssh_command in the vault, such as: ssh -o \(option)=…"))
        }
        for option in parsed.hostKeyOptions {
            problems.append(
                .warning(
                    nil, "\(name): '\(option)' is ignored: host keys are always checked",
                    remedy: "add the key to known_hosts, or give --accept-new-host-keys once"))
        }
    }
}

extension Layer {
    /// Of a connection variable, by where it stands.
    init(_ variable: String, from source: ConnectionOverrides.Source) {
        switch source {
        case .inventory: self.init(.inventory, variable)
        case .extra: self.init(.extraVariables, variable)
        default: self.init(.playbook, source.words.map { "\(variable) (\($0))" } ?? variable)
        }
    }
}

/// A host's variables as the templates of its connection see them, as long as no task says more.
package struct InventoryScope: VariableScope {
    private let host: Inventory.Host
    private let extra: ValueMap

    package init(host: Inventory.Host, extra: ValueMap) {
        self.host = host
        self.extra = extra
    }

    package func variable(named name: String) -> Value? {
        switch name {
        case "inventory_hostname": .string(host.name)
        case "inventory_hostname_short": .string(host.shortName)
        case "group_names": .list(host.groupNames.map { .string($0) })
        default: extra[name] ?? host.variables[name]
        }
    }
    package var variableNames: [String] {
        host.variables.names + extra.names + ["group_names", "inventory_hostname", "inventory_hostname_short"]
    }
}
