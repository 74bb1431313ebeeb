import YAML

/// What is secret in a file of plays, tasks or a role's variables that ansible-vault has encrypted.
///
/// In a file of variables it is every value. In a list of plays or tasks it is what modules and variables are given;
/// names, conditions, hosts and the other keywords are what a run is reported with, so they stay readable.
enum EncryptedSteps {
    static func concealed(_ root: Node) -> Node {
        guard let items = root.items else { return secret(root) }
        return list(root, items.map(step))
    }

    /// Keywords whose values are given to modules and variables.
    private static let given: Set<String> = [
        "vars", "environment", "args", "module_defaults", "loop", "action", "local_action",
    ]
    /// Keywords that hold further steps.
    private static let holding: Set<String> = [
        "tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always", "roles",
    ]
    /// What names files and roles, and is no keyword of the table.
    private static let naming: Set<String> = [
        "import_playbook", "import_tasks", "include_tasks", "import_role", "include_role", "meta", "role", "name",
    ]

    private static func step(_ node: Node) -> Node {
        guard let entries = node.entries else { return node }
        return mapping(node, entries) { name, value in
            if holding.contains(name) { return value.items.map { list(value, $0.map(step)) } ?? value }
            if given.contains(name) || name.hasPrefix("with_") { return secret(value) }
            let short = name.split(separator: ".").last.map(String.init) ?? name
            return KeywordSpec.named(name) != nil || naming.contains(short) ? value : secret(value)
        }
    }

    private static func secret(_ node: Node) -> Node {
        if let items = node.items { return list(node, items.map(secret)) }
        if let entries = node.entries { return mapping(node, entries) { secret($1) } }
        return Node(
            mark: node.mark, content: node.content,
            value: node.value.mapScalars { $0.withOwn($0.provenance.concealed) },
            tag: node.tag)
    }

    private static func list(_ node: Node, _ items: [Node]) -> Node {
        Node(mark: node.mark, content: .sequence(items), value: .list(items.map(\.value)), tag: node.tag)
    }

    private static func mapping(
        _ node: Node, _ entries: [Node.Entry], _ change: (_ name: String, Node) -> Node
    ) -> Node {
        let changed = entries.map { Node.Entry(key: $0.key, value: change($0.key.value.string ?? "", $0.value)) }
        var map = ValueMap()
        for entry in changed { map[entry.key.value] = entry.value.value }
        return Node(mark: node.mark, content: .mapping(changed), value: .dict(map), tag: node.tag)
    }
}
