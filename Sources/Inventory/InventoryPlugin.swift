import Templating
import YAML

/// A YAML file that names an inventory plugin: `plugin: constructed`.
struct InventoryPlugin {
    private enum Kind { case constructed, generator }
    private let root: Node
    private let name: Node

    /// nil for an inventory of groups.
    init?(_ root: Node) {
        guard root.entries != nil, let name = root["plugin"], YAMLInventory.isTrue(name.value) else { return nil }
        self.root = root
        self.name = name
    }

    func read(into graph: inout InventoryGraph, _ settings: InventorySettings) throws(Diagnostics) {
        guard settings.enabled("auto") || settings.enabled(short) else {
            throw Diagnostics([
                Diagnostic(
                    "the inventory is one of a plugin, and neither 'auto' nor '\(short)' is enabled", at: name.mark,
                    remedy: "add it to enable_plugins")
            ])
        }
        switch full {
        case "ansible.builtin.constructed": try ConstructedInventory(root, settings).read(into: &graph)
        case "ansible.builtin.generator": try GeneratorInventory(root, settings).read(into: &graph)
        default:
            throw Diagnostics([
                Diagnostic(
                    "the inventory needs the plugin '\(name.value.string ?? name.value.pythonRepr)', which is not built in",
                    at: name.mark,
                    remedy:
                        "constructed and generator are; for others write the hosts down: 'ansible-inventory -i \(root.mark.file) --list --yaml' prints them"
                )
            ])
        }
    }

    private var short: String { name.value.string?.split(separator: ".").last.map(String.init) ?? "" }

    /// With its collection; a short name is one of Ansible's own.
    private var full: String {
        let text = name.value.string ?? ""
        if text.hasPrefix("ansible.legacy.") { return "ansible.builtin." + text.dropFirst("ansible.legacy.".count) }
        return text.contains(".") ? text : "ansible.builtin." + text
    }
}

/// The names of groups that plugins make of values.
enum GroupName {
    /// With `_` for what a variable's name may not have.
    static func safe(_ text: String) -> String {
        var name = String.UnicodeScalarView()
        for (place, scalar) in text.unicodeScalars.enumerated() {
            let isDigit = scalar.properties.generalCategory == .decimalNumber
            let isWord = scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            name.append(isWord && !(place == 0 && isDigit) ? scalar : "_")
        }
        return String(name)
    }
}

/// Variables that templates of a plugin see.
struct PluginScope: VariableScope {
    let variables: ValueMap
    func variable(named name: String) -> Value? { variables[name] }
    var variableNames: [String] { variables.names }
}
