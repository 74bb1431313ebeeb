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

    /// So many last lines of a failed command's output are shown.
    private static let tailLines = 10

    func outcome(_ result: TaskResult, of module: String, _ status: RunEvent.Outcome.Status, _ duration: Double) -> RunEvent.Outcome {
        if isHidden { return censored(result, status, duration) }
        let isBad = result.failed || result.unreachable
        return RunEvent.Outcome(
            status: status, message: message(result, of: module).map { RedactedText($0, secrets: secrets) }, returnCode: result.returnCode,
            tail: isBad ? tail(result) : nil, diff: showsDiff ? diff(result) : nil,
            result: json(.dict(result.registered)).encoded(), duration: duration)
    }

    /// A loop's item as people see it.
    func item(_ value: Value) -> RedactedText {
        if isHidden { return "(hidden by no_log)" }
        return RedactedText(ArgumentBinder.text(value), secrets: secrets)
    }

    private func censored(_ result: TaskResult, _ status: RunEvent.Outcome.Status, _ duration: Double) -> RunEvent.Outcome {
        let words: RedactedText = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"
        let json = RedactedJSON.object(["censored": .text(words), "changed": .bool(result.changed), "failed": .bool(result.failed)])
        return RunEvent.Outcome(status: status, message: result.failed || result.unreachable ? words : nil, result: json.encoded(), duration: duration)
    }

    private func message(_ result: TaskResult, of module: String) -> String? {
        if module == "debug", !result.failed, !result.skipped, result.values["msg"] == nil {
            // A loop's items have said theirs.
            if result.values["results"] != nil, result.message != nil { return nil }
            return JSON.pretty(.dict(result.values))
        }
        let said = result.message ?? result.values["msg"].map(ArgumentBinder.text)
        guard let explanation = result.explanation, !explanation.isEmpty else { return said }
        guard let message = said, !message.isEmpty else { return explanation }
        return "\(message.hasSuffix(".") ? String(message.dropLast()) : message): \(explanation)"
    }

    private func tail(_ result: TaskResult) -> RedactedText? {
        for stream in ["stderr", "stdout"] {
            guard let text = result.values[stream]?.string, !text.isEmpty else { continue }
            return RedactedText(text, secrets: secrets).lines.suffix(Self.tailLines).joined(separator: "\n")
        }
        return nil
    }

    private func diff(_ result: TaskResult) -> RedactedText? {
        let text = result.differences.map(UnifiedDiff.text).joined()
        return text.isEmpty ? nil : RedactedText(text, secrets: secrets)
    }

    private func json(_ value: Value) -> RedactedJSON {
        switch value {
        case .null, .omit: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .list(let items), .set(let items): .list(items.map(json))
        case .dict(let map):
            .object(map.pairs.map { RedactedJSON.Member(RedactedText(ArgumentBinder.text($0.key), secrets: secrets), json($0.value)) })
        default: .text(RedactedText(ArgumentBinder.text(value), secrets: secrets))
        }
    }
}
