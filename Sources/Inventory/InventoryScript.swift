import Glibc
import Support
import YAML

/// An executable that prints an inventory as JSON: `--list` for groups with their hosts, and where that has no
/// `_meta.hostvars`, `--host NAME` for each host's variables.
///
/// As in Ansible, what it prints is trusted: it is a program of the user's own, as a playbook is, and its texts may be
/// templates (but for what it marks with `__ansible_unsafe`).
struct InventoryScript {
    private let path: String
    private let source: String

    /// nil for a file that is no program.
    init?(_ path: String, text: [UInt8]) {
        let isExecutable = access(path, X_OK) == 0
        // What is executable by mistake is text all the same: most files on some file systems are.
        guard text.starts(with: "#!".utf8) || isExecutable && text.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
            return nil
        }
        self.path = path
        source = "output of \(path)"
    }

    func read(into graph: inout InventoryGraph) throws(Diagnostic) {
        guard case .dict(let groups) = try output(of: ["--list"], &graph) else {
            throw problem("what '--list' prints is no JSON object")
        }
        var variables: ValueMap?
        var named: [Int] = []
        for (key, data) in groups.pairs {
            guard let name = key.string else { continue }
            if name == "_meta" {
                guard case .dict(let map)? = data.map?["hostvars"] else {
                    throw problem("'_meta.hostvars' is no JSON object")
                }
                variables = map
            } else {
                try refusable(in: name) { () throws(InventoryGraph.Refusal) in
                    named += try read(data, of: name, into: &graph)
                }
            }
        }
        var seen: Set<Int> = []
        for number in named where seen.insert(number).inserted {
            let host = graph.hosts[number].name
            let given: Value =
                if let variables { variables[host] ?? .dict([:]) } else {
                    try output(of: ["--host", host], mayBeEmpty: true, &graph)
                }
            guard case .dict(let map) = given else {
                throw problem("the variables of the host '\(host)' are no JSON object")
            }
            try refusable(in: host) { () throws(InventoryGraph.Refusal) in
                for (key, value) in map.pairs { try graph.setVariable(key, to: Self.known(value), ofHost: number) }
            }
        }
    }

    /// - Returns: the hosts that it names.
    private func read(
        _ data: Value, of name: String, into graph: inout InventoryGraph
    ) throws(InventoryGraph.Refusal) -> [Int] {
        var named: [Int] = []
        let mark = SourceMark(file: path, line: 1, column: 1)
        let group = try graph.addGroup(name, at: mark)
        var entry: ValueMap
        switch data {
        case .list: entry = ["hosts": data]
        case .dict(let map) where ["hosts", "children", "vars"].contains(where: { map[$0] != nil }): entry = map
        // An object with other keys is a host of the group's own name, with variables that are no templates.
        case .dict: entry = ["hosts": .list([.string(name)]), "vars": data.untrusted]
        default: entry = ["hosts": data]
        }
        if let hosts = entry["hosts"] {
            guard let list = hosts.list else { throw wrong("hosts", hosts, "list") }
            for item in list {
                guard let host = item.string else {
                    throw InventoryGraph.Refusal("a host's name is a text, and this is a \(item.pythonTypeName)")
                }
                named.append(try graph.addHost(host, port: nil, to: group, at: mark))
            }
        }
        if let variables = entry["vars"] {
            guard case .dict(let map) = variables else { throw wrong("vars", variables, "dict") }
            for (key, value) in map.pairs { try graph.setVariable(key, to: Self.known(value), ofGroup: group) }
        }
        if let children = entry["children"] {
            guard let list = children.list else { throw wrong("children", children, "list") }
            for item in list {
                guard let child = item.string else {
                    throw InventoryGraph.Refusal("a group's name is a text, and this is a \(item.pythonTypeName)")
                }
                try graph.addChild(graph.addGroup(child, at: mark), to: group)
            }
        }
        return named
    }

    private func wrong(_ key: String, _ value: Value, _ kind: String) -> InventoryGraph.Refusal {
        InventoryGraph.Refusal("'\(key)' is '\(value.pythonTypeName)' instead of '\(kind)'")
    }

    /// Values that JSON has no type for, as Ansible writes them.
    private static func known(_ value: Value) -> Value {
        switch value {
        case .list(let items): return .list(items.map(known))
        case .dict(let map):
            if map.count == 1 {
                if let text = map["__ansible_unsafe"], text.string != nil { return text.untrusted }
                if case .string(let text, let provenance)? = map["__ansible_vault"] {
                    return .string(text, provenance.encrypted)
                }
            }
            return .dict(ValueMap(map.pairs.mapValues(known)))
        default: return value
        }
    }

    // MARK: The program

    private func output(
        of arguments: [String], mayBeEmpty: Bool = false, _ graph: inout InventoryGraph
    ) throws(Diagnostic) -> Value {
        guard access(path, X_OK) == 0 else {
            throw Diagnostic(
                "the file begins like a program, and may not be executed",
                at: SourceMark(file: path, line: 1, column: 1),
                remedy: "chmod +x it; if it is no program, take the '#!' out")
        }
        // A name without a slash would be looked for in PATH.
        let program = path.contains("/") ? path : "./" + path
        let outcome: ShortCommand.Outcome
        do throws(ShortCommand.Failure) { outcome = try ShortCommand([program] + arguments).run() } catch {
            switch error {
            case .notStarted(let code): throw problem("cannot be started: \(String(cString: strerror(code)))")
            case .timedOut: throw problem("has not ended after five minutes")
            case .tooMuchOutput: throw problem("prints more than an inventory can be")
            case .cancelled: throw problem("was interrupted")
            }
        }
        let said = String(decoding: outcome.errors, as: UTF8.self).trimmingWhitespace()
        guard outcome.status == 0 else {
            throw problem(
                "Inventory script returned non-zero exit code \(outcome.status) (\(arguments.joined(separator: " ")))"
                    + (said.isEmpty ? "" : ": \(said)"))
        }
        if !said.isEmpty { graph.warnings.append(Diagnostic("\(path): the script says: \(said)", at: nil)) }
        if mayBeEmpty, outcome.output.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) { return .dict([:]) }
        do throws(Diagnostics) { return try JSON.parse(outcome.output, file: source, isTrusted: true) } catch {
            throw error.all.first ?? problem("prints no JSON")
        }
    }

    private func problem(_ text: String) -> Diagnostic {
        Diagnostic("\(path): \(text)", at: nil, remedy: "run '\(path) --list' to see what it prints")
    }

    private func refusable(in name: String, _ body: () throws(InventoryGraph.Refusal) -> Void) throws(Diagnostic) {
        do throws(InventoryGraph.Refusal) { try body() } catch { throw problem("in '\(name)': \(error.problem)") }
    }
}
