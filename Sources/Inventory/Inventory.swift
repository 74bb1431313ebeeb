import YAML

/// Hosts, groups and their variables, as Ansible reads them.
package struct Inventory: Sendable {
    package struct Host: Sendable {
        package let name: String
        /// Groups that it belongs to, directly or through children, without `all`, in Ansible's order of `group_names`.
        package let groupNames: [String]
        /// Merged as for a task (groups by depth, priority, name; then the host; files of group_vars and host_vars in
        /// their place).
        package let variables: ValueMap
        /// Where it first stands; nil for a host of a list (`-i a,b,`) and for the implicit localhost.
        package let mark: SourceMark?

        package var shortName: String { Inventory.shortName(of: name) }
    }
    package struct Group: Sendable {
        package let name: String
        /// Its own hosts, without those of its children.
        package let hosts: [String]
        package let children: [String]
        package let allHosts: [String]
    }
    package internal(set) var hosts: [String: Host] = [:]
    package internal(set) var groups: [String: Group] = [:]
    /// What the pattern `all` gives.
    package internal(set) var hostOrder: [String] = []
    /// In the order of their first mention, `all` and `ungrouped` first.
    package internal(set) var groupOrder: [String] = []
    package internal(set) var warnings: [Diagnostic] = []
    /// The files that were read, in order (for the audit trail and for `resume`).
    package internal(set) var sources: [String] = []

    /// Hosts by names of the form `@…:…`, which patterns and limits may use: those of earlier runs.
    package var selections: [String: [String]] = [:]

    /// In the order of their first mention; glob patterns go through the hosts in this order.
    var mentionedHosts: [String] = []
    /// The variables of the group `all`, which the implicit localhost has too.
    var variablesOfAll: ValueMap = [:]
    /// What it was made of, for what comes during a run.
    var graph = InventoryGraph()
    var files: VariableFiles?
    /// Reads its sources again; nil where there are none.
    var rereading: (@Sendable () throws(Diagnostics) -> Inventory)?
    /// Hosts have come since `groups` and `hostOrder` were made.
    var isGrowing = false

    /// What commands read when no inventory is named. It must be the project's own, with the files beside it
    /// (`FilePurpose.settings`), also where it is named by this path.
    package static let defaultSource = "config/inventory.yml"

    /// Reads inventory files or folders; several are merged in order. A text `a,b,` with a comma is a list of hosts.
    ///
    /// - Parameters:
    ///   - playbookFolder: its group_vars and host_vars are read as well, each just after the inventory's own of the
    ///     same kind.
    /// - Throws: everything that is wrong in all of the sources, with places.
    package static func load(
        _ sources: [String], playbookFolder: String? = nil, settings: InventorySettings = InventorySettings()
    ) throws(Diagnostics) -> Inventory {
        var inventory = try Inventory(
            InventoryGraph(reading: sources, settings), playbookFolder: playbookFolder, settings)
        inventory.rereading = { () throws(Diagnostics) in
            try load(sources, playbookFolder: playbookFolder, settings: settings)
        }
        return inventory
    }

    /// A host of the inventory, or the localhost that every inventory has without naming it (`localhost`, `127.0.0.1`,
    /// `::1`): its connection is `local`.
    package func host(named name: String) -> Host? {
        if let host = hosts[name] { return host }
        guard Self.localNames.contains(name) else { return nil }
        var variables = variablesOfAll
        variables["ansible_connection"] = .string("local")
        return Host(name: name, groupNames: [], variables: variables, mark: nil)
    }

    /// The name up to its first dot (`inventory_hostname_short`), of an address too, as in Ansible.
    package static func shortName(of host: String) -> String { String(host.prefix { $0 != "." }) }

    /// A host that it does not have, such as an address that a task is delegated to: what the group `all` says holds
    /// for it.
    package func unlisted(named name: String) -> Host {
        host(named: name) ?? Host(name: name, groupNames: [], variables: variablesOfAll, mark: nil)
    }

    static let localNames: Set<String> = ["localhost", "127.0.0.1", "::1"]
}

extension Inventory {
    /// Merges the variables of every host; reads the files of group_vars and host_vars.
    package init(
        _ graph: InventoryGraph, playbookFolder: String? = nil, _ settings: InventorySettings = InventorySettings()
    ) throws(Diagnostics) {
        var merge = VariableMerge(graph, playbookFolder: playbookFolder, settings)
        mentionedHosts = graph.hosts.map(\.name)
        hosts.reserveCapacity(graph.hosts.count)
        for index in graph.hosts.indices {
            let host = merge.host(index)
            hosts[host.name] = host
        }
        variablesOfAll = merge.variablesOfAll
        guard merge.errors.isEmpty else { throw Diagnostics(merge.errors) }
        self.graph = graph
        files = merge.files
        listGroups()
        warnings = graph.warnings + merge.warnings
        sources = graph.sources + merge.filesRead
    }
}
