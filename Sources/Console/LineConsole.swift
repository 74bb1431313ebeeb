import Redaction
import Runs

/// One line per event, with the seconds since the run began; what failed has its place and the end of its output below it.
struct LineConsole: RunReader {
    private let options: ConsoleOptions
    private let write: @Sendable (RedactedText) -> Void
    private var narrator: Narrator
    private var began: Double?
    /// Output that has not come to a line's end yet, by host and stream.
    private var unfinished: [String: RedactedText] = [:]

    init(_ options: ConsoleOptions, write: @escaping @Sendable (RedactedText) -> Void) {
        self.options = options
        self.write = write
        narrator = Narrator(options)
    }

    mutating func receive(_ event: RunEvent) {
        narrator.note(event)
        began = began ?? event.time
        switch event.kind {
        case .runStarted(let header):
            let playbook = RedactedText(header.playbook, secrets: options.secrets), id = RedactedText(header.id, secrets: options.secrets)
            say(event, [Line("run \(id): \(playbook) on \(Phrases.count(header.hosts.count, "host", "hosts"))\(header.checkMode ? ", check mode" : "")\(header.resumed > 0 ? ", resumed" : "")", .bold)])
        case .playStarted(let name, let hosts, let batch, let batches):
            say(event, [Line("play \(name): \(Phrases.count(hosts.count, "host", "hosts"))\(batches > 1 ? " (batch \(batch) of \(batches))" : "")", .bold)])
        case .taskStarted(let task):
            let place = RedactedText(task.place, secrets: options.secrets)
            say(event, [Line("\(task.isHandler ? "handler" : "task") \(narrator.taskName(task.id))", .bold) + Line(" \(place)", .dim)])
        case .hostConnecting(let host, let attempt):
            if attempt > 1 || options.verbosity > 0 { say(event, [Line("\(narrator.name(of: host)): connecting\(attempt > 1 ? ", attempt \(attempt)" : "")")]) }
        case .hostConnected(let host):
            if options.verbosity > 0 { say(event, [Line("\(narrator.name(of: host)): connected")]) }
        case .hostTaskStarted:
            break
        case .hostOutput(let host, _, let stream, let text):
            if options.verbosity > 0 || options.showsOutput { say(event, output(text, of: host, stream)) }
        case .itemFinished(let host, let task, let item, let outcome):
            say(event, narrator.result(outcome, of: task, on: host, item: item))
        case .retry(let host, let task, let attempt, let attempts):
            say(event, [Line("\(narrator.name(of: host)): trying again, \(attempt) of \(attempts): \(narrator.taskName(task))")])
        case .hostTaskFinished(let host, let task, let outcome):
            say(event, restOfOutput(of: host) + narrator.result(outcome, of: task, on: host))
        case .hostUnreachable(let host, let task, let message):
            say(event, restOfOutput(of: host) + narrator.unreachable(host, task: task, message))
        case .hostLink(let host, let state):
            say(event, [Line("\(narrator.name(of: host)): \(Phrases.link(state))", .yellow)])
        case .warning(let text):
            say(event, Narrator.warning(text))
        case .stopping(let text):
            say(event, [Line(text, .yellow)])
        case .runFinished(let summary):
            for line in narrator.summary(summary) { put(line) }
        }
    }

    mutating func tick(now: Double) {}

    private mutating func output(_ text: RedactedText, of host: String, _ stream: String) -> [Line] {
        let key = host + "\u{0}" + stream, whole = (unfinished[key] ?? "") + text
        var lines = whole.lines
        unfinished[key] = whole.description.hasSuffix("\n") ? nil : lines.popLast()
        return lines.map { Line("\(narrator.name(of: host)) | \($0)") }
    }

    private mutating func restOfOutput(of host: String) -> [Line] {
        ["stdout", "stderr"].compactMap { unfinished.removeValue(forKey: host + "\u{0}" + $0) }.map { Line("\(narrator.name(of: host)) | \($0)") }
    }

    private func say(_ event: RunEvent, _ lines: [Line]) {
        let time = RedactedText("\(event.time - (began ?? event.time), decimals: 1)s").rightAligned(to: 8)
        for (index, line) in lines.enumerated() { put(Line(index == 0 ? "\(time)  " : "          ", .dim) + line) }
    }

    private func put(_ line: Line) { write(line.rendered(colours: options.terminal.hasColours) + "\n") }
}
