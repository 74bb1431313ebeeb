import Foundation
import Redaction
import Runs
import Support

/// `junit`: a file of test cases, one for each task of each host.
package struct JUnitExtra: CallbackExtra {
    private struct Case {
        var task: RunEvent.TaskHeader, host: RedactedText
        var outcome: RunEvent.Outcome?, message: RedactedText?
    }
    private let options: CallbackOptions
    private var cases: [Case] = []
    private var playbook = "playbook"
    private var began = 0.0

    package init(_ options: CallbackOptions) { self.options = options }

    package mutating func receive(_ event: RunEvent, task: RunEvent.TaskHeader?) -> RedactedText? {
        switch event.kind {
        case .runStarted: began = event.time
        case .playStarted(_, let path, _, _, _):
            playbook = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? playbook
        case .hostTaskFinished(let host, _, let outcome):
            if let task { cases.append(Case(task: task, host: options.text(host), outcome: outcome)) }
        case .hostUnreachable(let host, _, let message):
            if let task { cases.append(Case(task: task, host: options.text(host), message: message)) }
        default: break
        }
        return nil
    }

    package mutating func end(_ summary: RunSummary) -> RedactedText? {
        let folder = options.configuration.junitFolder ?? NSHomeDirectory() + "/.ansible.log"
        let name = "\(folder)/\(playbook)-\(String(format: "%.6f", began)).xml"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(xml(summary.duration).description.utf8).write(to: URL(fileURLWithPath: name), options: .atomic)
        } catch {
            let problem = options.text("junit: \(name) can't be written: \(error.localizedDescription)")
            Output.print("[WARNING]: \(problem)", to: .stderr)
        }
        return nil
    }

    private func xml(_ duration: Double) -> RedactedText {
        let failures = cases.count { $0.message != nil || $0.outcome?.status == .failed }
        let skipped = cases.count { $0.outcome?.status == .skipped }
        let counts: RedactedText =
            "errors=\"0\" failures=\"\(failures)\" disabled=\"0\" tests=\"\(cases.count)\" time=\"\(duration, decimals: 3)\""
        let suite = escaped(options.text(playbook))
        var text: RedactedText = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites \(counts)>\n"
        text +=
            "\t<testsuite name=\"\(suite)\" skipped=\"\(skipped)\" errors=\"0\" failures=\"\(failures)\" tests=\"\(cases.count)\" time=\"\(duration, decimals: 3)\">\n"
        for one in cases {
            let name = escaped("[\(one.host)] \(DefaultCallback.title(one.task))")
            let place = escaped(options.text(one.task.place))
            text +=
                "\t\t<testcase name=\"\(name)\" classname=\"\(place)\" time=\"\(one.outcome?.duration ?? 0, decimals: 3)\">"
            let message = one.message ?? one.outcome?.message ?? ""
            switch one.outcome?.status {
            case .failed, nil: text += "<failure message=\"\(escaped(message))\" type=\"failure\"></failure>"
            case .skipped: text += "<skipped/>"
            default: break
            }
            text += "</testcase>\n"
        }
        return text + "\t</testsuite>\n</testsuites>\n"
    }

    private func escaped(_ text: RedactedText) -> RedactedText {
        options.text(
            text.description.escaping {
                switch $0 {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "\"": "&quot;"
                case "\n": "&#10;"
                default: nil
                }
            })
    }
}
