import Templating
import YAML

/// The plugin `constructed`: variables and groups out of what the sources before it gave each host.
struct ConstructedInventory {
    private let root: Node
    private let settings: InventorySettings
    private let isStrict: Bool
    private let usesFiles: Bool, usesExtra: Bool
    private let leads: Bool

    init(_ root: Node, _ settings: InventorySettings) {
        self.root = root
        self.settings = settings
        func flag(_ key: String, _ fallback: Bool = false) -> Bool {
            switch root[key]?.value {
            case .bool(let flag, _)?: flag
            case .string(let text, _)?: ["yes", "true", "on", "1", "y", "t"].contains(text.lowercased())
            case .int(let number, _)?: number != 0
            default: fallback
            }
        }
        isStrict = flag("strict")
        usesFiles = flag("use_vars_plugins")
        usesExtra = flag("use_extra_vars")
        leads = flag("leading_separator", true)
    }

    func read(into graph: inout InventoryGraph) throws(Diagnostics) {
        let compose = try entries("compose")
        let groups = try entries("groups")
        let keyed = try keyedGroups()
        var files =
            usesFiles
            ? VariableFiles(
                inventoryFolders: graph.folders, projectFolder: graph.projectFolder, playbookFolder: nil,
                vault: settings.vault) : nil
        do throws(Diagnostic) {
            for host in graph.hosts.indices {
                if !compose.isEmpty {
                    let scope = try scope(of: host, in: graph, &files)
                    for entry in compose { try self.compose(entry, scope, host, &graph) }
                }
                let scope = try scope(of: host, in: graph, &files)
                for entry in groups { try add(entry, scope, host, &graph) }
                for entry in keyed { try add(keyed: entry, scope, host, &graph) }
            }
        } catch { throw Diagnostics([error]) }
    }

    // MARK: What the file says

    private func entries(_ key: String) throws(Diagnostics) -> [Node.Entry] {
        guard let node = root[key], !node.value.isNull else { return [] }
        guard let entries = node.entries else {
            throw Diagnostics([
                Diagnostic(
                    "'\(key)' is a mapping of names to expressions, and this is a \(node.value.pythonTypeName)",
                    at: node.mark)
            ])
        }
        return entries
    }

    private func keyedGroups() throws(Diagnostics) -> [Node] {
        guard let node = root["keyed_groups"], !node.value.isNull else { return [] }
        guard let items = node.items, items.allSatisfy({ $0.entries != nil }) else {
            throw Diagnostics([
                Diagnostic(
                    "'keyed_groups' is a list of mappings, and this is a \(node.value.pythonTypeName)", at: node.mark,
                    remedy: "write '- key: …' lines")
            ])
        }
        return items
    }

    // MARK: A host

    private func scope(
        of host: Int, in graph: InventoryGraph, _ files: inout VariableFiles?
    ) throws(Diagnostic) -> PluginScope {
        var variables = graph.variables(ofHost: host, &files)
        if let error = files?.errors.first { throw error }
        if usesExtra { variables.merge(settings.extraVariables) }
        return PluginScope(variables: variables)
    }

    private func compose(
        _ entry: Node.Entry, _ scope: PluginScope, _ host: Int, _ graph: inout InventoryGraph
    ) throws(Diagnostic) {
        let name = entry.key.value.string ?? entry.key.value.pythonRepr
        do throws(TemplateError) {
            let value = try evaluated(entry.value, scope)
            guard value != .omit else { return }
            do throws(InventoryGraph.Refusal) { try graph.setVariable(entry.key.value, to: value, ofHost: host) } catch
            {
                throw TemplateError(.other, error.problem)
            }
        } catch {
            try fail("Could not set \(name) for host \(graph.hosts[host].name): \(error.message)", entry.value)
        }
    }

    private func add(
        _ entry: Node.Entry, _ scope: PluginScope, _ host: Int, _ graph: inout InventoryGraph
    ) throws(Diagnostic) {
        let name = GroupName.safe(entry.key.value.string ?? entry.key.value.pythonRepr)
        do throws(TemplateError) {
            guard try settings.templar.condition(entry.value.value, in: scope) else { return }
        } catch {
            return try fail(
                "Could not add host \(graph.hosts[host].name) to group \(name): \(error.message)", entry.value)
        }
        try add(host, to: name, parent: nil, at: entry.key.mark, &graph)
    }

