public import YAML

/// Hosts, groups and their variables, as Ansible reads them.
public struct Inventory: Sendable {
    public struct Host: Sendable {
        public let name: String
        /// Groups that it belongs to, directly or through children, without `all`, in Ansible's order of `group_names`.
        public let groupNames: [String]
        /// Merged as for a task (groups by depth, priority, name; then the host; files of group_vars and host_vars in their place).
        public let variables: ValueMap
    }
    public struct Group: Sendable {
        public let name: String
        public let hosts: [String]
        public let children: [String]
        public let allHosts: [String]
    }
    public internal(set) var hosts: [String: Host] = [:]
    public internal(set) var groups: [String: Group] = [:]
    /// What the pattern `all` gives.
    public internal(set) var hostOrder: [String] = []
    public internal(set) var warnings: [Diagnostic] = []
    /// The files that were read, in order (for the audit trail and for `resume`).
    public internal(set) var sources: [String] = []

    /// Reads inventory files or folders; several are merged in order. A text `a,b,` with a comma is a list of hosts.
    public static func load(_ sources: [String]) throws(Diagnostics) -> Inventory { Inventory() }

    public struct Selection: Sendable {
        public let hosts: [String]
        public let warnings: [Diagnostic]
    }
    /// The hosts of a play's `hosts:` pattern, cut down by `--limit`, in inventory order.
    public func select(_ pattern: String, limit: String? = nil) throws(Diagnostics) -> Selection { Selection(hosts: [], warnings: []) }
}
