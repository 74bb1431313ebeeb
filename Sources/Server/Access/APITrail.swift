import Audit
import Redaction

/// What clients do through the API, in the audit trail: who, from where, what; the entry comes before the act.
struct APITrail: Sendable {
    let audit: AuditLog
    let secrets: SecretSet

    /// - Throws: `AuditFailure`; what cannot be noted is not done.
    func requested(_ event: RedactedText, _ context: APIContext, _ fields: [(name: RedactedText, value: AuditValue)] = []) throws {
        let client: (name: RedactedText, value: AuditValue) = ("client", text(context.client))
        try audit.append([AuditLog.Entry(event, [client] + fields)])
    }

    /// Once for each time that a client has to wait, so that guessing does not fill the trail.
    func refused(_ context: APIContext) throws {
        try audit.append([AuditLog.Entry("api.refused", [("client", text(context.client)), ("reason", .text("too many wrong tokens"))])])
    }

    func text(_ plain: String) -> AuditValue { .text(RedactedText(plain, secrets: secrets)) }
}
