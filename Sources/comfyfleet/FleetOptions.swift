import ArgumentParser
import Engine

/// Options that all commands share that do something on hosts.
struct FleetOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("How many hosts are at work at once.", valueName: "number"))
    var forks = RunOptions().forks
    @Flag(name: [.short, .long], help: "Become another user (root unless said otherwise).") var become = false

    func validate() throws {
        if forks < 1 { throw ValidationError("--forks takes a number above 0, not \(forks)") }
    }
}
