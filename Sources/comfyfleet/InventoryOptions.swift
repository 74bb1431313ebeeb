import AnsibleVault
import ArgumentParser
import Inventory
import Redaction
import Runs
import Settings
import Templating
import Vault
import YAML

/// Which hosts a command is about.
struct InventoryOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Inventory file, folder, or hosts with commas; may be given several times.",
            discussion: "Default: config/inventory.yml.", valueName: "path"), completion: .file())
    var inventory: [String] = []
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only hosts that this pattern matches.",
            discussion:
                "@RUN:failed (or unreachable, changed, ok, unfinished) are hosts of an earlier run; @last is the newest.",
            valueName: "pattern"))
    var limit: String?

    @OptionGroup(title: "Ansible's vaults") var vaults: VaultPasswordOptions

    /// What is odd in the inventory is reported on standard error.
    func load(besides playbook: String? = nil) async throws -> Inventory {
        try load(try await vaults.keyring(), besides: playbook)
    }

    /// - Parameters:
    ///   - configuration: names inventories where the command line does not.
    ///   - playbook: its path: group_vars and host_vars beside it count, too.
    ///   - extraVariables: for `constructed` inventories that use them.
    func load(
        _ vault: VaultKeyring, _ configuration: AnsibleConfiguration = AnsibleConfiguration(),
        besides playbook: String? = nil, extraVariables: ValueMap = [:]
    ) throws -> Inventory {
        let folder = playbook.map { path in path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
        var settings = InventorySettings(vault: vault)
        settings.extraVariables = extraVariables
        let sources =
            inventory.isEmpty ? configuration.given(\.inventory)?.paths ?? [Inventory.defaultSource] : inventory
        var inventory = try Inventory.load(sources, playbookFolder: folder, settings: settings)
        inventory.selections = try selections()
        for warning in inventory.warnings { Output.print("warning: \(redacted("\(warning)"))", to: .stderr) }
        return inventory
    }

    /// Hosts of earlier runs that the limit speaks of: `@20261123-201455:failed`.
    private func selections() throws -> [String: [String]] {
        var selections: [String: [String]] = [:]
        let names = RunArchive.Entry.HostState.allCases.map(\.rawValue).joined(separator: "|")
        let pattern = try Regex("@([A-Za-z0-9._~-]+):(\(names))(?![A-Za-z0-9._-])")
        for match in (limit ?? "").matches(of: pattern) {
            guard match.output.count == 3, let id = match.output[1].substring,
                let state = match.output[2].substring.flatMap({ RunArchive.Entry.HostState(rawValue: String($0)) })
            else { continue }
            do {
                selections[String((limit ?? "")[match.range])] = try RunArchive().run(String(id)).hosts().filter {
                    $0.state == state || (state == .ok && $0.state == .changed)
                }.map(\.name)
            } catch {
                throw Diagnostics([Diagnostic("--limit: \(error.problemAtPlace)", at: nil, remedy: error.remedy)])
            }
        }
        return selections
    }

    /// The pattern's hosts, in the inventory's order.
    func select(_ pattern: String = "all", from inventory: Inventory) throws -> [Inventory.Host] {
        let selection = try inventory.select(pattern, limit: limit)
        for warning in selection.warnings { Output.print("warning: \(redacted("\(warning)"))", to: .stderr) }
        return selection.hosts.compactMap(inventory.host(named:))
    }

    /// For commands that have nothing to do without a host.
    func noHosts(_ pattern: String = "all") -> Diagnostics {
        let problem =
            limit.map { "--limit '\($0)' leaves no host" }
            ?? (pattern == "all" ? "the inventory has no hosts" : "'\(pattern)' matches no host")
        return Diagnostics([Diagnostic(problem, at: nil, remedy: "see comfyfleet inventory list")])
    }
}

extension InventorySettings {
    /// Of a command: with its vaults' passwords and the process's environment.
    init(vault: VaultKeyring) {
        self.init()
        var templates = TemplateEnvironment()
        templates.environment = { EnvironmentVariable.value($0, in: VaultSession.environment) }
        templates.secrets = ComfyFleet.secrets
        templates.ansibleVault = vault
        templar = Templar(environment: templates)
        isSecret = VaultFiles.isSecret
        let environment = VaultSession.ansibleEnvironment
        func words(_ name: String) -> [String]? {
            environment[name].map { text in
                text.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
            }
        }
        if let names = words("ANSIBLE_INVENTORY_ENABLED") { plugins = names }
        if let endings = words("ANSIBLE_INVENTORY_IGNORE") { ignoredEndings = endings }
        if let patterns = words("ANSIBLE_INVENTORY_IGNORE_REGEX") {
            ignoredNames = patterns.compactMap { try? PythonRegex($0) }
        }
    }
}
