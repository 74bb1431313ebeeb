import Redaction

/// The text of each host's log: which task began when, what it printed, how it ended. A value; the recorder writes what it gives.
struct HostLogs: Sendable {
    struct Entry: Sendable {
        var host: String
        var text: RedactedText
    }
    /// Headers of tasks that hosts still refer to.
    private var tasks: [Int: RunEvent.TaskHeader] = [:]
    /// Hosts whose last output did not end its line.
    private var open: Set<String> = []

    mutating func take(_ event: RunEvent) -> [Entry] {
        let stamp = RedactedText(WallClock.iso8601(event.time), secrets: SecretSet())
        switch event.kind {
        case .taskStarted(let task):
            tasks[task.id] = task
            return []
        case .hostConnected(let host):
            return [entry(host, "\(stamp) connected\n")]
        case .hostTaskStarted(let host, let id):
            guard let task = tasks[id] else { return [] }
            let place = RedactedText(task.place, secrets: SecretSet())
            return [entry(host, "\(stamp) task \(id): \(task.name) (\(place))\n")]
        case .hostOutput(let host, _, _, let text):
            if text.description.hasSuffix("\n") { open.remove(host) } else { open.insert(host) }
            return [Entry(host: host, text: text)]
        case .itemFinished(let host, _, let item, let outcome):
            return [entry(host, "\(stamp) item \(item): \(Self.text(outcome))\n")]
        case .retry(let host, _, let attempt, let attempts):
            return [entry(host, "\(stamp) try \(attempt) failed, \(attempts - attempt + 1) left\n")]
        case .hostTaskFinished(let host, _, let outcome):
            return [entry(host, "\(stamp) \(Self.text(outcome))\n")]
        case .hostUnreachable(let host, _, let message):
            return [entry(host, "\(stamp) unreachable: \(message)\n")]
        case .hostLink(let host, let state):
            return [entry(host, "\(stamp) link: \(Self.text(state))\n")]
        case .runStarted, .playStarted, .hostConnecting, .warning, .stopping, .runFinished:
            return []
        }
    }

    private mutating func entry(_ host: String, _ text: RedactedText) -> Entry {
        Entry(host: host, text: open.remove(host) == nil ? text : "\n" + text)
    }

    private static func text(_ state: RunEvent.LinkState) -> RedactedText {
        switch state {
        case .lost(let reason): "lost: \(reason)"
        case .reconnecting(let attempt): "reconnecting (attempt \(attempt))"
        case .reattached: "found again"
        case .gaveUp: "given up"
        }
    }

    private static func text(_ outcome: RunEvent.Outcome) -> RedactedText {
        var text: RedactedText = switch outcome.status {
        case .ok: "ok"
        case .changed: "changed"
        case .failed: "failed"
        case .skipped: "skipped"
        case .ignored: "failed (ignored)"
        case .rescued: "failed (rescued)"
        }
        text += " after \(outcome.duration, decimals: 2) s"
        if let code = outcome.returnCode, code != 0 { text += ", status \(code)" }
        if let message = outcome.message, !message.isEmpty { text += ": \(message)" }
        if let tail = outcome.tail { text += "\n\(tail)" }
        if let diff = outcome.diff { text += "\n\(diff)" }
        return text
    }
}
