public import Redaction

/// How to reach one host: what the layers of credentials came to.
public struct ConnectionSettings: Sendable {
    public enum Kind: String, Sendable {
        case ssh, local

        /// By a name that `ansible_connection` may have; nil for ways to connect that are not supported.
        public init?(named name: String) {
            switch name.lowercased().split(separator: ".").last ?? "" {
            case "ssh", "smart", "paramiko", "paramiko_ssh", "libssh": self = .ssh
            case "local": self = .local
            default: return nil
            }
        }
    }
    /// The inventory's name for the host.
    public var host: String
    public var kind: Kind = .ssh
    /// What to connect to: `ansible_host`, else the name.
    public var address: String
    public var user: String
    public var port: Int = 22
    /// Path of the private key, `~` expanded.
    public var identity: String?
    /// Private keys to try when there is neither an identity nor a password: those of ssh's standard ones that exist.
    public var standardIdentities: [String] = []
    public var passphrase: Secret<String>?
    public var password: Secret<String>?
    /// Command template of the openssh transport; when present that transport is used.
    public var sshCommand: [String]?
    /// The file copy command that goes with `sshCommand`.
    public var scpCommand: [String]?
    public var connectTimeout: Duration = .seconds(10)
    /// For everything that runs on the host.
    public var environment: [String: String] = [:]
    public var becomeUser: String?
    public var becomePassword: Secret<String>?
    public var becomeMethod: String = "sudo"
    /// `[user@]host[:port]`, comma separated for several hops.
    public var proxyJump: String?

    public init(host: String, address: String, user: String) {
        self.host = host
        self.address = address
        self.user = user
    }
}
