import YAML

/// What the layers came to for one host.
package struct HostResolution: Sendable {
    /// The inventory's name.
    package let host: String
    /// The provider of the vault that was asked, and the key in it, where the inventory names one.
    package let provider: String
    package let key: String?
    /// Each field with the layer that wins and those that it shadows.
    package private(set) var fields: LayeredFields
    /// Title of the play that it is for; nil for any.
    package internal(set) var play: String?
    package internal(set) var problems: [Problem]
    /// What to connect with; nil when an error stands in the way.
    package internal(set) var settings: ConnectionSettings?

    /// Whether a variable gives it, so that a keyword of a task does not count.
    package func isGivenByVariable(_ field: ConnectionField) -> Bool {
        switch fields[field]?.layer.rank {
        case .inventory, .playbook, .extraVariables: true
        default: false
        }
    }

    /// With what a task's keywords say; nil as `settings`.
    package func settings(with keywords: ConnectionKeywords) -> ConnectionSettings? {
        guard var settings else { return nil }
        if let user = keywords.user, !isGivenByVariable(.user) { settings.user = user }
        if let port = keywords.port, !isGivenByVariable(.port) { settings.port = port }
        return settings
    }

    /// As `settings(with:)`, for a report.
    mutating func apply(_ keywords: ConnectionKeywords) {
        for (field, value, name) in [
            (ConnectionField.user, keywords.user.map { Value.string($0) }, "remote_user"),
            (.port, keywords.port.map { .int($0) }, "port"),
        ] {
            guard let value, !isGivenByVariable(field) else { continue }
            fields.put(field, value, from: Layer(.playbook, "\(name) (keyword of the play)"))
        }
        settings = settings(with: keywords)
    }

    /// Names it among all of a report.
    package var id: String { play.map { "\(host)\n\($0)" } ?? host }

    package var wouldConnect: Bool { !problems.contains { $0.severity == .error } }
    /// `libssh2`, `openssh` or `local`
    package var transport: String {
        guard let settings else { return fields[.sshCommand] == nil ? "libssh2" : "openssh" }
        return settings.kind == .local ? "local" : settings.sshCommand == nil ? "libssh2" : "openssh"
    }
}
