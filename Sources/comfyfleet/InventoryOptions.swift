import ArgumentParser
import Inventory
import Redaction
import Runs
import Settings
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

    /// What is odd in the inventory is reported on standard error.
    ///
    /// - Parameter configuration: names inventories where the command line does not.
    func load(_ configuration: AnsibleConfiguration = AnsibleConfiguration()) throws -> Inventory {
        let sources =
            inventory.isEmpty ? configuration.given(\.inventory)?.paths ?? [Inventory.defaultSource] : inventory
        var inventory = try Inventory.load(sources, isSecret: VaultFiles.isSecret)
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
