import YAML

/// Merges what a host gets from its groups, from itself and from files; hosts of the same groups share the groups'
/// part.
///
/// The order, later wins: `all`, the other groups by depth, priority and name, group_vars/all, group_vars of the other
/// groups, the host, host_vars.
struct VariableMerge {
    private let graph: InventoryGraph
    private(set) var files: VariableFiles
    /// Depth, priority, name, as a number.
    private let rank: [Int]
    private var shared: [[Int]: (names: [String], variables: ValueMap)] = [:]

    init(_ graph: InventoryGraph, playbookFolder: String?, _ settings: InventorySettings) {
        self.init(
            graph,
            files: VariableFiles(
                inventoryFolders: graph.folders, projectFolder: graph.projectFolder, playbookFolder: playbookFolder,
                vault: settings.vault))
    }

    /// - Parameter files: nil for an inventory without sources.
    init(_ graph: InventoryGraph, files: VariableFiles?) {
        self.graph = graph
        self.files =
            files
            ?? VariableFiles(inventoryFolders: [], projectFolder: nil, playbookFolder: nil, vault: .empty)
        let depths = graph.depths()
        let sorted = graph.groups.indices.sorted { left, right in
            let (one, other) = (graph.groups[left], graph.groups[right])
            return (depths[left], one.priority) != (depths[right], other.priority)
                ? (depths[left], one.priority) < (depths[right], other.priority)
                : one.name.unicodeScalars.lexicographicallyPrecedes(other.name.unicodeScalars)
        }
        var rank = [Int](repeating: 0, count: sorted.count)
        for (place, group) in sorted.enumerated() { rank[group] = place }
        self.rank = rank
    }

    var errors: [Diagnostic] { files.errors }
    var warnings: [Diagnostic] { files.warnings }
    var filesRead: [String] { files.read }

    /// What the group `all` gives, files included.
    private(set) lazy var variablesOfAll: ValueMap = groupPart([]).variables

    mutating func host(_ number: Int) -> Inventory.Host {
        let host = graph.hosts[number]
        let (names, groupVariables) = groupPart(host.groups)
        var variables = groupVariables
        if variables.isEmpty {
            variables = host.variables
        } else if !host.variables.isEmpty {
            variables.merge(host.variables)
        }
        for map in files.variables(ofHost: host.name) { variables.merge(map) }
        return Inventory.Host(name: host.name, groupNames: names, variables: variables, mark: host.mark)
    }

    private mutating func groupPart(_ direct: [Int]) -> (names: [String], variables: ValueMap) {
        let key = direct.sorted()
        if let known = shared[key] { return known }
        let groups = graph.ancestors(of: direct).subtracting([InventoryGraph.all]).sorted { rank[$0] < rank[$1] }
        let names = groups.map { graph.groups[$0].name }
        var variables = graph.groups[InventoryGraph.all].variables
        for group in groups { variables.merge(graph.groups[group].variables) }
        for map in files.variables(ofGroups: ["all"]) { variables.merge(map) }
        for map in files.variables(ofGroups: names) { variables.merge(map) }
        let sortedNames = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        shared[key] = (sortedNames, variables)
        return (sortedNames, variables)
    }
}
