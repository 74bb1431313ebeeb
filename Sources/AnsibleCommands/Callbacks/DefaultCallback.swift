import Console
import Redaction
import Runs
import Settings
import YAML

/// A run as Ansible's default callback prints it, line by line: what scripts and people read.
package struct DefaultCallback: RunReader {
    private let options: CallbackOptions
    private let write: @Sendable (RedactedText) -> Void
    private var pending: RedactedText = ""
    private var tasks: [Int: RunEvent.TaskHeader] = [:]
    private var shownTask: Int?
    private var errors = ErrorText()
    /// Includes of a task, said when all hosts are through with it.
    private var included: [(name: RedactedText, label: RedactedText?, hosts: [RedactedText])] = []
    /// Hosts that leave out a `meta` task: said after all its headings.
    private var skippedMeta: [RedactedText] = []
    private var shownMeta: Set<Int> = []
    private var warnings: Set<RedactedText> = []
    private let isStepwise: Bool
    /// Everything that is printed goes to these, too.
    private var extras: [any CallbackExtra]
    private var settings: AnsibleConfiguration { options.configuration }

    package init(
        _ options: CallbackOptions, extras: [any CallbackExtra] = [], write: @escaping @Sendable (RedactedText) -> Void
    ) {
        self.options = options
        self.write = write
        self.extras = extras
        isStepwise = options.configuration.showsSkippedHosts && options.configuration.showsOkHosts
    }

    package mutating func tick(now: Double) { flush() }

    package mutating func receive(_ event: RunEvent) {
        for index in extras.indices {
            if let text = extras[index].receive(event, task: header(of: event)) { say(text) }
        }
        switch event.kind {
        case .hostTaskFinished, .itemFinished, .hostOutput, .hostTaskStarted, .hostConnecting, .hostConnected,
            .hostLink, .warning:
            break
        case .metaStarted: sayIncluded()
        default:
            sayIncluded()
            saySkippedMeta()
        }
        switch event.kind {
        case .runStarted:
            if options.checkMode, settings.marksCheckMode { banner("DRY RUN") }
        case .playStarted(let name, _, _, _, _):
            shownTask = nil
            banner("PLAY [\(name)]\(marker)")
        case .playSkipped(let name, _, let matchesHosts):
            banner("PLAY [\(name)]\(marker)")
            if !matchesHosts { say("skipping: no hosts matched", .skipped) }
        case .taskStarted(let task):
            tasks[task.id] = task
            if task.isInStep, isStepwise { heading(of: task.id) }
        case .metaStarted(let host, let task, let isSkipped):
            if host != nil || shownMeta.insert(task.id).inserted { heading(task) }
            if isSkipped, let host { skippedMeta.append(options.text(host)) }
        case .itemFinished(let host, let task, let item, let outcome): itemFinished(host, task, item, outcome)
        case .retry(let host, let task, let attempt, let attempts):
            let name = tasks[task].map(Self.title) ?? ""
            say(
                "FAILED - RETRYING: [\(options.text(host))]: \(name) (\(max(0, attempts - attempt + 1)) retries left).",
                .debug)
        case .hostTaskFinished(let host, let task, let outcome): finished(host, task, outcome)
        case .hostUnreachable(let host, let task, let message): unreachable(host, task, message)
        case .warning(let text): warn(text)
        case .stopping(let text): warn(text)
        case .hostLink(let host, .lost(let reason)): warn("\(options.text(host)): the link is lost: \(reason)")
        case .hostConnecting, .hostConnected, .hostTaskStarted, .hostOutput, .hostLink: break
        case .runFinished(let summary): recap(summary)
        }
    }

    private func header(of event: RunEvent) -> RunEvent.TaskHeader? {
        switch event.kind {
        case .taskStarted(let task): task
        case .itemFinished(_, let task, _, _), .hostTaskFinished(_, let task, _), .retry(_, let task, _, _): tasks[task]
        case .hostUnreachable(_, let task?, _): tasks[task]
        default: nil
        }
    }

    // MARK: Headings

    static func title(_ task: RunEvent.TaskHeader) -> RedactedText {
        task.role.map { "\($0) : \(task.name)" } ?? task.name
    }

    private var marker: RedactedText { options.checkMode && settings.marksCheckMode ? " [CHECK MODE]" : "" }

    /// A line of stars up to the width, below an empty one.
    private mutating func banner(_ text: RedactedText) {
        let stars = max(3, options.width - text.columns)
        say("\n\(text) \(.repeating("*", count: stars))")
    }

    private mutating func heading(of id: Int) {
        guard shownTask != id, let task = tasks[id] else { return }
        shownTask = id
        heading(task)
    }

    private mutating func heading(_ task: RunEvent.TaskHeader) {
        banner("\(task.isHandler ? "RUNNING HANDLER" : "TASK") [\(Self.title(task))]\(marker)")
        if options.verbosity >= 2, let mark = SourceMark(parsing: task.place) {
            say("task path: \(options.text(AbsoluteFile.path(mark.file))):\(mark.line)", .debug)
        }
    }

    // MARK: Results

    private func name(_ host: String, _ outcome: RunEvent.Outcome) -> RedactedText {
        let name = RedactedText(name: host, secrets: options.secrets)
        return outcome.delegate.map { "\(name) -> \($0)" } ?? name
    }

    private func showsResult(_ task: RunEvent.TaskHeader?, _ result: ShownResult) -> Bool {
        options.verbosity > 0 || Self.isAlwaysShown(task, result)
    }

    /// `debug` and `assert` are there to be read.
    static func isAlwaysShown(_ task: RunEvent.TaskHeader?, _ result: ShownResult) -> Bool {
        guard result.values["censored"] == nil else { return false }
        switch task?.module {
        case "debug": return !result.isSkipped
        case "assert": return result.values["assertion"] != nil || result.values["msg"] != nil && !result.isSkipped
        default: return false
        }
    }

    private mutating func itemFinished(
        _ host: String, _ id: Int, _ item: RedactedText, _ outcome: RunEvent.Outcome
    ) {
        let task = tasks[id]
        let result = ShownResult(outcome.result, options)
        let name = name(host, outcome)
        let label = outcome.label ?? item
        if let included = outcome.included { return include(host, included, label) }
        switch outcome.status {
        case .ok, .changed:
            let isChanged = outcome.status == .changed
            if !isChanged, !settings.showsOkHosts { return }
            heading(of: id)
            diff(outcome)
            var line: RedactedText = "\(isChanged ? "changed" : "ok"): [\(name)] => (item=\(label))"
            if showsResult(task, result) { line += " => " + text(result, task) }
            say(line, isChanged ? .changed : .ok)
        case .skipped:
            guard settings.showsSkippedHosts else { return }
            heading(of: id)
            var line: RedactedText = "skipping: [\(name)] => (item=\(label)) "
            if options.verbosity > 0 { line += " => " + text(result, task) }
            say(line, .skipped)
        case .failed, .ignored, .rescued:
            heading(of: id)
            error(outcome, task, result)
            say(
                "failed: [\(name)] (item=\(label)) => \(text(result, task))", .failed,
                toStderr: settings.failuresToStderr)
        }
    }

    private mutating func finished(_ host: String, _ id: Int, _ outcome: RunEvent.Outcome) {
        let task = tasks[id]
        let result = ShownResult(outcome.result, options)
        let name = name(host, outcome)
        let isLoop = result.values["results"]?.list != nil
        switch outcome.status {
        case .ok, .changed:
            if let included = outcome.included { return include(host, included, nil) }
            if isLoop { return }
            let isChanged = outcome.status == .changed
            if !isChanged, !settings.showsOkHosts { return }
            heading(of: id)
            diff(outcome)
            var line: RedactedText = "\(isChanged ? "changed" : "ok"): [\(name)]"
            if showsResult(task, result) { line += " => " + text(result, task) }
            say(line, isChanged ? .changed : .ok)
        case .skipped:
            guard settings.showsSkippedHosts else { return }
            heading(of: id)
            var line: RedactedText = "skipping: [\(name)]"
            if options.verbosity > 0
                || task?.module == "debug" && result.values["skipped_reason"] != nil && !isLoop
                    && options.verbosity > 0
            {
                line += " => " + text(result, task)
            }
            say(line, .skipped)
        case .failed, .ignored, .rescued:
            heading(of: id)
            if !isLoop {
                if !result.isUnreachable { error(outcome, task, result) }
                say(
                    "fatal: [\(name)]: \(result.isUnreachable ? "UNREACHABLE!" : "FAILED!") => \(text(result, task))",
                    result.isUnreachable ? .unreachable : .failed, toStderr: settings.failuresToStderr)
            } else if result.values["results"]?.list?.isEmpty == true {
                error(outcome, task, result)
                say("fatal: [\(name)]: FAILED! => \(text(result, task))", .failed)
            }
            if outcome.status == .ignored { say("...ignoring", .skipped) }
        }
    }

    private mutating func unreachable(_ host: String, _ task: Int?, _ message: RedactedText) {
        if let task { heading(of: task) }
        let words: RedactedText = "Task failed: \(message)"
        if let task = task.flatMap({ tasks[$0] }), let text = errors.text(words, at: task.place, options) {
            say(text, .failed)
        }
        let values: ValueMap = [
            "changed": .bool(false), "msg": .string(words.description), "unreachable": .bool(true),
        ]
        let json = RedactedText(JSON.text(.dict(values)), secrets: options.secrets)
        let name = RedactedText(name: host, secrets: options.secrets)
        say(
            "fatal: [\(name)]: UNREACHABLE! => \(ShownResult(json, options).text(isPretty: false))", .unreachable,
            toStderr: settings.failuresToStderr)
    }

    private func text(_ result: ShownResult, _ task: RunEvent.TaskHeader?) -> RedactedText {
        let isAlways = Self.isAlwaysShown(task, result)
        let isDebug = task?.module == "debug" && result.values["failed"]?.bool != true
        return result.cleaned(forDebug: isDebug).text(isPretty: isAlways)
    }

    private mutating func diff(_ outcome: RunEvent.Outcome) {
        guard let diff = outcome.diff, outcome.status == .changed, !diff.isEmpty else { return }
        guard options.hasColours else { return say(diff) }
        var parts: [RedactedText] = []
        for line in diff.lines {
            // What is said of a line's missing end belongs to the line.
            if line.description.hasPrefix("\\"), let last = parts.popLast() {
                parts.append(last + line + "\n")
            } else {
                parts.append(line + "\n")
            }
        }
        let shown = parts.map { part in
            switch part.description.first {
            case "+": CallbackColour.ok.applied(to: part, options)
            case "-": CallbackColour.failed.applied(to: part, options)
            case "@": CallbackColour.included.applied(to: part, options)
            default: part
            }
        }.joined()
        say(shown)
    }

    /// What went wrong, and where: it stands above the result.
    private mutating func error(
        _ outcome: RunEvent.Outcome, _ task: RunEvent.TaskHeader?, _ result: ShownResult
    ) {
        guard let task else { return }
        let message: RedactedText =
            if result.values["failed_when_result"]?.bool == true, result.values["rc"]?.int ?? 0 == 0 { "" } else {
                result.values["msg"]?.string.map(options.text) ?? outcome.message ?? ""
            }
        let text: RedactedText
        if message.description.hasPrefix("Task failed: ") {
            text = message
        } else {
            let kind: RedactedText = Self.actions.contains(task.module) || message.isEmpty ? "Action" : "Module"
            text = "Task failed: \(kind) failed\(message.isEmpty ? "." : ": \(message)")"
        }
        if let shown = errors.text(text, at: task.place, options) {
            say(shown, .failed, toStderr: settings.failuresToStderr)
        }
    }

    /// What is done on the controller, without a module on the host.
    private static let actions: Set<String> = [
        "add_host", "assert", "debug", "fail", "group_by", "include_vars", "pause", "set_fact", "set_stats",
        "validate_argument_spec", "wait_for_connection",
    ]

    // MARK: Includes

    private mutating func include(_ host: String, _ name: RedactedText, _ label: RedactedText?) {
        let host = RedactedText(name: host, secrets: options.secrets)
        if let index = included.firstIndex(where: { $0.name == name && $0.label == label }) {
            included[index].hosts.append(host)
        } else {
            included.append((name, label, [host]))
        }
    }

    private mutating func sayIncluded() {
        for one in included {
            let label: RedactedText = one.label.map { " => (item=\($0))" } ?? ""
            say("included: \(one.name) for \(one.hosts.joined(separator: ", "))\(label)", .included)
        }
        included = []
    }

    private mutating func saySkippedMeta() {
        for host in skippedMeta { say("skipping: [\(host)]", .skipped) }
        skippedMeta = []
    }

    // MARK: The end

    private mutating func recap(_ summary: RunSummary) {
        banner("PLAY RECAP")
        for (name, counts) in summary.hosts.sorted(by: { $0.name < $1.name }) where counts != HostCounts() {
            say(line(name, counts))
        }
        say("")
        for index in extras.indices {
            if let text = extras[index].end(summary) { say(text) }
        }
        if options.checkMode, settings.marksCheckMode { banner("DRY RUN") }
        if let note = summary.note, summary.exitCode == 130 { warn(note) }
        flush()
    }

    private func line(_ name: String, _ counts: HostCounts) -> RedactedText {
        let host = RedactedText(name: name, secrets: options.secrets)
        let colour: CallbackColour =
            counts.failed + counts.unreachable > 0 ? .failed : counts.changed > 0 ? .changed : .ok
        var line = colour.applied(to: host, options) + .repeating(" ", count: max(0, 26 - host.columns)) + " :"
        let columns: [(RedactedText, Int, CallbackColour)] = [
            ("ok", counts.ok, .ok), ("changed", counts.changed, .changed),
            ("unreachable", counts.unreachable, .unreachable), ("failed", counts.failed, .failed),
            ("skipped", counts.skipped, .skipped), ("rescued", counts.rescued, .ok),
            ("ignored", counts.ignored, .warning),
        ]
        for (word, number, colour) in columns {
            let digits: RedactedText = "\(number)"
            let cell: RedactedText = "\(word)=\(digits)\(.repeating(" ", count: max(0, 4 - digits.columns)))"
            line += " " + (number > 0 ? colour.applied(to: cell, options) : cell)
        }
        return line
    }

    // MARK: Writing

    private mutating func warn(_ text: RedactedText) {
        let line: RedactedText = "[WARNING]: \(text)"
        guard warnings.insert(line).inserted else { return }
        flush()
        Output.print(CallbackColour.warning.applied(to: line, options), to: .stderr)
    }

    private mutating func say(
        _ text: RedactedText, _ colour: CallbackColour? = nil, toStderr: Bool = false
    ) {
        var shown = colour?.applied(to: text, options) ?? text
        shown += "\n"
        guard toStderr else {
            pending += shown
            if pending.description.utf8.count > 64 << 10 { flush() }
            return
        }
        flush()
        Output.print(shown, to: .stderr, terminator: "")
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        write(pending)
        pending = ""
    }
}
