import Redaction

/// What hooks and webhooks are notified of.
package enum HookEvent: String, Sendable, CaseIterable {
    /// A provider of the vault was read.
    case secretRead = "on_security_secret_read"
    /// The vault's key was replaced.
    case keyRotated = "on_security_key_rotated"
    case runStarted = "on_run_started"
    case runFinished = "on_run_finished"
    /// A host failed or could not be reached.
    case hostFailed = "on_host_failed"
    /// A check by a drift run found hosts that differ.
    case drift = "on_drift"
    /// A job's time was left out.
    case scheduleMissed = "on_schedule_missed"

    package var name: RedactedText { RedactedText(own: self) }
}
