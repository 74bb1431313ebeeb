import Console
import Redaction
import Runs
import Settings
import Support
import YAML

/// A run as Ansible's `minimal` and `oneline` callbacks print it, which is how `ansible` shows a command's results.
package struct MinimalCallback: RunReader {
    private let options: CallbackOptions
    private let isOneLine: Bool
    private let write: @Sendable (RedactedText) -> Void
    private var tasks: [Int: RunEvent.TaskHeader] = [:]
    private var errors = ErrorText()
    private var pending: RedactedText = ""
    private var warnings: Set<RedactedText> = []

    package init(
        _ options: CallbackOptions, isOneLine: Bool = false, write: @escaping @Sendable (RedactedText) -> Void
    ) {
        self.options = options
        self.isOneLine = isOneLine
        self.write = write
    }

    package mutating func tick(now: Double) { flush() }

    package mutating func receive(_ event: RunEvent) {
        switch event.kind {
        case .taskStarted(let task): tasks[task.id] = task
        case .hostTaskFinished(let host, let task, let outcome): finished(host, tasks[task], outcome)
        case .hostUnreachable(let host, let task, let message):
            let words: RedactedText = "Task failed: \(message)"
            if let task = task.flatMap({ tasks[$0] }), let text = errors.text(words, at: task.place, options) {
                pending += CallbackColour.failed.applied(to: text, options) + "\n"
            }
            let values: ValueMap = [
                "changed": .bool(false), "msg": .string(words.description), "unreachable": .bool(true),
            ]
            say(
                "\(name(host)) | UNREACHABLE! => \(json(ShownResult(RedactedText(JSON.text(.dict(values)), secrets: options.secrets), options)))",
                .unreachable)
        case .warning(let text), .stopping(let text):
            let line: RedactedText = "[WARNING]: \(text)"
            guard warnings.insert(line).inserted else { return }
            flush()
            Output.print(CallbackColour.warning.applied(to: line, options), to: .stderr)
        case .runFinished: flush()
        default: break
        }
    }

    private func name(_ host: String) -> RedactedText { RedactedText(name: host, secrets: options.secrets) }

    private mutating func finished(_ host: String, _ task: RunEvent.TaskHeader?, _ outcome: RunEvent.Outcome) {
        let result = ShownResult(outcome.result, options)
        let name = name(host)
        if let diff = outcome.diff, outcome.status == .changed, !diff.isEmpty { say(diff, nil) }
        let isCommand = Self.commands.contains(task?.module ?? "")
        let values = result.values
        switch outcome.status {
        case .skipped: say("\(name) | SKIPPED", .skipped)
        case .ok, .changed, .failed, .ignored, .rescued:
            let hasFailed = ![.ok, .changed].contains(outcome.status)
            if hasFailed, let task, !isOneLine {
                let message = values["msg"]?.string.map(options.text) ?? outcome.message ?? ""
                let kind: RedactedText = task.module == "fail" || task.module == "assert" ? "Action" : "Module"
                let words: RedactedText =
                    message.description.hasPrefix("Task failed: ")
                    ? message : "Task failed: \(kind) failed\(message.isEmpty ? "." : ": \(message)")"
                if let text = errors.text(words, at: task.place, options) {
                    pending += CallbackColour.failed.applied(to: text, options) + "\n"
                }
            }
            let word: RedactedText = hasFailed ? "FAILED" : outcome.status == .changed ? "CHANGED" : "SUCCESS"
            let colour: CallbackColour = hasFailed ? .failed : outcome.status == .changed ? .changed : .ok
            if isCommand, values["rc"] != nil {
                say(command(name, word, values), colour)
            } else {
                say(
                    "\(name) | \(word)\(hasFailed ? "!" : "") => \(json(result.cleaned(forDebug: task?.module == "debug" && !hasFailed)))",
                    colour)
            }
        }
    }

    private static let commands: Set<String> = ["command", "shell", "raw", "script"]

    private func command(_ name: RedactedText, _ word: RedactedText, _ values: ValueMap) -> RedactedText {
        func text(_ key: String) -> RedactedText { options.text(values[key]?.string ?? "") }
        let code = values["rc"]?.int ?? 0
        if isOneLine {
            let errors = text("stderr")
            let output = options.text(
                Self.onOneLine(values["stdout"]?.string))
            let line: RedactedText = "\(name) | \(word) | rc=\(code) | (stdout) \(output)"
            return errors.isEmpty
                ? line
                : line + " (stderr) \(options.text(Self.onOneLine(values["stderr"]?.string)))"
        }
        return "\(name) | \(word) | rc=\(code) >>\n\(text("stdout"))\(text("stderr"))\(text("msg"))"
    }

    private static func onOneLine(_ text: String?) -> String {
        (text ?? "").escaping { $0 == "\n" ? "\\n" : $0 == "\r" ? "\\r" : nil }
    }

    private func json(_ result: ShownResult) -> RedactedText {
        let text = result.text(isPretty: true)
        return isOneLine ? text.lines.joined() : text
    }

    private mutating func say(_ text: RedactedText, _ colour: CallbackColour?) {
        pending += (colour?.applied(to: text, options) ?? text) + "\n"
        if pending.description.utf8.count > 64 << 10 { flush() }
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        write(pending)
        pending = ""
    }
}