    private func add(
        keyed node: Node, _ scope: PluginScope, _ host: Int, _ graph: inout InventoryGraph
    ) throws(Diagnostic) {
        let hostName = graph.hosts[host].name
        guard let key = node["key"], YAMLInventory.isTrue(key.value) else {
            return try fail("No key supplied, invalid entry", node)
        }
        let fallback = node["default_value"].flatMap { $0.value.isNull ? nil : $0.value.string ?? $0.value.pythonRepr }
        if fallback != nil, node["trailing_separator"] != nil {
            throw Diagnostic(
                "parameters are mutually exclusive for keyed groups: default_value|trailing_separator", at: node.mark)
        }
        let value: Value
        do throws(TemplateError) { value = try evaluated(key, scope) } catch {
            return try fail(
                "Could not generate group for host \(hostName) from \(key.value.string ?? "key") entry: \(error.message)",
                key)
        }
        let separator = try text(node["separator"]) ?? "_"
        let trails = node["trailing_separator"]?.value.bool ?? true
        var names: [String] = []
        switch value {
        case _ where !YAMLInventory.isTrue(value) || value == .omit:
            guard let fallback else {
                return try fail(
                    "No key or key resulted empty for \(key.value.string ?? "key") in host \(hostName), invalid entry",
                    key)
            }
            names = [fallback]
        case .string(let text, _): names = [text]
        case .list(let items):
            names = items.map { item in
                let text = item.string ?? item.pythonRepr
                return text.isEmpty ? fallback ?? text : text
            }
        case .dict(let map):
            for (key, item) in map.pairs {
                let name = key.string ?? key.pythonRepr
                let text = item.isNull ? "" : item.string ?? item.pythonRepr
                if !text.isEmpty {
                    names.append(name + separator + text)
                } else if let fallback {
                    names.append(name + separator + fallback)
                } else {
                    names.append(trails ? name + separator : name)
                }
            }
        default:
            throw Diagnostic(
                "Invalid group name format, expected a string or a list of them or dictionary, got: \(value.pythonTypeName)",
                at: key.mark, remedy: "add '| string' to the key")
        }
        let prefix = try text(node["prefix"]) ?? ""
        let parent: String?
        do throws(TemplateError) { parent = try self.parent(node["parent_group"], scope) } catch {
            return try fail(
                "Could not generate parent group \(node["parent_group"]?.value.string ?? "") for group of host \(hostName): \(error.message)",
                node)
        }
        for name in names {
            let full = prefix.isEmpty && !leads ? name : prefix + separator + name
            try add(host, to: GroupName.safe(full), parent: parent, at: node.mark, &graph)
        }
    }

    private func text(_ node: Node?) throws(Diagnostic) -> String? {
        guard let node, !node.value.isNull else { return nil }
        return node.value.string ?? node.value.pythonRepr
    }

    private func parent(_ node: Node?, _ scope: PluginScope) throws(TemplateError) -> String? {
        guard let node, let text = node.value.string, !text.isEmpty else { return nil }
        let value = try settings.templar.render(node.value, in: scope)
        return GroupName.safe(value.string ?? value.pythonRepr)
    }

    // MARK: Parts

    private func add(
        _ host: Int, to name: String, parent: String?, at mark: SourceMark, _ graph: inout InventoryGraph
    ) throws(Diagnostic) {
        do throws(InventoryGraph.Refusal) {
            let group = try graph.addGroup(name, at: mark)
            _ = try graph.addHost(graph.hosts[host].name, port: nil, to: group, at: mark)
            if let parent { try graph.addChild(group, to: graph.addGroup(parent, at: mark)) }
        } catch { throw Diagnostic(error.problem, at: mark, remedy: error.remedy) }
    }

    /// An expression, without braces.
    private func evaluated(_ node: Node, _ scope: PluginScope) throws(TemplateError) -> Value {
        guard case .string(let text, let provenance) = node.value else {
            throw TemplateError(.other, "an expression is a text, and this is a \(node.value.pythonTypeName)")
        }
        return try settings.templar.render(.string("{{ \(text) }}", provenance), in: scope)
    }

    /// Says what is wrong with a host's variables, where it shall be said.
    private func fail(_ problem: String, _ node: Node) throws(Diagnostic) {
        if isStrict { throw Diagnostic(problem, at: node.mark) }
    }
}

extension InventoryGraph {
    /// As far as sources have given them: groups from the farthest to the nearest, then the host. `all` is among the
    /// groups where it was said, since what is in no other group joins it only when all sources are read.
    ///
    /// - Parameter files: group_vars and host_vars, each after its own kind; nil without them.
    func variables(ofHost number: Int, _ files: inout VariableFiles?) -> ValueMap {
        let depths = depths()
        let order = ancestors(of: hosts[number].groups).sorted { left, right in
            let (one, other) = (groups[left], groups[right])
            return (depths[left], one.priority) != (depths[right], other.priority)
                ? (depths[left], one.priority) < (depths[right], other.priority)
                : one.name.unicodeScalars.lexicographicallyPrecedes(other.name.unicodeScalars)
        }
        var variables = ValueMap()
        for group in order { variables.merge(groups[group].variables) }
        for map in files?.variables(ofGroups: order.map { groups[$0].name }) ?? [] { variables.merge(map) }
        variables.merge(hosts[number].variables)
        for map in files?.variables(ofHost: hosts[number].name) ?? [] { variables.merge(map) }
        variables.merge(magicVariables(ofHost: number))
        return variables
    }

    func magicVariables(ofHost number: Int) -> ValueMap {
        let host = hosts[number]
        let names = ancestors(of: host.groups).subtracting([Self.all]).map { groups[$0].name }
        var variables: ValueMap = [
            "inventory_hostname": .string(host.name),
            "inventory_hostname_short": .string(Inventory.shortName(of: host.name)),
            "group_names": .list(
                names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }.map { .string($0) }),
        ]
        if let file = host.mark?.file {
            variables["inventory_file"] = .string(file)
            variables["inventory_dir"] = .string(folder(of: file))
        }
        return variables
    }
}
