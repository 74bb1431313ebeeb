import ArgumentParser
import Credentials
import YAML

/// The command line's layer of credentials.
struct ConnectionOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("Log in as this user.", valueName: "name")) var user: String?
    @Option(help: ArgumentHelp("Private key to log in with.", valueName: "path"), completion: .file()) var privateKey:
        String?
    @Option(help: ArgumentHelp("Port of the hosts' sshd.", valueName: "number")) var port: Int?
    @Option(
        name: [.customLong("timeout"), .customShort("T")],
        help: ArgumentHelp("Seconds to wait for a connection, and as long for the SSH handshake.", valueName: "seconds")
    ) var connectTimeout: Int?
    @Option(name: [.long, .customShort("c")], help: ArgumentHelp("How to connect: ssh or local.", valueName: "type"))
    var connection: String?
    @Option(help: ArgumentHelp("Become this user where a play or task becomes another one.", valueName: "name"))
    var becomeUser: String?
    @Option(help: ArgumentHelp("How to become another user: sudo, doas or su.", valueName: "method")) var becomeMethod:
        String?
    @Flag(name: [.customLong("ask-pass"), .customShort("k")], help: "Ask for the password to log in with.")
    var askPassword = false
    @Flag(
        name: [.customLong("ask-become-pass"), .customShort("K")],
        help: "Ask for the password to become another user with.") var askBecomePassword = false
    @Flag(name: .customLong("ask-key-pass"), help: "Ask for the passphrase of the private key.") var askPassphrase =
        false
    @Flag(help: "Trust the keys of hosts that no known_hosts file names, and remember them in config/known_hosts.")
    var acceptNewHostKeys = false

    func validate() throws {
        if let port, !(1...65535).contains(port) {
            throw ValidationError("--port takes a number from 1 to 65535, not \(port)")
        }
        if let connection, ConnectionSettings.Kind(named: connection) == nil {
            throw ValidationError("--connection takes ssh or local, not \(connection)")
        }
        if let connectTimeout, connectTimeout < 1 {
            throw ValidationError("--timeout takes a number of seconds above 0, not \(connectTimeout)")
        }
    }

    /// Asks for what is to be asked for.
    func layer() throws -> [(field: ConnectionField, value: Value, option: String)] {
        let password = askPassword ? try SecretInput.ask(.password).reveal() : nil
        let becomePassword = askBecomePassword ? try SecretInput.ask(.becomePassword).reveal() : nil
        let passphrase = askPassphrase ? try SecretInput.ask(.passphrase).reveal() : nil
        let given: [(ConnectionField, Value?, String)] = [
            (.user, user.map { .string($0) }, "--user"), (.identity, privateKey.map { .string($0) }, "--private-key"),
            (.port, port.map { .int($0) }, "--port"),
            (.connectTimeout, connectTimeout.map { .int($0) }, "--timeout"),
            (.connection, connection.map { .string($0) }, "--connection"),
            (.password, password.map { .string($0) }, "--ask-pass"),
            (.becomePassword, becomePassword.map { .string($0) }, "--ask-become-pass"),
            (.passphrase, passphrase.map { .string($0) }, "--ask-key-pass"),
            (.becomeUser, becomeUser.map { .string($0) }, "--become-user"),
            (.becomeMethod, becomeMethod.map { .string($0) }, "--become-method"),
        ]
        return given.compactMap { field, value, option in value.map { (field, $0, option) } }
    }
}
