import Credentials

/// Reaches a host by the user's own `ssh` command, with all that it knows: agents, certificates, FIDO keys, Kerberos,
/// `~/.ssh/config`.
///
/// A command's words may hold `{host}`, `{user}`, `{port}` and `{identity}`; a command without `{host}` gets them as
/// ssh's options,
/// those that a layer of credentials gives, so `ssh` and `ssh -F lab.conf` work as they stand, with the keys in `config/known_hosts` unless the command says
/// where known hosts are. It never asks anything: `BatchMode=yes` goes before what the command
/// says, so what needs a question has to be in an agent, and there can be no password. A silent link is found after
/// `silence`,
/// unless the command's own options say otherwise.
package struct OpenSSHTransport: Transport {
    private let arguments: [String]
    package var statusOfUnreached: Int32? { 255 }

    /// Throws `Unreachable` when the settings can't be used with ssh.
    package init(_ settings: ConnectionSettings, silence: Duration = .seconds(60)) throws {
        guard let command = settings.sshCommand, let program = command.first, !program.isEmpty else {
            throw Unreachable(
                .connect, "the ssh_command of \(settings.host) is empty", remedy: "give a command such as 'ssh'")
        }
        guard settings.password == nil else {
            throw Unreachable(
                .authentication, "a password can't be given to the ssh_command of \(settings.host)",
                remedy: "use a key or an agent with it, or leave ssh_command out")
        }
        guard settings.passphrase == nil else {
            throw Unreachable(
                .authentication, "a passphrase can't be given to the ssh_command of \(settings.host)",
                remedy: "load the key into ssh-agent, or leave ssh_command out")
        }
        for (name, value) in [("address", settings.address), ("user", settings.user)] where value.hasPrefix("-") {
            throw Unreachable(
                .connect, "the \(name) of \(settings.host) begins with '-', which ssh would take for an option",
                remedy: "correct it")
        }
        let fields = [
            "{host}": settings.address, "{user}": settings.user, "{port}": String(settings.port),
            "{identity}": settings.identity ?? "",
        ]
        let words = command.dropFirst().map { word in fields.reduce(word) { $0.replacing($1.key, with: $1.value) } }
        if command.contains(where: { $0.contains("{host}") }) {
            arguments = [program] + words
        } else {
            let seconds = max(1, settings.connectTimeout.components.seconds)
            var options =
                ["-T", "-o", "BatchMode=yes"] + words
                + (settings.isPortGiven ? ["-p", String(settings.port)] : [])
                + (settings.isUserGiven ? ["-l", settings.user] : []) + [
                    "-o", "ConnectTimeout=\(seconds)", "-o",
                    "ServerAliveInterval=\(max(1, silence.components.seconds / 4))", "-o", "ServerAliveCountMax=3",
                ]
            // A host whose key was accepted here is no stranger to ssh either. Beside the system's files, so that the
            // user's own stay as ~/.ssh/config has them.
            if !words.contains(where: { $0.lowercased().contains("knownhostsfile") }) {
                options += [
                    "-o", "GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2 config/known_hosts",
                ]
            }
            if let identity = settings.identity { options += ["-i", identity] }
            if let jump = settings.proxyJump { options += ["-J", jump] }
            arguments = [program] + options + ["--", settings.address]
        }
    }

    package func open(_ command: String) async throws -> any CommandStream {
        try await LocalProcessStream.start(arguments + [command])
    }
    package func close() async {}
}
