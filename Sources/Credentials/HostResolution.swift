/// What the layers came to for one host.
package struct HostResolution: Sendable {
    /// The inventory's name.
    package let host: String
    /// The provider of the vault that was asked, and the key in it, where the inventory names one.
    package let provider: String
    package let key: String?
    /// Each field with the layer that wins and those that it shadows.
    package let fields: LayeredFields
    package internal(set) var problems: [Problem]
    /// What to connect with; nil when an error stands in the way.
    package internal(set) var settings: ConnectionSettings?

    package var wouldConnect: Bool { !problems.contains { $0.severity == .error } }
    /// `libssh2`, `openssh` or `local`
    package var transport: String {
        guard let settings else { return fields[.sshCommand] == nil ? "libssh2" : "openssh" }
        return settings.kind == .local ? "local" : settings.sshCommand == nil ? "libssh2" : "openssh"
    }
}
