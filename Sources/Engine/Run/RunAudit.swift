import Audit
import Redaction
import Runs

/// A run's entries in the audit trail: that it began, by whom and with what, and how it ended for each host.
package struct RunAudit: Sendable {
    private let log: AuditLog
    private let secrets: SecretSet
    private let run: AuditValue
    /// So many hosts' outcomes go into one entry.
    private static let hostsPerEntry = 200

    package init(_ log: AuditLog, run id: String, secrets: SecretSet) {
        self.log = log
        self.secrets = secrets
        run = .text(RedactedText(id, secrets: secrets))
    }

    /// - Parameter resumed: an earlier process has begun the run.
    /// - Throws: when the entry cannot be written; then the run must not begin.
    package func started(_ record: RunRecord, hosts: [String], resumed: Bool = false) async throws {
        let playbooks = record.playbooks.map { text("\($0.path) sha256:\($0.digest ?? "")") }
        try await log.appendOffPool([
            AuditLog.Entry(
                resumed ? "run.resumed" : "run.started",
                [
                    ("run", run), ("user", text(record.user)), ("controller", text(record.controller)),
                    ("process", .int(record.process)),
                    ("playbooks", .list(playbooks)), ("command", record.command.map(text) ?? .null),
                    ("inventory", .list(record.inventory.map(text))),
                    ("limit", record.limit.map(text) ?? .null), ("hosts", .list(hosts.map(text))),
                    ("check", .bool(record.checkMode)),
                ])
        ])
    }

    /// How it ended; an entry for each couple of hundred hosts, then one for the run.
    package func finished(_ summary: RunSummary) async throws {
        var entries: [AuditLog.Entry] = []
        var rest = summary.hosts[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.hostsPerEntry)
            rest = rest.dropFirst(part.count)
            entries.append(
                AuditLog.Entry(
                    "run.hosts",
                    [("run", run), ("outcomes", .list(part.map { text("\($0.name) \(Self.outcome($0.counts))") }))]))
        }
        entries.append(
            AuditLog.Entry(
                "run.finished",
                [
                    ("run", run), ("exit_code", .int(Int(summary.exitCode))),
                    ("seconds", .int(Int(summary.duration.rounded()))),
                    ("failed", .int(summary.hosts.count { $0.counts.failed > 0 })),
                    ("unreachable", .int(summary.hosts.count { $0.counts.unreachable > 0 })),
                    ("changed", .int(summary.hosts.count { $0.counts.changed > 0 })),
                    ("note", summary.note.map { .text($0) } ?? .null),
                ]))
        try await log.appendOffPool(entries)
    }

    private static func outcome(_ counts: HostCounts) -> String {
        if counts.unreachable > 0 { return "unreachable" }
        if counts.failed > 0 { return "failed" }
        if counts.changed > 0 { return "changed \(counts.changed)" }
        return counts == HostCounts() ? "not begun" : "ok"
    }

    private func text(_ text: String) -> AuditValue { .text(RedactedText(text, secrets: secrets)) }
}
