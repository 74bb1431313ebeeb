import ArgumentParser
import Engine
import Redaction

/// Options that all commands share that do something on hosts.
struct FleetOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("How many hosts are at work at once.", valueName: "number")) var forks = RunOptions().forks
    @Flag(name: [.short, .long], help: "Become another user (root unless said otherwise).") var become = false
    @Flag(name: [.customShort("K"), .long], help: "Ask for the password of sudo.") var askBecomePass = false

    func validate() throws {
        if forks < 1 { throw ValidationError("--forks takes a number above 0, not \(forks)") }
    }

    /// Asked for before anything begins; it goes before the vault's.
    func becomePassword() throws -> Secret<String>? {
        askBecomePass ? try SecretInput.read("sudo password", twice: false) : nil
    }
}
