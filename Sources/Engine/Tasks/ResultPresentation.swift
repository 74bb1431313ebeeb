import Modules
import Playbook
import Redaction
import Runs
import YAML

/// Turns results into what may be shown: redacted first, then put into JSON.
struct ResultPresentation: Sendable {
    let secrets: SecretSet
    /// `no_log`
    let isHidden: Bool
    let showsDiff: Bool
    private var values: ValueRedaction { ValueRedaction(secrets: secrets) }

    /// So many last lines of a failed command's output are shown.
    private static let tailLines = 10

    func outcome(
        _ result: TaskResult, of module: String, _ status: RunEvent.Outcome.Status, _ duration: Double
    ) -> RunEvent.Outcome {
        if isHidden { return censored(result, status, duration) }
        let isBad = result.failed || result.unreachable
        return RunEvent.Outcome(
            status: status, message: message(result, of: module), returnCode: result.returnCode,
            tail: isBad ? tail(result) : nil, diff: showsDiff ? diff(result) : nil,
            result: values.json(of: result.registered).encoded(), duration: duration)
    }

    /// A loop's item as people see it.
    func item(_ value: Value) -> RedactedText {
        if isHidden { return "(hidden by no_log)" }
        return values.text(value)
    }

    /// The same as Python writes it.
    func label(_ value: Value) -> RedactedText {
        if isHidden { return "(censored due to no_log)" }
        guard value.list != nil || value.map != nil || value.isNull || value.bool != nil else {
            return values.text(value)
        }
        return RedactedText(values.masked(value).pythonRepr, secrets: secrets)
    }

    private func censored(
        _ result: TaskResult, _ status: RunEvent.Outcome.Status, _ duration: Double
    ) -> RunEvent.Outcome {
        let words: RedactedText =
            "the output has been hidden due to the fact that 'no_log: true' was specified for this result"
        let json = RedactedJSON.object([
            "censored": .text(words), "changed": .bool(result.changed), "failed": .bool(result.failed),
        ])
        return RunEvent.Outcome(
            status: status, message: result.failed || result.unreachable ? words : nil, result: json.encoded(),
            duration: duration)
    }

    private func message(_ result: TaskResult, of module: String) -> RedactedText? {
        if module == "debug", !result.failed, !result.skipped, result.values["msg"] == nil {
            // A loop's items have said theirs.
            if result.values["results"] != nil, result.message != nil { return nil }
            return values.json(of: result.values).pretty()
        }
        let said = result.message.map { RedactedText($0, secrets: secrets) } ?? result.values["msg"].map(values.text)
        guard let explanation = result.explanation.map({ RedactedText($0, secrets: secrets) }), !explanation.isEmpty
        else { return said }
        guard let message = said, !message.isEmpty else { return explanation }
        let text = message.description
        return "\(text.hasSuffix(".") ? message[..<text.index(before: text.endIndex)] : message): \(explanation)"
    }

    private func tail(_ result: TaskResult) -> RedactedText? {
        let streams = [("stdout", "stdout:" as RedactedText), ("stderr", "stderr:")].compactMap { stream, heading in
            result.values[stream]?.string.flatMap { text in
                text.isEmpty ? nil : (heading, RedactedText(text, secrets: secrets).lines.suffix(Self.tailLines))
            }
        }
        // What a program says of an error may stand in either.
        guard streams.count > 1 else { return streams.first?.1.joined(separator: "\n") }
        return streams.flatMap { heading, lines in [heading] + lines }.joined(separator: "\n")
    }

    private func diff(_ result: TaskResult) -> RedactedText? {
        let text = result.differences.map { UnifiedDiff.text($0, values) }.joined()
        return text.isEmpty ? nil : RedactedText(text, secrets: secrets)
    }
}
