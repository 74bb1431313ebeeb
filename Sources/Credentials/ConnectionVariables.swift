import YAML

/// The variables that say how a host is connected, and whom to become on it, wherever variables may stand.
package enum ConnectionVariables {
    /// Options of ssh's own command line.
    static let arguments = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"]

    /// Each field's, as the documentation of Ansible's ssh and become plugins lists them: of those that are set the
    /// last counts, whatever gave it.
    static let byField: [(field: ConnectionField, names: [String])] = [
        (.connection, ["ansible_connection"]),
        (.address, ["ansible_host", "ansible_ssh_host"]),
        (.user, ["ansible_user", "ansible_ssh_user"]),
        (.port, ["ansible_port", "ansible_ssh_port"]),
        (.identity, ["ansible_private_key_file", "ansible_ssh_private_key_file"]),
        (.passphrase, ["ansible_private_key_passphrase", "ansible_ssh_private_key_passphrase"]),
        (.password, ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"]),
        (.connectTimeout, ["ansible_timeout", "ansible_ssh_timeout"]),
        (.becomeMethod, ["ansible_become_method"]),
    ]

    /// Those of the other identity; each method has names of its own, which count for that method only.
    static func ofBecome(by method: String) -> [(field: ConnectionField, names: [String])] {
        let method = String(method.split(separator: ".").last ?? "")
        return [
            (.becomeUser, ["ansible_become_user", "ansible_\(method)_user"]),
            (.becomePassword, ["ansible_become_password", "ansible_become_pass", "ansible_\(method)_pass"]),
            (.becomeExe, ["ansible_become_exe", "ansible_\(method)_exe"]),
            (.becomeFlags, ["ansible_become_flags", "ansible_\(method)_flags"]),
        ]
    }

    /// All of them.
    package static let names: Set<String> = {
        var names = Set(arguments + byField.flatMap(\.names) + ["ansible_become"])
        for method in ["sudo", "su", "doas"] { names.formUnion(ofBecome(by: method).flatMap(\.names)) }
        return names
    }()

    /// Those that credentials are made of, in one order, so that reports of two runs are alike.
    package static let ofCredentials = names.subtracting(["ansible_become"]).sorted()

    /// Whether it is one of them. Names of all variables are asked about, and few begin like these.
    package static func contain(_ name: String) -> Bool {
        name.utf8.starts(with: "ansible_".utf8) && names.contains(name)
    }

    /// Whether one of them is among these variables.
    package static func occur(in variables: ValueMap) -> Bool {
        variables.pairs.keys.contains { key in
            if case .string(let name, _) = key { contain(name) } else { false }
        }
    }
}

/// What a task's variables say of the connection to a host, where that is not what the host's own in the inventory and
/// the extra variables say.
package struct ConnectionOverrides: Sendable, Hashable {
    package struct Variable: Sendable, Hashable {
        /// Rendered as the task sees it.
        package var value: Value
        package var source: Source
        package init(_ value: Value, from source: Source) {
            self.value = value
            self.source = source
        }
    }
    /// Where a variable stands.
    package enum Source: Sendable, Hashable {
        /// The inventory, in a template that is something else for this task.
        case inventory
        case roleDefaults, play, files, roles, task, facts
        case extra
        /// After the variable's name, in a report.
        var words: String? {
            switch self {
            case .inventory, .extra: nil
            case .roleDefaults: "defaults of a role"
            case .play: "vars of the play"
            case .files: "vars_files of the play"
            case .roles: "vars of a role"
            case .task: "vars of the task"
            case .facts: "set by a task"
            }
        }
    }
    package private(set) var variables: [String: Variable] = [:]

    package init() {}

    package subscript(name: String) -> Variable? {
        get { variables[name] }
        set { variables[name] = newValue }
    }
    package var isEmpty: Bool { variables.isEmpty }
}

/// What a task's keywords say of its connection: they go before the command line, and variables before them.
package struct ConnectionKeywords: Sendable, Hashable {
    package var user: String?
    package var port: Int?
    package init() {}
}
