import Audit
import Redaction

/// `credentials.resolved`: of which hosts, by which providers, and which layer each field came from, and never a value.
/// One entry for all hosts of a command or a report.
struct ResolutionAudit {
    let secrets: SecretSet

    func write(_ resolutions: [HostResolution], to audit: AuditLog) throws {
        guard !resolutions.isEmpty else { return }
        // By name, in the order in which they are met: layers and providers are few, however many the hosts.
        var providers = Counts()
        var fields = Counts()
        for resolution in resolutions {
            providers.add(resolution.provider)
            for field in ConnectionField.allCases {
                if let layer = resolution.fields[field]?.layer { fields.add("\(field.rawValue) from \(layer.pattern)") }
            }
        }
        let unusable = resolutions.filter { !$0.wouldConnect }
        try audit.append([
            AuditLog.Entry(
                "credentials.resolved",
                [
                    ("hosts", names(resolutions)), ("count", .int(resolutions.count)), ("unusable", names(unusable)),
                    ("providers", counts(providers)), ("fields", counts(fields)),
                ])
        ])
    }

    private struct Counts {
        private(set) var order: [String] = []
        private(set) var counts: [String: Int] = [:]
        mutating func add(_ name: String) {
            if counts.updateValue((counts[name] ?? 0) + 1, forKey: name) == nil { order.append(name) }
        }
    }

    private func counts(_ counts: Counts) -> AuditValue {
        .object(counts.order.map { .init(RedactedText($0, secrets: secrets), .int(counts.counts[$0] ?? 0)) })
    }

    private func names(_ resolutions: [HostResolution]) -> AuditValue {
        .list(resolutions.map { .text(RedactedText($0.host, secrets: secrets)) })
    }
}
