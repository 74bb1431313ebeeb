import YAML

extension InventoryGraph {
    /// Variables as the sources give them to groups, before anything is merged.
    package var variablesByGroup: [String: ValueMap] {
        Dictionary(groups.map { ($0.name, $0.variables) }) { first, _ in first }
    }
    /// Variables as the sources give them to hosts.
    package var variablesByHost: [String: ValueMap] {
        Dictionary(hosts.map { ($0.name, $0.variables) }) { first, _ in first }
    }
}
