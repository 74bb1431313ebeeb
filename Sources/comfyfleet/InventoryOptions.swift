import ArgumentParser
import Inventory
import Redaction

/// Which hosts a command is about.
struct InventoryOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Inventory file, folder, or hosts with commas; may be given several times.", discussion: "Default: config/inventory.yml.", valueName: "path"), completion: .file())
    var inventory: [String] = []
    @Option(name: [.short, .long], help: ArgumentHelp("Only hosts that this pattern matches.", valueName: "pattern"))
    var limit: String?

    /// What is odd in the inventory is told on standard error.
    func load() throws -> Inventory {
        let inventory = try Inventory.load(inventory.isEmpty ? ["config/inventory.yml"] : inventory)
        for warning in inventory.warnings { Output.print("warning: \(redacted("\(warning)"))", to: .stderr) }
        return inventory
    }

    /// The pattern's hosts, in the inventory's order.
    func select(_ pattern: String = "all", from inventory: Inventory) throws -> [Inventory.Host] {
        let selection = try inventory.select(pattern, limit: limit)
        for warning in selection.warnings { Output.print("warning: \(redacted("\(warning)"))", to: .stderr) }
        return selection.hosts.compactMap { inventory.hosts[$0] }
    }
}
