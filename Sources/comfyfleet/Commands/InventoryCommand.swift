import ArgumentParser
import Inventory
import Redaction
import Templating
import Vault
import YAML

struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Shows hosts, groups and variables as a run would see them.",
        subcommands: [List.self, Graph.self, Host.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    struct Source: ParsableArguments {
        @Option(
            name: [.short, .customLong("inventory")],
            help: ArgumentHelp(
                "Inventory file, folder, or hosts with commas; may be given several times.",
                discussion: "Default: config/inventory.yml.", valueName: "path"), completion: .file())
        var inventory: [String] = []
        @Option(help: "table, or json.") var format = Format.table
        @OptionGroup(title: "Ansible's vaults") var vaults: VaultPasswordOptions

        /// Warnings go to standard error, and the variables that hold credentials join the secrets.
        func load() async throws -> Inventory {
            let inventory = try Inventory.load(
                inventory.isEmpty ? [Inventory.defaultSource] : inventory,
                settings: InventorySettings(vault: try await vaults.keyring()))
            for host in inventory.hosts.values {
                HiddenVariables.join(.dict(host.variables))
            }
            Shown.warn(inventory.warnings)
            return inventory
        }
    }

    struct Limit: ParsableArguments {
        @Option(
            name: [.short, .long],
            help: ArgumentHelp("Only these hosts: a pattern, or @file with one a line.", valueName: "pattern"))
        var limit: String?

        func hosts(of inventory: Inventory) throws -> [String] {
            let selection = try inventory.select("all", limit: limit)
            Shown.warn(selection.warnings)
            return selection.hosts
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists hosts with their groups and addresses.",
            discussion:
                "With --format json: groups, and every host's merged variables below _meta, in the shape that inventory scripts print."
        )
        @OptionGroup var source: Source
        @OptionGroup var limit: Limit

        func run() async throws {
            let inventory = try await source.load()
            let names = try limit.hosts(of: inventory)
            switch source.format {
            case .json: Shown.put(JSON.pretty(json(inventory, names)))
            case .table:
                let rows = names.compactMap { inventory.host(named: $0) }.map { host in
                    [host.name, Shown.address(of: host), host.groupNames.joined(separator: ", ")]
                }
                Shown.table(["HOST", "ADDRESS", "GROUPS"], rows)
            }
        }

        private func json(_ inventory: Inventory, _ names: [String]) -> Value {
            let shown = Set(names)
            var document = ValueMap()
            var variables = ValueMap()
            for name in names {
                variables[name] =
                    inventory.host(named: name).map { .dict(HiddenVariables.hidden($0.variables)) } ?? .null
            }
            document["_meta"] = .dict(["hostvars": .dict(variables)])
            for name in inventory.groupOrder {
                guard let group = inventory.groups[name] else { continue }
                var entry = ValueMap()
                if !group.children.isEmpty { entry["children"] = .list(group.children.map { .string($0) }) }
                // As inventory scripts do it, `all` lists its children only.
                let hosts = name == "all" ? [] : group.hosts.filter(shown.contains)
                if !hosts.isEmpty { entry["hosts"] = .list(hosts.map { .string($0) }) }
                if !entry.isEmpty { document[name] = .dict(entry) }
            }
            return .dict(document)
        }
    }

    struct Graph: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "graph", abstract: "Draws the tree of groups and hosts.")
        @OptionGroup var source: Source
        @OptionGroup var limit: Limit
        @Argument(help: "The group to begin with.") var group = "all"

        func run() async throws {
            let inventory = try await source.load()
            let shown = Set(try limit.hosts(of: inventory))
            guard inventory.groups[group] != nil else {
                throw Diagnostics([
                    Diagnostic(
                        "the inventory has no group '\(group)'", at: nil,
                        remedy: "its groups are \(inventory.groupOrder.joined(separator: ", "))")
                ])
            }
            switch source.format {
            case .json: Shown.put(JSON.pretty(.dict(ValueMap([.string(group): tree(group, inventory, shown)]))))
            case .table:
                var lines: [String] = []
                draw(group, inventory, shown, depth: 0, into: &lines)
                Shown.put(lines.joined(separator: "\n"))
            }
        }

        /// A host that is in a child group too stands there, not at the top of the tree.
        private func hosts(of group: Inventory.Group, _ shown: Set<String>) -> [String] {
            group.name == "all" ? [] : group.hosts.filter(shown.contains)
        }

        private func draw(
            _ name: String, _ inventory: Inventory, _ shown: Set<String>, depth: Int, into lines: inout [String]
        ) {
            guard let group = inventory.groups[name] else { return }
            func line(_ text: String, _ depth: Int) {
                lines.append(depth == 0 ? text : "  |" + String(repeating: "  |", count: depth - 1) + "--" + text)
            }
            line("@\(name):", depth)
            for child in group.children { draw(child, inventory, shown, depth: depth + 1, into: &lines) }
            for host in hosts(of: group, shown) { line(host, depth + 1) }
        }

        private func tree(_ name: String, _ inventory: Inventory, _ shown: Set<String>) -> Value {
            guard let group = inventory.groups[name] else { return .null }
            var entry = ValueMap()
            var children = ValueMap()
            for child in group.children { children[child] = tree(child, inventory, shown) }
            if !children.isEmpty { entry["children"] = .dict(children) }
            let hosts = hosts(of: group, shown)
            if !hosts.isEmpty { entry["hosts"] = .list(hosts.map { .string($0) }) }
            return .dict(entry)
        }
    }

    struct Host: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "host", abstract: "Shows a host's variables, merged as for a task.")
        @OptionGroup var source: Source
        @Argument(help: "The host's name in the inventory.") var name: String

        func run() async throws {
            let inventory = try await source.load()
            guard let host = inventory.host(named: name) else {
                throw Diagnostics([
                    Diagnostic(
                        "the inventory has no host '\(name)'", at: nil,
                        remedy: "'comfyfleet inventory list' shows its hosts")
                ])
            }
            let variables = HiddenVariables.hidden(host.variables)
            switch source.format {
            case .json: Shown.put(JSON.pretty(.dict(variables)))
            case .table:
                var rows = [["groups", host.groupNames.joined(separator: ", ")]]
                if let mark = host.mark { rows.append(["defined at", "\(mark)"]) }
                rows += variables.pairs.map { [$0.key.string ?? $0.key.pythonRepr, JSON.text($0.value)] }
                Shown.table([host.name, ""], rows)
            }
        }
    }
}

