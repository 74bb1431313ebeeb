import Templating
import YAML

/// The plugin `generator`: a host for each combination of the layers' values, with groups named by templates.
struct GeneratorInventory {
    private let root: Node
    private let settings: InventorySettings

    init(_ root: Node, _ settings: InventorySettings) {
        self.root = root
        self.settings = settings
    }

    func read(into graph: inout InventoryGraph) throws(Diagnostics) {
        guard let layers = root["layers"], let entries = layers.entries else { throw missing("layers") }
        guard let hosts = root["hosts"], hosts.entries != nil, let name = hosts["name"] else { throw missing("hosts") }
        var combinations: [ValueMap] = [[:]]
        for entry in entries {
            let values: [Value]
            switch entry.value.value {
            case .list(let items): values = items
            // Python goes through a text letter by letter.
            case .string(let text, let provenance): values = text.unicodeScalars.map { .string(String($0), provenance) }
            default:
                throw Diagnostics([
                    Diagnostic(
                        "a layer is a list of values, and this is a \(entry.value.value.pythonTypeName)",
                        at: entry.value.mark)
                ])
            }
            guard combinations.count.multipliedReportingOverflow(by: values.count).partialValue <= HostRange.limit
            else {
                throw Diagnostics([Diagnostic("the layers make more than \(HostRange.limit) hosts", at: layers.mark)])
            }
            combinations = combinations.flatMap { combination in
                values.map { value in
                    var next = combination
                    next[entry.key.value] = value
                    return next
                }
            }
        }
        do throws(Diagnostic) {
            for combination in combinations {
                let scope = PluginScope(variables: combination)
                let host = try text(name, scope, "host")
                do throws(InventoryGraph.Refusal) {
                    _ = try graph.addHost(host, port: nil, to: InventoryGraph.ungrouped, at: name.mark)
                } catch { throw Diagnostic(error.problem, at: name.mark, remedy: error.remedy) }
                try addParents(of: host, hosts["parents"], scope, &graph)
            }
        } catch { throw Diagnostics([error]) }
    }

    private func addParents(
        of child: String, _ parents: Node?, _ scope: PluginScope, _ graph: inout InventoryGraph
    ) throws(Diagnostic) {
        guard let parents, !parents.value.isNull else { return }
        guard let items = parents.items else {
            throw Diagnostic("'parents' is a list, and this is a \(parents.value.pythonTypeName)", at: parents.mark)
        }
        for parent in items {
            guard parent.entries != nil, let nameNode = parent["name"] else {
                throw Diagnostic(
                    "Element \(child) has a parent with no name.", at: parent.mark, remedy: "write '- name: …'")
            }
            let name = try text(nameNode, scope, "group")
            var variables = ValueMap()
            for entry in parent["vars"]?.entries ?? [] {
                // Only texts are rendered with the layers; what stands in a list is a template of the host's.
                variables[entry.key.value] =
                    entry.value.value.string == nil ? entry.value.value : try rendered(entry.value, scope)
            }
            do throws(InventoryGraph.Refusal) {
                let group = try graph.addGroup(name, at: nameNode.mark)
                for (key, value) in variables.pairs { try graph.setVariable(key, to: value, ofGroup: group) }
                try graph.addChild(named: child, to: group)
            } catch { throw Diagnostic(error.problem, at: nameNode.mark, remedy: error.remedy) }
            try addParents(of: name, parent["parents"], scope, &graph)
        }
    }

    private func rendered(_ node: Node, _ scope: PluginScope) throws(Diagnostic) -> Value {
        do throws(TemplateError) { return try settings.templar.render(node.value, in: scope) } catch {
            throw Diagnostic(error.message, at: node.mark)
        }
    }

    private func text(_ node: Node, _ scope: PluginScope, _ kind: String) throws(Diagnostic) -> String {
        let value = try rendered(node, scope)
        guard let text = value.string else {
            throw Diagnostic(
                "Invalid \(kind) name supplied, expected a string but got \(value.pythonTypeName)", at: node.mark,
                remedy: "quote the values of the layers, or add '| string'")
        }
        return text
    }

    private func missing(_ key: String) -> Diagnostics {
        Diagnostics([
            Diagnostic("the plugin 'generator' needs '\(key)'", at: root.mark, remedy: "give it 'hosts' and 'layers'")
        ])
    }
}
