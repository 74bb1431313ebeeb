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

    package init(host: String, address: String, user: String) {
        self.host = host
        self.address = address
        self.user = user
    }
}
