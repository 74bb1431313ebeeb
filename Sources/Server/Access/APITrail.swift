import Audit
import Redaction

/// What clients do through the API, in the audit trail: who, from where, what; the entry comes before the act.
struct APITrail: Sendable {
    let audit: AuditLog
    let secrets: SecretSet

    /// - Throws: `AuditFailure`; what cannot be noted is not done.
    func requested(_ event: RedactedText, _ context: APIContext, _ fields: [(name: RedactedText, value: AuditValue)] = []) async throws {
        try await audit.appendOffPool([AuditLog.Entry(event, sender(context) + fields)])
    }

    /// What a token was not enough for.
    func denied(_ context: APIContext, _ method: String, _ route: Route, _ problems: [RedactedText]) async throws {
        try await audit.appendOffPool([AuditLog.Entry("api.denied", sender(context) + [
            ("route", text("\(method) \(route.path)")), ("reason", .text(problems.first ?? "")),
        ])])
    }

    private func sender(_ context: APIContext) -> [(name: RedactedText, value: AuditValue)] { [("client", text(context.client)), ("token", text(context.access.name))] }

    /// Once for many wrong tokens, so that guessing does not fill the trail.
    func refused(_ context: APIContext) async throws {
        try await audit.appendOffPool([AuditLog.Entry("api.refused", [("client", text(context.client)), ("reason", .text("too many wrong tokens"))])])
    }

    func text(_ plain: String) -> AuditValue { .text(RedactedText(plain, secrets: secrets)) }
}