/// Variables whose values are credentials, at any depth: they are never shown.
private enum HiddenVariables {
    private static func isHidden(_ key: Value, _ value: Value) -> Bool {
        key.string.map(CredentialVariables.names.contains) ?? false && !value.isNull && value.string != ""
    }

    /// They join the secrets, since they may be in other variables. A template names a secret and is none; one with
    /// text around it may hold a part of one.
    static func join(_ value: Value) {
        switch value {
        case .list(let items): items.forEach(join)
        case .dict(let map):
            for (key, value) in map.pairs {
                guard isHidden(key, value), let name = key.string else {
                    join(value)
                    continue
                }
                let text = value.string ?? JSON.text(value)
                if !(text.hasPrefix("{{") && text.hasSuffix("}}")) {
                    ComfyFleet.secrets.insert(Secret(text), label: "inventory.\(name)")
                }
            }
        default: break
        }
    }

    static func hidden(_ variables: ValueMap) -> ValueMap {
        var shown = variables
        for (key, value) in variables.pairs {
            if isHidden(key, value), let name = key.string {
                shown[key] = .string("«redacted:inventory.\(name)»")
            } else {
                shown[key] = hidden(value)
            }
        }
        return shown
    }

    private static func hidden(_ value: Value) -> Value {
        switch value {
        case .list(let items): return .list(items.map(hidden))
        case .dict(let map): return .dict(hidden(map))
        default:
            if let label = value.provenance.label { return .string("«redacted:\(label)»") }
            // As ansible-inventory shows what it has not decrypted.
            return value.provenance.isEncrypted ? .dict(["__ansible_vault": value.withOwn(.data)]) : value
        }
    }
}

/// Text that is shown goes through the redactor.
private enum Shown {
    static func put(_ text: String) { Output.print(RedactedText(text, secrets: ComfyFleet.secrets)) }

    static func warn(_ warnings: [Diagnostic]) {
        for warning in warnings {
            Output.print("warning: " + RedactedText("\(warning)", secrets: ComfyFleet.secrets), to: .stderr)
        }
    }

    static func address(of host: Inventory.Host) -> String {
        func text(_ names: [String]) -> String? {
            names.lazy.compactMap { host.variables[$0] }.first.map { $0.string ?? JSON.text($0) }
        }
        let address = text(["ansible_host", "ansible_ssh_host"]) ?? host.name
        guard let port = text(["ansible_port", "ansible_ssh_port"]) else { return address }
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    static func table(_ header: [String], _ rows: [[String]]) {
        var table = TextTable(header)
        for row in rows { table.add(row) }
        Output.print(table.text(ComfyFleet.secrets))
    }
}
