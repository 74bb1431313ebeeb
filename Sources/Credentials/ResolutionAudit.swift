import Audit
import Redaction

/// `credentials.resolved`: which layer each field of a host came from, and never a value.
struct ResolutionAudit {
    let secrets: SecretSet

    func write(_ resolutions: [HostResolution], to audit: AuditLog) throws {
        // What a field came from is the same for most hosts of a fleet.
        var known: [String: RedactedText] = [:]
        func text(_ string: String) -> RedactedText {
            if let text = known[string] { return text }
            let text = RedactedText(string, secrets: secrets)
            known[string] = text
            return text
        }
        try audit.append(resolutions.map { resolution in
            let fields: [AuditValue] = ConnectionField.allCases.compactMap { field in
                guard let layer = resolution.fields[field]?.layer else { return nil }
                return .text(layer.name == layer.pattern ? text("\(field.rawValue) from \(layer.name)") : RedactedText("\(field.rawValue) from \(layer.name)", secrets: secrets))
            }
            return AuditLog.Entry("credentials.resolved", [
                ("host", .text(RedactedText(resolution.host, secrets: secrets))), ("provider", .text(text(resolution.provider))),
                ("key", resolution.key.map { .text(RedactedText($0, secrets: secrets)) } ?? .null),
                ("usable", .bool(resolution.wouldConnect)), ("fields", .list(fields)),
            ])
        })
    }
}
