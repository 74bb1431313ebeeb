import Hooks
import Redaction
import Runs

/// What of a run's events people are notified of. A value: events in, notices out.
package struct RunNotices: Sendable {
    /// So many names of hosts are in one notice; the counts are of all.
    static let hostLimit = 1000
    private let run: RedactedText
    private let job: RedactedText?
    private let secrets: SecretSet
    private var tasks: [Int: RunEvent.TaskHeader] = [:]
    private let playbook: RedactedText
    private var fallen: Set<String> = []

    /// - Parameters:
    ///   - playbook: its name, or `exec`.
    ///   - job: of the schedule, where one has begun the run.
    package init(run: String, playbook: String, job: String?, secrets: SecretSet) {
        self.run = RedactedText(run, secrets: secrets)
        self.playbook = RedactedText(playbook, secrets: secrets)
        self.job = job.map { RedactedText($0, secrets: secrets) }
        self.secrets = secrets
    }

    package mutating func receive(_ event: RunEvent) -> Notice? {
        switch event.kind {
        case .runStarted(let header):
            return notice(
                .runStarted, event.time,
                [
                    .init("hosts", names(header.hosts)), .init("host_count", .int(header.hosts.count)),
                    .init("tasks", .int(header.tasks)), .init("check", .bool(header.checkMode)),
                    .init("resumed", .int(header.resumed)),
                ])
        case .taskStarted(let task):
            tasks[task.id] = task
            return nil
        case .hostTaskFinished(let host, let task, let outcome) where outcome.status == .failed:
            return failed(host, "failed", task, outcome.message, event.time)
        case .hostUnreachable(let host, let task, let message):
            return failed(host, "unreachable", task, message, event.time)
        case .runFinished(let summary):
            func hosts(_ which: (HostCounts) -> Bool) -> [String] {
                summary.hosts.filter { which($0.counts) }.map(\.name)
            }
            let failed = hosts { $0.failed > 0 }
            let unreachable = hosts { $0.unreachable > 0 }
            let changed = hosts { $0.changed > 0 }
            return notice(
                .runFinished, event.time,
                [
                    .init("exit_code", .int(Int(summary.exitCode))),
                    .init("seconds", .double((summary.duration * 1000).rounded() / 1000)),
                    .init("note", .text(summary.note)),
                    .init("host_count", .int(summary.hosts.count)), .init("changed_count", .int(changed.count)),
                    .init("failed_count", .int(failed.count)), .init("unreachable_count", .int(unreachable.count)),
                    .init("failed", names(failed)), .init("unreachable", names(unreachable)),
                ])
        default: return nil
        }
    }

    /// One for a host, however often it fails.
    private mutating func failed(
        _ host: String, _ state: RedactedText, _ task: Int?, _ message: RedactedText?, _ time: Double
    ) -> Notice? {
        guard fallen.insert(host).inserted else { return nil }
        let header = task.flatMap { tasks[$0] }
        return notice(
            .hostFailed, time,
            [
                .init("host", .text(text(host))), .init("state", .text(state)), .init("task", .text(header?.name)),
                .init("place", .text(header.map { text($0.place) })), .init("message", .text(message)),
            ])
    }

    /// Of a run that looks for drift, when hosts differ; nil when none does.
    package func drift(_ report: DriftReport, report path: String, at time: Double) -> Notice? {
        guard !report.isEmpty else { return nil }
        let hosts = report.hosts.prefix(Self.hostLimit).map { host, changes in
            RedactedJSON.Member(
                text(host),
                .list(
                    changes.map {
                        .object([
                            "task": .text(text($0.task)), "place": .text(text($0.place)),
                            "message": .text($0.message.map(text)),
                        ])
                    }))
        }
        return notice(
            .drift, time,
            [
                .init("host_count", .int(report.hosts.count)), .init("hosts", .object(Array(hosts))),
                .init("report", .text(text(path))),
            ])
    }

    private func notice(_ event: HookEvent, _ time: Double, _ members: [RedactedJSON.Member]) -> Notice {
        Notice(
            event, at: time,
            [.init("run", .text(run)), .init("job", .text(job)), .init("playbook", .text(playbook))] + members)
    }

    private func text(_ text: String) -> RedactedText { RedactedText(text, secrets: secrets) }
    private func names(_ hosts: [String]) -> RedactedJSON {
        .list(hosts.prefix(Self.hostLimit).map { .text(text($0)) })
    }
}
