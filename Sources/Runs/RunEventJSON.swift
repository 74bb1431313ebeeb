import Redaction

/// Events as JSON, one line each: the journal's format, and that of `--format json`.
extension RunEvent {
    /// `{"seq":7,"time":1795465495.123,"event":"host.task.finished","host":"gpu-1","task":3,…}`
    ///
    /// - Parameter secrets: of the run; names that come from files (hosts, paths) go through them, too.
    package func json(secrets: SecretSet) -> RedactedJSON {
        let json = RunEventJSON(secrets: secrets)
        return .object(
            [
                .init("seq", .int(sequence)), .init("time", .double((time * 1000).rounded() / 1000)),
                .init("event", .text(kind.name)),
            ] + json.members(of: kind))
    }
}

extension RunEvent.Kind {
    /// The value of `event`.
    package var name: RedactedText {
        switch self {
        case .runStarted: "run.started"
        case .playStarted: "play.started"
        case .taskStarted: "task.started"
        case .playSkipped: "play.skipped"
        case .metaStarted: "meta.started"
        case .hostConnecting: "host.connecting"
        case .hostConnected: "host.connected"
        case .hostTaskStarted: "host.task.started"
        case .hostOutput: "host.output"
        case .itemFinished: "host.item.finished"
        case .retry: "host.task.retry"
        case .hostTaskFinished: "host.task.finished"
        case .hostUnreachable: "host.unreachable"
        case .warning: "warning"
        case .hostLink: "host.link"
        case .stopping: "run.stopping"
        case .runFinished: "run.finished"
        }
    }
}

struct RunEventJSON {
    typealias Member = RedactedJSON.Member
    let secrets: SecretSet

    func members(of kind: RunEvent.Kind) -> [Member] {
        switch kind {
        case .runStarted(let header):
            [
                text("run", header.id), text("playbook", header.playbook), text("folder", header.folder),
                .init("hosts", .list(header.hosts.map(text))), .init("tasks", .int(header.tasks)),
                .init("check", .bool(header.checkMode)),
            ]
                + (header.resumed > 0 ? [.init("resumed", .int(header.resumed))] : [])
        case .playStarted(let name, let playbook, let hosts, let batch, let batches):
            [
                .init("name", .text(name)), text("playbook", playbook), .init("hosts", .list(hosts.map(text))),
                .init("batch", .int(batch)), .init("batches", .int(batches)),
            ]
        case .taskStarted(let task):
            [
                .init("task", .int(task.id)), .init("name", .text(task.name)), text("module", task.module),
                text("place", task.place), .init("handler", .bool(task.isHandler)),
            ]
        case .playSkipped(let name, let playbook, let matchesHosts):
            [.init("name", .text(name)), text("playbook", playbook), .init("matches_hosts", .bool(matchesHosts))]
        case .metaStarted(let host, let task, let isSkipped):
            [
                .init("host", host.map(text) ?? .null), .init("task", .int(task.id)), .init("name", .text(task.name)),
                text("place", task.place), .init("skipped", .bool(isSkipped)),
            ]
        case .hostConnecting(let host, let attempt):
            [text("host", host), .init("attempt", .int(attempt))]
        case .hostConnected(let host):
            [text("host", host)]
        case .hostTaskStarted(let host, let task):
            [text("host", host), .init("task", .int(task))]
        case .hostOutput(let host, let task, let stream, let output):
            [text("host", host), .init("task", .int(task)), text("stream", stream), .init("text", .text(output))]
        case .itemFinished(let host, let task, let item, let outcome):
            [text("host", host), .init("task", .int(task)), .init("item", .text(item))] + members(of: outcome)
        case .retry(let host, let task, let attempt, let attempts):
            [
                text("host", host), .init("task", .int(task)), .init("attempt", .int(attempt)),
                .init("attempts", .int(attempts)),
            ]
        case .hostTaskFinished(let host, let task, let outcome):
            [text("host", host), .init("task", .int(task))] + members(of: outcome)
        case .hostUnreachable(let host, let task, let message):
            [text("host", host), .init("task", task.map { .int($0) } ?? .null), .init("message", .text(message))]
        case .warning(let message), .stopping(let message):
            [.init("message", .text(message))]
        case .hostLink(let host, let state):
            [text("host", host)] + members(of: state)
        case .runFinished(let summary):
            members(of: summary)
        }
    }

    private func members(of state: RunEvent.LinkState) -> [Member] {
        switch state {
        case .lost(let reason): [.init("link", .text("lost")), .init("message", .text(reason))]
        case .reconnecting(let attempt): [.init("link", .text("reconnecting")), .init("attempt", .int(attempt))]
        case .reattached: [.init("link", .text("reattached"))]
        case .gaveUp: [.init("link", .text("given up"))]
        }
    }

    private func members(of outcome: RunEvent.Outcome) -> [Member] {
        var members: [Member] = [
            .init("status", .text(RedactedText(name: outcome.status.rawValue, secrets: secrets))),
            .init("duration", .double((outcome.duration * 1000).rounded() / 1000)),
        ]
        if let message = outcome.message { members.append(.init("message", .text(message))) }
        if let code = outcome.returnCode { members.append(.init("rc", .int(code))) }
        if let tail = outcome.tail { members.append(.init("tail", .text(tail))) }
        if let diff = outcome.diff { members.append(.init("diff", .text(diff))) }
        return members + [.init("result", .json(outcome.result))]
    }

    /// Also what `summary.json` holds.
    func members(of summary: RunSummary) -> [Member] {
        let hosts = summary.hosts.map { host, counts in
            Member(
                RedactedText(host, secrets: secrets),
                .object([
                    "ok": .int(counts.ok), "changed": .int(counts.changed), "unreachable": .int(counts.unreachable),
                    "failed": .int(counts.failed),
                    "skipped": .int(counts.skipped), "rescued": .int(counts.rescued), "ignored": .int(counts.ignored),
                ]))
        }
        return [
            .init("exit_code", .int(Int(summary.exitCode))),
            .init("duration", .double((summary.duration * 1000).rounded() / 1000)),
            .init("note", .text(summary.note)), .init("hosts", .object(hosts)),
        ]
    }

    /// Names and paths: most are in event after event.
    func text(_ text: String) -> RedactedJSON { .text(RedactedText(name: text, secrets: secrets)) }
    func text(_ name: RedactedText, _ text: String) -> Member { Member(name, self.text(text)) }
}
