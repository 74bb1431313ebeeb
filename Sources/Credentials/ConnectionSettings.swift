import Redaction

/// How to reach one host: what the layers of credentials came to.
package struct ConnectionSettings: Sendable {
    package enum Kind: String, Sendable {
        case ssh, local

        /// By a name that `ansible_connection` may have; nil for ways to connect that are not supported.
        package init?(named name: String) {
            switch name.lowercased().split(separator: ".").last ?? "" {
            case "ssh", "smart", "paramiko", "paramiko_ssh", "libssh": self = .ssh
            case "local": self = .local
            default: return nil
            }
        }
    }
    /// The inventory's name for the host.
    package var host: String
    package var kind: Kind = .ssh
    /// What to connect to: `ansible_host`, else the name.
    package var address: String
    package var user: String
    package var port: Int = 22
    /// Path of the private key, `~` expanded.
    package var identity: String?
    /// Private keys to try when there is neither an identity nor a password: those of ssh's standard ones that exist.
    package var standardIdentities: [String] = []
    package var passphrase: Secret<String>?
    package var password: Secret<String>?
    /// Command template of the openssh transport; when present that transport is used.
    package var sshCommand: [String]?
    /// The file copy command that goes with `sshCommand`.
    package var scpCommand: [String]?
    package var connectTimeout: Duration = .seconds(10)
    /// For everything that runs on the host.
    package var environment: [String: String] = [:]
    package var becomeUser: String?
    package var becomePassword: Secret<String>?
    package var becomeMethod: String = "sudo"
    /// The program in the place of sudo, su or doas.
    package var becomeExe: [String]?
    /// Its options, in the place of those that it would get.
    package var becomeFlags: [String]?
    /// `[user@]host[:port]`, comma separated for several hops.
    package var proxyJump: String?
    /// The hops of `proxyJump`, with what ssh's configuration says of each; the nearest to this machine first.
    package var jumps: [Jump] = []
    /// What only ssh's configuration and options say.
    package var ssh = SSHDetails()
    /// Whether a layer gave them. `ssh_command` is given no others, so that ssh's own configuration counts.
    package var isUserGiven = true
    package var isPortGiven = true

    package init(host: String, address: String, user: String) {
        self.host = host
        self.address = address
        self.user = user
    }
}

/// Details of a connection that have no field of their own in the vault or the inventory, but that ssh has names for.
package struct SSHDetails: Sendable, Hashable {
    /// A shell's command that is the connection (`ProxyCommand`).
    package var proxyCommand: String?
    /// Of the agent's keys only those of the identity's files (`IdentitiesOnly`).
    package var identitiesOnly = false
    /// The agent's socket (`IdentityAgent`): nil is that of the environment, an empty text is none.
    package var agentSocket: String?
    /// The name under which the host's key is known (`HostKeyAlias`).
    package var hostKeyAlias: String?
    /// Besides the run's (`UserKnownHostsFile`).
    package var knownHostsFiles: [String] = []

    package init() {}
}

/// A host that a connection goes through.
package struct Jump: Sendable, Hashable {
    package var address: String
    package var port: Int
    package var user: String
    /// Private keys to try before those of the host behind.
    package var identities: [String]
    package var ssh: SSHDetails
}
