import Inventory
import OrderedCollections
import Templating
import YAML

/// `inventories.json`: inventory files with group_vars and host_vars; what every group and host is then.
struct InventoryCorpus: Corpus {
    let name = "inventories"

    func run(_ document: Value) throws -> [CaseOutcome] {
        try cases(
            document,
            keys: [
                "files", "inventory", "groups", "host_order", "hosts", "error", "stage", "warnings", "message",
                "unordered",
            ]
        ).map(outcome)
    }

    private func outcome(_ oracle: OracleCase) throws -> CaseOutcome {
        let folder = try ScratchFolder(files: oracle.files())
        let unordered = Set((oracle["unordered"]?.list ?? []).compactMap(\.string))
        let expected: Value =
            oracle.isError
            ? .dict(["error": .bool(true), "stage": oracle["stage"] ?? .null])
            : .dict([
                "groups": Self.sorted(oracle["groups"] ?? .null, of: unordered),
                "host_order": oracle["host_order"] ?? .null,
                "hosts": oracle["hosts"] ?? .null,
                "warnings": .list(Self.warnings(oracle["warnings"]?.list ?? [])),
            ])
        var said = ""
        var actual: Value
        do {
            let graph = try InventoryGraph(reading: try oracle.inventories(in: folder.path))
            do {
                actual = written(try Inventory(graph), unordered)
            } catch {
                actual = .dict(["error": .bool(true), "stage": .string("vars")])
                said = " (\(error))"
            }
        } catch let error as Diagnostics {
            actual = .dict(["error": .bool(true), "stage": .string("parse")])
            said = " (\(error))"
        }
        let (left, right) = (JSON.text(expected, sortedKeys: true), JSON.text(actual, sortedKeys: true))
        return CaseOutcome(id: oracle.id, passed: left == right, expected: left, actual: right + said)
    }

    private func written(_ inventory: Inventory, _ unordered: Set<String>) -> Value {
        func names(_ names: [String]) -> Value { .list(names.map { .string($0) }) }
        var groups = ValueMap()
        var hosts = ValueMap()
        for (name, group) in inventory.groups {
            groups[name] = .dict([
                "hosts": names(group.hosts), "children": names(group.children), "all_hosts": names(group.allHosts),
            ])
        }
        for (name, host) in inventory.hosts {
            hosts[name] = .dict([
                "group_names": names(host.groupNames), "short": .string(host.shortName),
                "vars": plain(.dict(host.variables)),
            ])
        }
        return .dict([
            "groups": Self.sorted(.dict(groups), of: unordered), "host_order": names(inventory.hostOrder),
            "hosts": .dict(hosts),
            "warnings": .list(Self.warnings(inventory.warnings.map { .string($0.problem) })),
        ])
    }

    /// With all hosts of the named groups in the order of their names: the groups that are two steps below a group
    /// are found by walking a set in Ansible, whose order differs from run to run.
    private static func sorted(_ groups: Value, of names: Set<String>) -> Value {
        guard !names.isEmpty, var map = groups.map else { return groups }
        for name in names {
            guard var group = map[name]?.map, let hosts = group["all_hosts"]?.list else { continue }
            group["all_hosts"] = .list(hosts.compactMap(\.string).sorted().map { .string($0) })
            map[name] = .dict(group)
        }
        return .dict(map)
    }

    /// What JSON has no type for, as the corpus has it: numbers that are not finite are texts, bytes are lists.
    private func plain(_ value: Value) -> Value {
        switch value {
        case .double(let number, _) where !number.isFinite: .string(Value.pythonRepr(of: number))
        case .bytes(let bytes): .list(bytes.map { .int(Int($0)) })
        case .list(let items), .set(let items): .list(items.map(plain))
        case .dict(let map): .dict(ValueMap(map.pairs.mapValues(plain)))
        default: value
        }
    }

    /// The warnings that both sides give, in common words, each once. Ansible reads a file once for each plugin and so
    /// repeats them;
    /// what it says of plugins that do not take a file and of reserved names has nothing beside it here.
    private static func warnings(_ texts: [Value]) -> [Value] {
        var kinds: Set<String> = []
        for text in texts.compactMap(\.string) {
            if text.lowercased().hasPrefix("found duplicate mapping key") {
                kinds.insert("duplicate key" + text.dropFirst("found duplicate mapping key".count).filter { $0 != "." })
            } else if text.contains("group name") {
                kinds.insert("group name")
            } else if text.contains("is not a valid group definition")
                || text.contains("is skipped: it is no mapping") && text.hasPrefix("the group")
            {
                kinds.insert("no group")
            } else if text.hasPrefix("Skipping ") || text.hasSuffix("is skipped")
                || text.contains("is skipped: it is no mapping")
            {
                kinds.insert("skipped key")
            } else if text.hasPrefix("Found both group and host")
                || text.contains("is the name of a group and of a host")
            {
                kinds.insert("group and host")
            }
        }
        return kinds.sorted().map { .string($0) }
    }
}

extension OracleCase {
    func files() throws -> [(path: String, text: String)] {
        guard let files = self["files"]?.map else { throw CorpusError("case \(id) has no files") }
        return try files.pairs.map { key, value in
            guard let path = key.string, let text = value.string else {
                throw CorpusError("case \(id): a file that is no text")
            }
            return (path, text)
        }
    }

    /// The sources to read, below a folder; a list of hosts stays as it is.
    func inventories(in folder: String) throws -> [String] {
        let names = self["inventory"]?.list ?? [self["inventory"] ?? .null]
        return try names.map { name in
            guard let text = name.string else { throw CorpusError("case \(id) names no inventory") }
            return text.contains(",") ? text : folder + "/" + text
        }
    }
}
