import Inventory
import Templating
import YAML

/// An inventory as `ansible-inventory` shows it.
package struct InventoryText {
    private let inventory: Inventory
    /// As the sources have them.
    private let groupVariables: [String: ValueMap], hostVariables: [String: ValueMap]
    private let shown: Set<String>
    /// Extra variables, which go before all others.
    private let extra: ValueMap
    /// For export: what the sources say, and nothing that is merged.
    private let isExport: Bool

    package init(
        _ inventory: Inventory, _ graph: InventoryGraph, hosts: [String], extra: ValueMap = [:], isExport: Bool = false
    ) {
        self.inventory = inventory
        groupVariables = graph.variablesByGroup
        hostVariables = graph.variablesByHost
        shown = Set(hosts)
        self.extra = extra
        self.isExport = isExport
    }

    package func variables(of host: String) -> ValueMap {
        if isExport { return hostVariables[host] ?? [:] }
        var variables = inventory.host(named: host)?.variables ?? [:]
        variables.merge(extra)
        return variables
    }

    private func children(_ name: String) -> [String] {
        let children = inventory.groups[name]?.children ?? []
        return name == "all" ? children.filter { $0 == "ungrouped" } + children.filter { $0 != "ungrouped" } : children
    }

    private func hosts(_ name: String) -> [String] {
        name == "all" ? [] : (inventory.groups[name]?.hosts ?? []).filter(shown.contains)
    }

    // MARK: --list

    /// As inventory scripts print it.
    package var list: Value {
        var values = ValueMap()
        for host in inventory.hostOrder where shown.contains(host) {
            let variables = variables(of: host)
            if !variables.isEmpty { values[host] = .dict(variables) }
        }
        var document: ValueMap = [
            "_meta": .dict(["hostvars": .dict(values), "profile": .string("inventory_legacy")])
        ]
        for name in inventory.groupOrder {
            var entry = ValueMap()
            if !children(name).isEmpty { entry["children"] = .list(children(name).map { .string($0) }) }
            if !hosts(name).isEmpty { entry["hosts"] = .list(hosts(name).map { .string($0) }) }
            if isExport, let own = groupVariables[name], !own.isEmpty { entry["vars"] = .dict(own) }
            if !entry.isEmpty { document[name] = .dict(entry) }
        }
        return .dict(document)
    }

    /// As an inventory in YAML: every host with its variables where it is met first.
    package var tree: Value {
        var seen: Set<String> = []
        var map = ValueMap()
        map["all"] = .dict(branch("all", &seen))
        return .dict(map)
    }

    private func branch(_ name: String, _ seen: inout Set<String>) -> ValueMap {
        var entry = ValueMap()
        var below = ValueMap()
        for child in children(name) {
            let branch = branch(child, &seen)
            if !branch.isEmpty { below[child] = .dict(branch) }
        }
        if !below.isEmpty { entry["children"] = .dict(below) }
        var own = ValueMap()
        for host in hosts(name) { own[host] = .dict(seen.insert(host).inserted ? variables(of: host) : [:]) }
        if !own.isEmpty { entry["hosts"] = .dict(own) }
        if isExport, let variables = groupVariables[name], !variables.isEmpty { entry["vars"] = .dict(variables) }
        return entry
    }

    // MARK: --graph

    package func graph(from group: String, withVariables: Bool) -> String {
        var lines: [String] = []
        draw(group, 0, withVariables, &lines)
        return lines.joined(separator: "\n")
    }

    private func draw(_ name: String, _ depth: Int, _ withVariables: Bool, _ lines: inout [String]) {
        func line(_ text: String, _ depth: Int) {
            lines.append(depth == 0 ? text : "  |" + String(repeating: "  |", count: depth - 1) + "--" + text)
        }
        func add(_ variables: ValueMap, _ depth: Int) {
            guard withVariables else { return }
            for key in variables.names.sorted() {
                guard let value = variables[key] else { continue }
                line("{\(key) = \(value.string ?? value.pythonRepr)}", depth)
            }
        }
        line("@\(name):", depth)
        for child in children(name) { draw(child, depth + 1, withVariables, &lines) }
        for host in name == "all" ? [] : inventory.groups[name]?.hosts ?? [] {
            line(host, depth + 1)
            add(variables(of: host), depth + 2)
        }
        add(groupVariables[name] ?? [:], depth + 1)
    }

    // MARK: Formats

    /// As PyYAML writes it.
    package static func yaml(_ value: Value) -> String {
        struct OneVariable: VariableScope {
            let value: Value
            func variable(named name: String) -> Value? { name == "value" ? value : nil }
            var variableNames: [String] { ["value"] }
        }
        let template = Value.string("{{ value | to_yaml(default_flow_style=False, indent=2) }}", .trusted)
        return (try? Templar().render(template, in: OneVariable(value: value)))?.string ?? JSON.pretty(value)
    }

    package static func json(_ value: Value) -> String { JSON.pretty(value, indent: 4, sortedKeys: true) }

    /// Hosts and groups as tables, variables as inline values.
    package static func toml(_ value: Value) -> String {
        var text = ""
        func write(_ map: ValueMap, _ path: [String]) {
            let plain = map.pairs.filter { $0.value.map == nil }
            if !path.isEmpty, !plain.isEmpty || map.pairs.allSatisfy({ $0.value.map == nil }) {
                text += (text.isEmpty ? "" : "\n") + "[\(path.map(key).joined(separator: "."))]\n"
            }
            for (name, value) in plain { text += "\(key(name.string ?? name.pythonRepr)) = \(inline(value))\n" }
            for (name, value) in map.pairs {
                if let below = value.map { write(below, path + [name.string ?? name.pythonRepr]) }
            }
        }
        write(value.map ?? [:], [])
        return text
    }

    private static func key(_ name: String) -> String {
        let isBare =
            !name.isEmpty
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isBare ? name : JSON.quoted(name)
    }

    private static func inline(_ value: Value) -> String {
        switch value {
        case .list(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
        case .dict(let map):
            "{"
                + map.pairs.map { "\(key($0.key.string ?? $0.key.pythonRepr)) = \(inline($0.value))" }.joined(
                    separator: ", ") + "}"
        case .null: "\"\""
        default: JSON.text(value)
        }
    }
}
