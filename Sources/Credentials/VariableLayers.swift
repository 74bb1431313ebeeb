import Inventory
import Templating
import YAML

/// Layer 7: the connection variables that the inventory gives a host, with the templates in them rendered.
struct InventoryLayer {
    private var fields: [(field: ConnectionField, value: Value, layer: Layer)] = []
    private(set) var problems: [Problem] = []
    /// `secrets: {provider: …, key: …}`
    private(set) var provider: String?
    private(set) var key: String?

    private static let argumentVariables = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"]

    init(_ host: Inventory.Host, templar: Templar) {
        let scope = HostScope(host: host)
        func value(_ name: String) -> Value? {
            guard let value = host.variables[name], !value.isNull else { return nil }
            guard Templar.holdsTemplate(value) else { return value }
            do {
                let rendered = try templar.render(value, in: scope)
                return rendered.isNull || rendered == .omit ? nil : rendered
            } catch {
                problems.append(.error(nil, "the template in \(name) cannot be rendered: \(error.message)"))
                return nil
            }
        }
        if let secrets = value("secrets")?.map {
            provider = secrets["provider"]?.string
            key = secrets["key"]?.string
        }
        for name in Self.argumentVariables {
            if let arguments = value(name) { put(arguments, from: name) }
        }
        for (field, names) in ConnectionField.inventoryVariables {
            for name in names {
                if let value = value(name) { fields.append((field, value, Layer(.inventory, name))) }
            }
        }
        for (name, refused) in [("ansible_host_key_checking", false), ("ansible_ssh_host_key_checking", false)]
        where host.variables[name]?.bool == refused {
            problems.append(
                .warning(
                    nil, "\(name) is ignored: host keys are always checked",
                    remedy: "add the key to known_hosts, or give --accept-new-host-keys once"))
        }
    }

    func put(on fields: inout LayeredFields) {
        for (field, value, layer) in self.fields { fields.put(field, value, from: layer) }
    }

    private mutating func put(_ value: Value, from name: String) {
        guard let text = value.string else { return }
        let arguments = SSHArguments(text)
        if arguments.isMalformed {
            problems.append(.error(nil, "\(name) is not a list of ssh's options", remedy: "check its quotes"))
        }
        for (field, value) in arguments.fields { fields.append((field, .string(value), Layer(.inventory, name))) }
        for option in arguments.unsupported {
            problems.append(
                .error(
                    nil, "\(name): '\(option)' is not supported by the built-in SSH",
                    remedy: "give these hosts an ssh_command in the vault, such as: ssh -o \(option)=…"))
        }
        for option in arguments.hostKeyOptions {
            problems.append(
                .warning(
                    nil, "\(name): '\(option)' is ignored: host keys are always checked",
                    remedy: "add the key to known_hosts, or give --accept-new-host-keys once"))
        }
    }
}

/// A host's variables as its own templates see them.
private struct HostScope: VariableScope {
    let host: Inventory.Host

    func variable(named name: String) -> Value? {
        switch name {
        case "inventory_hostname": .string(host.name)
        case "inventory_hostname_short": .string(host.shortName)
        case "group_names": .list(host.groupNames.map { .string($0) })
        default: host.variables[name]
        }
    }
    var variableNames: [String] {
        host.variables.names + ["group_names", "inventory_hostname", "inventory_hostname_short"]
    }
}
