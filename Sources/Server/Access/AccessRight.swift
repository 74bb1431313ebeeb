import Redaction

/// What a token may let its holder do; `comfyfleet token create --may`.
package enum AccessRight: String, Sendable, CaseIterable {
    /// Look at runs, hosts, installs and schedules.
    case read
    /// Start runs in check mode, and dry runs of installs.
    case check
    /// Start and cancel runs; it includes `check`.
    case run
    /// See names in the vault and the audit trail, rotate the vault's key, and choose which of the server's credentials
    /// a run uses and where they are sent.
    case secrets

    /// The answer to a client that lacks it.
    var denial: RedactedText {
        switch self {
        case .read: "the token may not look at runs, hosts and installs: it lacks 'read'"
        case .check: "the token may not start runs in check mode: it lacks 'check'"
        case .run: "the token may not start or cancel runs: it lacks 'run'"
        case .secrets: "the token may not see or choose what is secret, or where it is sent: it lacks 'secrets'"
        }
    }
}
