import AnsibleCommands
import AnsibleVault
import Engine
import Foundation
import Inventory
import Redaction
import Settings
import Vault
import YAML

/// `ansible-inventory`: hosts, groups and variables, for people and for programs that read them.
struct AnsibleInventory {
    let configuration: AnsibleConfiguration

    init(_ configuration: AnsibleConfiguration) { self.configuration = configuration }

    func run(_ words: [String]) async throws -> Int32 {
        let options = try AnsibleParsers.inventoryCommand.read(words, configuration)
        let actions = ["list", "host", "graph"].filter(options.has)
        guard let action = actions.first else {
            return wrong("No action selected, at least one of --host, --graph or --list needs to be specified.")
        }
        guard actions.count == 1 else {
            return wrong(
                "Conflicting options used, only one of --host, --graph or --list can be used at the same time.")
        }
        let sources = AnsibleSources(options.all("inventory"), configuration).paths
        let vaults = try await Self.keyring(options)
        let extra = try ExtraVariables.parse(options.all("extra-vars"), vault: vaults)
        var settings = InventorySettings(vault: vaults)
        settings.extraVariables = extra
        let graph = try InventoryGraph(reading: sources, settings)
        let inventory = try Inventory(graph, playbookFolder: options.last("playbook-dir"), settings)
        let isExport = options.has("export") || configuration.exportsInventory
        let selection = try inventory.select("all", limit: options.last("limit"))
        let text = InventoryText(inventory, graph, hosts: selection.hosts, extra: extra, isExport: isExport)
        let result: String
        switch action {
        case "graph":
            let group = options.arguments.first ?? "all"
            guard inventory.groups[group] != nil else {
                return wrong("Pattern must be valid group name when using --graph")
            }
            result = InventoryText(inventory, graph, hosts: inventory.hostOrder, extra: extra).graph(
                from: group, withVariables: options.has("vars"))
        case "host":
            let name = options.last("host") ?? ""
            guard inventory.host(named: name) != nil else {
                AnsibleProgram.warn("Could not match supplied host pattern, ignoring: \(name)")
                return wrong("You must pass a single valid host to --host parameter")
            }
            result = format(.dict(text.variables(of: name)), options)
        default: result = format(options.has("yaml") || options.has("toml") ? text.tree : text.list, options)
        }
        let shown = redacted(result)
        guard action == "list", let path = options.last("output") else {
            Output.print(shown, terminator: shown.description.hasSuffix("\n") ? "" : "\n")
            return 0
        }
        do { try Data(shown.description.utf8).write(to: URL(fileURLWithPath: path)) } catch {
            AnsibleProgram.error(
                "Unable to write to destination file (\(path)): \(error.localizedDescription)", at: nil)
            return 1
        }
        return 0
    }

    /// The passwords that the options of a command name.
    static func keyring(_ options: ParsedOptions) async throws -> VaultKeyring {
        var words = ["vault-id", "vault-password-file"].flatMap { key in options.all(key).map { "--\(key)=\($0)" } }
        if options.has("ask-vault-password") { words.append("--ask-vault-pass") }
        return try await VaultPasswordOptions.parse(words).keyring()
    }

    private func format(_ value: Value, _ options: ParsedOptions) -> String {
        if options.has("yaml") { return InventoryText.yaml(value) }
        if options.has("toml") { return InventoryText.toml(value) }
        return InventoryText.json(value)
    }

    private func wrong(_ problem: String) -> Int32 {
        AnsibleProgram.error(problem, at: nil)
        return 5
    }
}
