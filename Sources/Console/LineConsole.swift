import Redaction
import Runs

/// One line per event, with the seconds since the run began; what failed has its place and the end of its output below
/// it.
struct LineConsole: RunReader {
    private let options: ConsoleOptions
    private let write: @Sendable (RedactedText) -> Void
    private var formatter: EventFormatter
    private var began: Double?
    /// Output that has not come to a line's end yet, by host and stream.
    private var unfinished: [String: RedactedText] = [:]
    /// A line that is longer than this, in bytes, is shown in pieces.
    private static let longestLine = 64 << 10
    /// Lines on their way: they go out together, with the tick.
    private var lines = LineBuffer()

    init(_ options: ConsoleOptions, write: @escaping @Sendable (RedactedText) -> Void) {
        self.options = options
        self.write = write
        formatter = EventFormatter(options)
    }

    mutating func receive(_ event: RunEvent) {
        formatter.note(event)
        began = began ?? event.time
        switch event.kind {
        case .runStarted(let header):
            let playbook = RedactedText(header.playbook, secrets: options.secrets)
            let id = RedactedText(header.id, secrets: options.secrets)
            say(
                event,
                [
                    Line(
                        "run \(id): \(playbook) on \(Wording.count(header.hosts.count, "host", "hosts"))\(header.checkMode ? ", check mode" : "")\(header.resumed > 0 ? ", resumed" : "")",
                        .bold)
                ])
        case .playStarted(let name, _, let hosts, let batch, let batches):
            say(
                event,
                [
                    Line(
                        "play \(name): \(Wording.count(hosts.count, "host", "hosts"))\(batches > 1 ? " (batch \(batch) of \(batches))" : "")",
                        .bold)
                ])
        case .taskStarted(let task):
            let place = RedactedText(task.place, secrets: options.secrets)
            say(
                event,
                [
                    Line("\(task.isHandler ? "handler" : "task") \(formatter.taskName(task.id))", .bold)
                        + Line(" \(place)", .dim)
                ])
        case .playSkipped(let name, _, let matchesHosts):
            say(event, EventFormatter.skipped(play: name, matchesHosts))
        case .metaStarted:
            break
        case .hostConnecting(let host, let attempt):
            if attempt > 1 || options.verbosity > 0 {
                say(
                    event, [Line("\(formatter.name(of: host)): connecting\(attempt > 1 ? ", attempt \(attempt)" : "")")]
                )
            }
        case .hostConnected(let host):
            if options.verbosity > 0 { say(event, [Line("\(formatter.name(of: host)): connected")]) }
        case .hostTaskStarted:
            break
        case .hostOutput(let host, _, let stream, let text):
            if options.verbosity > 0 || options.showsOutput { output(text, of: host, stream, event) }
        case .itemFinished(let host, let task, let item, let outcome):
            say(event, formatter.result(outcome, of: task, on: host, item: item))
        case .retry(let host, let task, let attempt, let attempts):
            say(
                event,
                [
                    Line(
                        "\(formatter.name(of: host)): trying again, \(attempt) of \(attempts): \(formatter.taskName(task))"
                    )
                ])
        case .hostTaskFinished(let host, let task, let outcome):
            say(event, restOfOutput(of: host) + formatter.result(outcome, of: task, on: host))
        case .hostUnreachable(let host, let task, let message):
            say(event, restOfOutput(of: host) + formatter.unreachable(host, task: task, message))
        case .hostLink(let host, let state):
            say(event, [Line("\(formatter.name(of: host)): \(Wording.link(state))", .yellow)])
        case .warning(let text):
            say(event, EventFormatter.warning(text))
        case .stopping(let text):
            say(event, [Line(text, .yellow)])
        case .runFinished(let summary):
            for line in formatter.summary(summary) { put(line) }
        }
    }

    mutating func tick(now: Double) { lines.flush(write) }

    private mutating func output(_ text: RedactedText, of host: String, _ stream: String, _ event: RunEvent) {
        let key = host + "\u{0}" + stream
        var (whole, rest) = (unfinished.removeValue(forKey: key).map { $0 + text } ?? text).dividedAfterLastLineEnd
        if rest.description.utf8.count > Self.longestLine { (whole, rest) = ("\(whole)\(rest)\n", "") }
        if !rest.isEmpty { unfinished[key] = rest }
        let name = formatter.name(of: host)
        lines.append(
            linesOf: whole, first: shown(prefix(event) + Line("\(name) | ")),
            others: shown(Self.indent + Line("\(name) | ")), write)
    }

    private mutating func restOfOutput(of host: String) -> [Line] {
        ["stdout", "stderr"].compactMap { unfinished.removeValue(forKey: host + "\u{0}" + $0) }.map {
            Line("\(formatter.name(of: host)) | \($0)")
        }
    }

    private mutating func say(_ event: RunEvent, _ lines: [Line]) {
        for (index, line) in lines.enumerated() { put((index == 0 ? prefix(event) : Self.indent) + line) }
    }

    private func prefix(_ event: RunEvent) -> Line {
        Line(RedactedText("\(event.time - (began ?? event.time), decimals: 1)s").rightAligned(to: 8) + "  ", .dim)
    }
    private static let indent = Line("          ", .dim)

    private func shown(_ line: Line) -> RedactedText { line.rendered(colours: options.terminal.hasColours) }
    private mutating func put(_ line: Line) { lines.append(shown(line) + "\n", write) }
}
