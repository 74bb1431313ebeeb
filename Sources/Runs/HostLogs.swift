import Redaction

/// The hosts' logs: which task began when, what it printed, how it ended. A value; the recorder writes what it gives.
struct HostLogs: Sendable {
    let secrets: SecretSet
    /// What the log files still lack, by host.
    private var unwritten: [String: RedactedBuffer] = [:]
    /// In bytes.
    private(set) var unwrittenCount = 0
    /// Names and places of tasks that hosts still refer to.
    private var tasks: [Int: RedactedText] = [:]
    /// Hosts whose last output did not end its line.
    private var open: Set<String> = []
    /// The time of the last event that had one, to the second.
    private var stamp = (second: 0, text: RedactedText(""))

    init(secrets: SecretSet) { self.secrets = secrets }

    mutating func append(_ event: RunEvent) {
        switch event.kind {
        case .taskStarted(let task):
            // Once for all hosts.
            tasks[task.id] = "task \(task.id): \(task.name) (\(RedactedText(task.place, secrets: secrets)))\n"
        case .hostConnected(let host):
            append("\(time(of: event)) connected\n", to: host)
        case .hostTaskStarted(let host, let id):
            guard let task = tasks[id] else { return }
            append("\(time(of: event)) \(task)", to: host)
        case .hostOutput(let host, _, _, let text):
            append(text, to: host, isOutput: true)
        case .itemFinished(let host, _, let item, let outcome):
            append("\(time(of: event)) item \(item): \(Self.text(outcome))\n", to: host)
        case .retry(let host, _, let attempt, let attempts):
            append("\(time(of: event)) try \(attempt) failed, \(attempts - attempt + 1) left\n", to: host)
        case .hostTaskFinished(let host, _, let outcome):
            append("\(time(of: event)) \(Self.text(outcome))\n", to: host)
        case .hostUnreachable(let host, _, let message):
            append("\(time(of: event)) unreachable: \(message)\n", to: host)
        case .hostLink(let host, let state):
            append("\(time(of: event)) link: \(Self.text(state))\n", to: host)
        case .metaStarted(let host?, let task, let isSkipped):
            append("\(time(of: event)) \(task.name)\(isSkipped ? ": skipped" : "")\n", to: host)
        case .runStarted, .playStarted, .playSkipped, .metaStarted, .hostConnecting, .warning, .stopping, .runFinished:
            break
        }
    }

    /// What came since the last time.
    mutating func dequeueUnwritten() -> [String: RedactedBuffer] {
        defer {
            unwritten = [:]
            unwrittenCount = 0
        }
        return unwritten
    }

    private mutating func append(_ text: RedactedText, to host: String, isOutput: Bool = false) {
        var buffer = unwritten.removeValue(forKey: host) ?? RedactedBuffer()
        let before = buffer.count
        if !isOutput, open.remove(host) != nil { buffer.append("\n") }
        buffer.append(text)
        unwrittenCount += buffer.count - before
        unwritten[host] = buffer
        guard isOutput else { return }
        if text.description.utf8.last == UInt8(ascii: "\n") { open.remove(host) } else { open.insert(host) }
    }

    private mutating func time(of event: RunEvent) -> RedactedText {
        let second = WallClock.whole(event.time)
        if second != stamp.second { stamp = (second, WallClock.shown(event.time)) }
        return stamp.text
    }

    private static func text(_ state: RunEvent.LinkState) -> RedactedText {
        switch state {
        case .lost(let reason): "lost: \(reason)"
        case .reconnecting(let attempt): "reconnecting (attempt \(attempt))"
        case .reattached: "found again"
        case .gaveUp: "abandoned"
        }
    }

    private static func text(_ outcome: RunEvent.Outcome) -> RedactedText {
        var text: RedactedText =
            switch outcome.status {
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
