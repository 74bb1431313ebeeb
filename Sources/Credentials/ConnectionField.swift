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
    case becomeExe = "become_exe"
    case becomeFlags = "become_flags"
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

    /// Its value opens something, so it is searched for in output wherever it comes from.
    var isSecret: Bool { self == .passphrase || self == .password || self == .becomePassword }
}
