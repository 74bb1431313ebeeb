import Templating
import YAML

/// Reads a YAML inventory: a mapping of groups, each with `hosts`, `children` and `vars`.
struct YAMLInventory {
    var graph: InventoryGraph
    private(set) var errors: [Diagnostic] = []
    private let file: String

    init(_ graph: InventoryGraph, file: String) {
        self.graph = graph
        self.file = file
    }

    mutating func read(_ root: Node) {
        guard let entries = root.entries, !entries.isEmpty else {
            let problem =
                root.value.isNull
                ? "the inventory is empty"
                : "an inventory is a mapping of groups, and this is a \(root.value.pythonTypeName)"
            errors.append(Diagnostic(problem, at: root.mark, remedy: "begin with 'all:' and 'hosts:' below it"))
            return
        }
        for entry in entries { _ = group(entry) }
    }

    /// TOML's form differs in one thing: children are a list of names.
    mutating func readTOML(_ root: Node) {
        if let plugin = root["plugin"] {
            errors.append(
                Diagnostic(
                    "the file configures a plugin, and is no inventory", at: plugin.mark,
                    remedy: "write plugins' files as YAML"))
            return
        }
        func group(_ node: Node, _ errors: inout [Diagnostic]) -> Node {
            guard let entries = node.entries else { return node }
            return Node(
                mark: node.mark,
                content: .mapping(
                    entries.map { entry in
                        guard entry.key.value.string == "children" else { return entry }
                        guard let items = entry.value.items else {
                            errors.append(
                                Diagnostic(
                                    "'children' is a list of groups, and this is a \(entry.value.value.pythonTypeName)",
                                    at: entry.value.mark))
                            return entry
                        }
                        let names = items.map {
                            Node.Entry(key: $0, value: Node(mark: $0.mark, content: .scalar, value: .null))
                        }
                        return Node.Entry(
                            key: entry.key,
                            value: Node(mark: entry.value.mark, content: .mapping(names), value: entry.value.value))
                    }), value: node.value)
        }
        let groups = (root.entries ?? []).map { Node.Entry(key: $0.key, value: group($0.value, &errors)) }
        read(Node(mark: root.mark, content: .mapping(groups), value: root.value))
    }

    /// The group's name, and its number when it is one.
    private mutating func group(_ entry: Node.Entry) -> (name: String, number: Int?)? {
        guard let name = entry.key.value.string else {
            errors.append(
                Diagnostic(
                    "a group's name is a text, and this is a \(entry.key.value.pythonTypeName)", at: entry.key.mark,
                    remedy: "quote it"))
            return nil
        }
        guard entry.value.value.isNull || entry.value.entries != nil else {
            graph.warnings.append(
                Diagnostic(
                    "the group '\(name)' is skipped: it is no mapping", at: entry.key.mark,
                    remedy: "give it 'hosts:', 'children:' or 'vars:'"))
            return (name, graph.group(named: name))
        }
        let number: Int
        do throws(InventoryGraph.Refusal) { number = try graph.addGroup(name, at: entry.key.mark) } catch {
            errors.append(Diagnostic(error.problem, at: entry.key.mark))
            return nil
        }
        for section in entry.value.entries ?? [] { read(section, of: name, number) }
        return (name, number)
    }

    private mutating func read(_ section: Node.Entry, of groupName: String, _ group: Int) {
        let key = section.key.value.string ?? section.key.value.pythonRepr
        guard ["vars", "children", "hosts"].contains(key) else {
            guard !section.value.value.isNull else { return }
            let skipped =
                section.value.entries == nil
                ? "the key '\(key)' of the group '\(groupName)' is skipped: it is no mapping"
                : "the key '\(key)' of the group '\(groupName)' is skipped"
            graph.warnings.append(
                Diagnostic(skipped, at: section.key.mark, remedy: "a group has 'hosts', 'children' and 'vars'"))
            return
        }
        // A text stands for a mapping of that one key.
        var entries = section.value.entries
        if case .string = section.value.value {
            entries = [
                Node.Entry(key: section.value, value: Node(mark: section.value.mark, content: .scalar, value: .null))
            ]
        } else if section.value.value.isNull {
            return
        }
        guard let entries else {
            errors.append(
                Diagnostic(
                    "'\(key)' of the group '\(groupName)' is a mapping, and this is a \(section.value.value.pythonTypeName)",
                    at: section.value.mark,
                    remedy: section.value.items == nil ? nil : "write 'name:' lines without the dashes"))
            return
        }
        for entry in entries {
            do throws(InventoryGraph.Refusal) {
                switch key {
                case "vars": try graph.setVariable(entry.key.value, to: entry.value.value, ofGroup: group)
                case "children":
                    guard let child = self.group(entry) else { continue }
                    try graph.addChild(named: child.name, to: group)
                default: try hosts(entry, of: group)
                }
            } catch {
                errors.append(Diagnostic(error.problem, at: entry.key.mark, remedy: error.remedy))
            }
        }
    }

    private mutating func hosts(_ entry: Node.Entry, of group: Int) throws(InventoryGraph.Refusal) {
        guard let pattern = entry.key.value.string else {
            throw InventoryGraph.Refusal(
                "a host's name is a text, and this is a \(entry.key.value.pythonTypeName)", remedy: "quote it")
        }
        let variables: ValueMap
        switch entry.value.value {
        case .dict(let map): variables = map
        case let other where !Self.isTrue(other): variables = [:]
        case let other:
            throw InventoryGraph.Refusal(
                "the variables of the host '\(pattern)' are a mapping, and this is a \(other.pythonTypeName)")
        }
        let (names, port) = try HostRange.expand(pattern)
        for name in names {
            let host = try graph.addHost(name, port: port, to: group, at: entry.key.mark)
            if !variables.isEmpty { try graph.setVariables(variables, ofHost: host) }
        }
    }

    /// Python's truth.
    static func isTrue(_ value: Value) -> Bool {
        switch value {
        case .null, .bool(false, _), .int(0, _), .double(0, _), .string("", _), .list([]), .set([]), .bytes([]): false
        case .dict(let map): !map.isEmpty
        default: true
        }
    }
}
