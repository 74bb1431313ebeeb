import Redaction
import Runs

/// Puts events into lines that stay: all of them for `LineConsole`, and what must not be missed for `LiveConsole`.
struct EventFormatter: Sendable {
    private let options: ConsoleOptions
    private(set) var header: RunHeader?
    private(set) var tasks: [Int: RunEvent.TaskHeader] = [:]
    private var names: [String: RedactedText] = [:]
    /// The first host that failed in some way, by what it said: a thousand hosts that fail alike need not say it a
    /// thousand times.
    private var firstToFail: [Failure: RedactedText] = [:]
    private struct Failure: Hashable { var task: Int, message: RedactedText?, tail: RedactedText? }

    init(_ options: ConsoleOptions) { self.options = options }

    /// Keeps what later events refer to.
    mutating func note(_ event: RunEvent) {
        switch event.kind {
        case .runStarted(let header): self.header = header
        case .taskStarted(let task): tasks[task.id] = task
        default: break
        }
    }

    mutating func name(of host: String) -> RedactedText {
        if let name = names[host] { return name }
        let name = RedactedText(host, secrets: options.secrets)
        names[host] = name
        return name
    }

    func taskName(_ id: Int) -> RedactedText {
        guard let task = tasks[id] else { return "task \(id)" }
        return task.name.isEmpty ? RedactedText(task.module, secrets: options.secrets) : task.name
    }

    /// A result with what belongs below it.
    mutating func result(
        _ outcome: RunEvent.Outcome, of task: Int, on host: String, item: RedactedText? = nil
    ) -> [Line] {
        let name = name(of: host)
        let header = tasks[task]
        var line = Line(name, .bold) + Line(": ") + Wording.word(outcome.status) + Line(": \(taskName(task))")
        if let item { line += Line(" [\(item)]") }
        line += Line(" \(Wording.measure(of: outcome))", .dim)
        guard outcome.status == .failed else {
            let tells =
                outcome.status == .ignored || outcome.status == .rescued || Self.isMessage(header)
                || options.verbosity > 0 || options.showsResults
            var lines: [Line] = [line]
            if tells, let message = outcome.message { lines = append(message, to: line) }
            return lines + details(outcome, header)
        }
        let failure = Failure(task: task, message: outcome.message, tail: outcome.tail)
        if item == nil, options.verbosity == 0, let first = firstToFail[failure] {
            return [line + Line(": as on \(first)")]
        }
        firstToFail[failure] = firstToFail[failure] ?? name
        return (outcome.message.map { append($0, to: line) } ?? [line]) + details(outcome, header)
    }

    mutating func unreachable(_ host: String, task: Int?, _ message: RedactedText) -> [Line] {
        let during = task.map { " during \(taskName($0))" as RedactedText } ?? ""
        return append(message, to: Line(name(of: host), .bold) + Line(": ") + Line("UNREACHABLE", .red) + Line(during))
    }

    static func warning(_ text: RedactedText) -> [Line] {
        let lines = text.lines
        return lines.prefix(1).map { Line("warning: ", .magenta) + Line($0) }
            + lines.dropFirst().map { Line("         \($0)") }
    }

    static func skipped(play: RedactedText, _ matchesHosts: Bool) -> [Line] {
        warning(matchesHosts ? "play '\(play)': none of its hosts is left" : "play '\(play)' has no hosts")
    }

    func summary(_ summary: RunSummary) -> [Line] {
        SummaryTable(summary: summary, header: header, options: options).lines()
    }

    /// Whether a task has no other purpose than to say something.
    static func isMessage(_ task: RunEvent.TaskHeader?) -> Bool {
        task?.module == "debug" || task?.module == "ansible.builtin.debug"
    }

    private func details(_ outcome: RunEvent.Outcome, _ header: RunEvent.TaskHeader?) -> [Line] {
        let place = header.map { RedactedText($0.place, secrets: options.secrets) } ?? ""
        return Wording.details(
            of: outcome, task: header, place: place, showsResult: options.verbosity > 0 || options.showsResults
        ).map { Line("    ") + $0 }
    }

    private func append(_ message: RedactedText, to line: Line) -> [Line] {
        let lines = message.lines
        guard lines.count > 1 else { return [line + Line(": \(lines.first ?? "")")] }
        return [line + Line(":")] + lines.map { Line("    \($0)") }
    }
}
