import Audit
import Redaction

/// What clients do through the API, in the audit trail: who, from where, what; the entry comes before the act.
struct APITrail: Sendable {
    let audit: AuditLog
    let secrets: SecretSet
    let refusals = RefusalsBox()

    /// - Throws: `AuditFailure`; what cannot be noted is not done.
    func requested(
        _ event: RedactedText, _ context: APIContext, _ fields: [(name: RedactedText, value: AuditValue)] = []
    ) async throws {
        try await audit.appendOffPool([AuditLog.Entry(event, sender(context) + fields)])
    }

    /// What a token was not enough for.
    func denied(_ context: APIContext, _ method: String, _ route: Route, _ problems: [RedactedText]) async throws {
        let called = "\(method) \(route.path)"
        guard isFirst("api.denied", context.client, context.access.name, called) else { return }
        try await audit.appendOffPool([
            AuditLog.Entry(
                "api.denied", sender(context) + [("route", text(called)), ("reason", .text(problems.first ?? ""))])
        ])
    }

    private func sender(_ context: APIContext) -> [(name: RedactedText, value: AuditValue)] {
        [("client", text(context.client)), ("token", text(context.access.name))]
    }

    /// Once for many wrong tokens, so that guessing does not fill the trail.
    func refused(_ context: APIContext) async throws {
        guard isFirst("api.refused", context.client, "", "") else { return }
        try await audit.appendOffPool([
            AuditLog.Entry(
                "api.refused", [("client", text(context.client)), ("reason", .text("too many wrong tokens"))])
        ])
    }

    private func isFirst(_ event: RedactedText, _ client: String, _ token: String, _ route: String) -> Bool {
        refusals.note(Refusals.Sender(event: event, client: client, token: token), route, at: .now)
    }

    /// Writes how often those were refused whose entry of a minute ago had followers.
    ///
    /// - Parameter isLast: whether all are written, also those whose minute is not over.
    /// - Throws: `AuditFailure`; they are kept for the next time.
    func writeRepeats(isLast: Bool = false) async throws {
        let taken = refusals.dequeue(at: isLast ? nil : .now)
        guard !taken.isEmpty else { return }
        do {
            try await audit.appendOffPool(
                taken.map { repeats in
                    let counts = repeats.counts.sorted { $0.key < $1.key }
                    var fields: [(name: RedactedText, value: AuditValue)] = [("client", text(repeats.sender.client))]
                    if !repeats.sender.token.isEmpty { fields.append(("token", text(repeats.sender.token))) }
                    fields.append(("repeated", .int(counts.reduce(0) { $0 + $1.value })))
                    let routes = counts.filter { !$0.key.isEmpty }
                    if !routes.isEmpty {
                        fields.append(
                            (
                                "routes",
                                .object(routes.map { .init(RedactedText($0.key, secrets: secrets), .int($0.value)) })
                            ))
                    }
                    return AuditLog.Entry(repeats.sender.event, fields)
                })
        } catch {
            refusals.putBack(taken)
            throw error
        }
    }

    func text(_ plain: String) -> AuditValue { .text(RedactedText(plain, secrets: secrets)) }
}
