/// One thing that must be known to reach a host. The raw value is its name in the vault.
package enum ConnectionField: String, Sendable, CaseIterable, Hashable {
    case connection, address, user, port, identity, passphrase, password
    case sshCommand = "ssh_command"
    case scpCommand = "scp_command"
    case connectTimeout = "connect_timeout"
    case env
    case becomeUser = "become_user"
    case becomePassword = "become_password"
    case becomeMethod = "become_method"
    case proxyJump = "proxy_jump"

    /// Fields that a vault may give, by every name that they have there; where an address leads is the inventory's
    /// business.
    static let vaultNames: [String: ConnectionField] = {
        var names = Dictionary(
            uniqueKeysWithValues: allCases.filter { $0 != .connection && $0 != .address }.map { ($0.rawValue, $0) })
        names["username"] = .user
        names["identity_file"] = .identity
        names["timeout"] = .connectTimeout
        return names
    }()

    /// The inventory's variables for each field, as the documentation of Ansible's ssh and sudo plugins lists them: the
    /// last one that is set counts.
    static let inventoryVariables: [(field: ConnectionField, names: [String])] = [
        (.connection, ["ansible_connection"]),
        (.address, ["ansible_host", "ansible_ssh_host"]),
        (.user, ["ansible_user", "ansible_ssh_user"]),
        (.port, ["ansible_port", "ansible_ssh_port"]),
        (.identity, ["ansible_private_key_file", "ansible_ssh_private_key_file"]),
        (.passphrase, ["ansible_private_key_passphrase", "ansible_ssh_private_key_passphrase"]),
        (.password, ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"]),
        (.connectTimeout, ["ansible_timeout", "ansible_ssh_timeout"]),
        (.becomeUser, ["ansible_become_user", "ansible_sudo_user"]),
        (.becomePassword, ["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"]),
        (.becomeMethod, ["ansible_become_method"]),
    ]

    /// Its value opens something, so it is searched for in output wherever it comes from.
    var isSecret: Bool { self == .passphrase || self == .password || self == .becomePassword }
}
