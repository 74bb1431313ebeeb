import Redaction
import Runs

/// What `callbacks_enabled` adds to a run.
package protocol CallbackExtra: Sendable {
    /// - Returns: what is to be printed before the event is.
    mutating func receive(_ event: RunEvent, task: RunEvent.TaskHeader?) -> RedactedText?
    /// After the recap.
    mutating func end(_ summary: RunSummary) -> RedactedText?
}

/// `timer`: how long the run took.
package struct TimerExtra: CallbackExtra {
    package init() {}
    package mutating func receive(_ event: RunEvent, task: RunEvent.TaskHeader?) -> RedactedText? { nil }
    package mutating func end(_ summary: RunSummary) -> RedactedText? {
        let seconds = Int(max(0, min(summary.duration, 1e9)))
        return
            "Playbook run took \(seconds / 86400) days, \(seconds / 3600 % 24) hours, \(seconds / 60 % 60) minutes, \(seconds % 60) seconds"
    }
}

/// `profile_tasks`: how long each task took, the longest first.
package struct ProfileTasksExtra: CallbackExtra {
    private var began: [(title: RedactedText, at: Double)] = []
    private var last = 0.0
    package init() {}

    package mutating func receive(_ event: RunEvent, task: RunEvent.TaskHeader?) -> RedactedText? {
        last = event.time
        if case .taskStarted(let task) = event.kind { began.append((DefaultCallback.title(task), event.time)) }
        return nil
    }

    package mutating func end(_ summary: RunSummary) -> RedactedText? {
        var times: [(title: RedactedText, seconds: Double)] = []
        for (index, task) in began.enumerated() {
            times.append((task.title, (index + 1 < began.count ? began[index + 1].at : last) - task.at))
        }
        times.sort { $0.seconds > $1.seconds }
        var text: RedactedText = .repeating("=", count: 79) + "\n"
        for (title, seconds) in times.prefix(20) {
            let time: RedactedText = "\(seconds, decimals: 2)s"
            let dashes = max(1, 79 - title.columns - time.columns - 2)
            text += "\(title) \(.repeating("-", count: dashes)) \(time)\n"
        }
        return text.lines.joined(separator: "\n")
    }
}
