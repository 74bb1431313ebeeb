import ArgumentParser
import Engine
import Settings

/// Options that all commands share that do something on hosts.
struct FleetOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("forks")],
        help: ArgumentHelp("How many hosts are at work at once.", valueName: "number"))
    var forkLimit: Int?
    var forks: Int { forkLimit ?? RunOptions().forks }
    /// What the command line says, else the settings, else what is built in.
    func forks(_ configuration: AnsibleConfiguration) -> Int {
        max(1, forkLimit ?? configuration.given(\.forks) ?? RunOptions().forks)
    }
    @Flag(name: [.short, .long], help: "Become another user (root unless said otherwise).") var become = false

    func validate() throws {
        if let forkLimit, forkLimit < 1 {
            throw ValidationError("--forks takes a number above 0, not \(forkLimit)")
        }
    }
}
