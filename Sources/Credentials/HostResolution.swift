/// What the layers came to for one host.
public struct HostResolution: Sendable {
    /// The inventory's name.
    public let host: String
    /// The provider of the vault that was asked, and the key in it, where the inventory names one.
    public let provider: String
    public let key: String?
    /// Each field with the layer that wins and those that it shadows.
    public let fields: LayeredFields
    public internal(set) var problems: [Problem]
    /// What to connect with; nil when an error stands in the way.
    public internal(set) var settings: ConnectionSettings?

    public var wouldConnect: Bool { !problems.contains { $0.severity == .error } }
    /// `libssh2`, `openssh` or `local`
    public var transport: String {
        guard let settings else { return fields[.sshCommand] == nil ? "libssh2" : "openssh" }
        return settings.kind == .local ? "local" : settings.sshCommand == nil ? "libssh2" : "openssh"
    }
}
