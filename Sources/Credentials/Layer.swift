/// Where a field's value comes from, lowest first: a later layer goes before an earlier one.
package struct Layer: Sendable, Hashable, Comparable {
    package enum Rank: Int, Sendable, Hashable, Comparable, CaseIterable {
        case builtin = 1
        case sshConfiguration
        case vaultDefaults, vaultHost, vaultBlock, vaultDirect, environment, inventory, playbook, commandLine
        case extraVariables
        package static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }
    package let rank: Rank
    /// The name in front of which people look it up: `hosts.gpu01`, `COMFYVN_SECRET_REMOTE_INSTALLER_USER`,
    /// `ansible_user`.
    package let name: String
    /// As `name`, with what differs from host to host replaced by what it stands for: `hosts.<host>`.
    package let pattern: String

    init(_ rank: Rank, _ name: String, pattern: String? = nil) {
        self.rank = rank
        self.name = name
        self.pattern = pattern ?? name
    }

    package static func < (left: Layer, right: Layer) -> Bool { left.rank < right.rank }

    static let builtin = Layer(.builtin, "built-in default")
    static let loginName = Layer(.builtin, "login name of this user")
    static let inventoryName = Layer(.builtin, "the inventory's name for it")
    static let standardKeys = Layer(.builtin, "standard keys and agent")

    /// What the ranks are, for the legend of a report.
    package static func explanation(_ rank: Rank, provider: String) -> String {
        switch rank {
        case .builtin: "what holds when nothing is said"
        case .sshConfiguration: "OpenSSH's configuration for the host (~/.ssh/config)"
        case .vaultDefaults: "vault: defaults of the provider"
        case .vaultHost: "vault: hosts.<key>, else hosts.<host>, else hosts.default"
        case .vaultBlock: "vault: a block of that name directly in the provider"
        case .vaultDirect: "vault: a field directly in the provider"
        case .environment: "this process's environment"
        case .inventory: "the inventory's variables"
        case .playbook: "variables of plays, roles, blocks and tasks, files of variables and set_fact"
        case .commandLine: "the command line"
        case .extraVariables: "extra variables (-e)"
        }
    }
}
