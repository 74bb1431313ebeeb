import Redaction
import Runs

/// What a run looks like at a moment: a value that events change and that is drawn without a terminal.
struct FleetView: Sendable {
    /// Where a host stands: the worst that has happened to it.
    enum Standing: Int, Sendable, CaseIterable { case waiting, ok, changed, failed, unreachable }

    private struct Host: Sendable {
        var standing = Standing.waiting
        /// Tasks that it has done with.
        var steps = 0
        var isLost: Bool { standing == .failed || standing == .unreachable }
    }
    private struct Work: Sendable {
        var task: Int?
        /// Seconds since 1970.
        var since: Double
        var note: RedactedText = ""
        /// Its link is lost.
        var isCutOff = false
        var output = OutputTail()
    }

    /// Lines that scroll away above the view; whoever draws takes them.
    private(set) var told: [Line] = []
    private(set) var isFinished = false
    private let options: ConsoleOptions
    private var formatter: EventFormatter
    private var playName: RedactedText = ""
    private var began: Double?
    private var hosts: [String: Host] = [:]
    private var standings = [Int](repeating: 0, count: Standing.allCases.count)
    private var busy: [String: Work] = [:]
    /// Of all hosts, and of those that do no more.
    private var steps = 0, stepsOfLost = 0, lost = 0

    init(_ options: ConsoleOptions) {
        self.options = options
        formatter = EventFormatter(options)
    }

    mutating func dequeueTold() -> [Line] {
        defer { told = [] }
        return told
    }

    // MARK: Events

    mutating func apply(_ event: RunEvent) {
        formatter.note(event)
        began = began ?? event.time
        switch event.kind {
        case .runStarted(let header):
            for host in header.hosts { add(host) }
        case .playStarted(let name, _, let hosts, let batch, let batches):
            playName = batches > 1 ? "\(name) (batch \(batch) of \(batches))" : name
            for host in hosts { add(host) }
        case .playSkipped(let name, _, let matchesHosts):
            told += EventFormatter.skipped(play: name, matchesHosts)
        case .taskStarted, .metaStarted:
            break
        case .hostConnecting(let host, _) where busy[host]?.isCutOff == true,
            .hostConnected(let host) where busy[host]?.isCutOff == true:
            // What is said of the lost link tells more.
            break
        case .hostConnecting(let host, let attempt):
            busy[host, default: Work(task: nil, since: event.time)].note =
                attempt > 1 ? "connecting, attempt \(attempt)" : "connecting"
        case .hostConnected(let host):
            if busy[host]?.task == nil { busy[host] = nil } else { busy[host]?.note = "" }
        case .hostTaskStarted(let host, let task):
            busy[host] = Work(task: task, since: event.time)
        case .hostOutput(let host, let task, _, let text):
            if busy[host]?.task == task { busy[host]?.output.append(text) }
        case .itemFinished(let host, let task, let item, let outcome):
            if isWorthTelling(outcome, task) { told += formatter.result(outcome, of: task, on: host, item: item) }
        case .retry(let host, let task, let attempt, let attempts):
            if busy[host]?.task == task { busy[host]?.note = "attempt \(attempt) of \(attempts)" }
        case .hostTaskFinished(let host, let task, let outcome):
            busy[host] = nil
            finish(outcome, on: host)
            if isWorthTelling(outcome, task) { told += formatter.result(outcome, of: task, on: host) }
        case .hostUnreachable(let host, let task, let message):
            busy[host] = nil
            stand(host, .unreachable)
            told += formatter.unreachable(host, task: task, message)
        case .hostLink(let host, let state):
            busy[host]?.isCutOff = state != .reattached
            busy[host]?.note = state == .reattached ? "" : Wording.link(state)
        case .warning(let text):
            told += EventFormatter.warning(text)
        case .stopping(let text):
            told.append(Line(text, .yellow))
        case .runFinished(let summary):
            isFinished = true
            told += formatter.summary(summary)
        }
    }

    private func isWorthTelling(_ outcome: RunEvent.Outcome, _ task: Int) -> Bool {
        switch outcome.status {
        case .failed, .ignored, .rescued: true
        case .ok, .changed:
            outcome.diff != nil || options.verbosity > 0 || options.showsResults
                || EventFormatter.isMessage(formatter.tasks[task])
        case .skipped: options.verbosity > 0
        }
    }

    private mutating func add(_ host: String) {
        guard hosts[host] == nil else { return }
        hosts[host] = Host()
        standings[Standing.waiting.rawValue] += 1
    }

    private mutating func finish(_ outcome: RunEvent.Outcome, on host: String) {
        add(host)
        steps += 1
        hosts[host]?.steps += 1
        if hosts[host]?.isLost == true { stepsOfLost += 1 }
        switch outcome.status {
        case .failed: stand(host, .failed)
        case .changed: stand(host, .changed)
        case .ok, .skipped, .ignored, .rescued: stand(host, .ok)
        }
    }

    private mutating func stand(_ name: String, _ standing: Standing) {
        add(name)
        guard let host = hosts[name], standing.rawValue > host.standing.rawValue else { return }
        standings[host.standing.rawValue] -= 1
        standings[standing.rawValue] += 1
        hosts[name]?.standing = standing
        if hosts[name]?.isLost == true, !host.isLost {
            lost += 1
            stepsOfLost += host.steps
        }
    }

    func count(_ standing: Standing) -> Int { standings[standing.rawValue] }

    /// How much of the work is done, from 0 to 1. Hosts that are lost have no more of it.
    var progress: Double {
        let expected = (hosts.count - lost) * (formatter.header?.tasks ?? 0) + stepsOfLost
        return expected > 0 ? min(1, Double(steps) / Double(expected)) : 0
    }

    /// Seconds that the rest takes if it goes on as it went so far; nil while that says nothing yet.
    func remaining(now: Double) -> Double? {
        guard let began, now - began >= 3, progress >= 0.02, progress < 1 else { return nil }
        return (now - began) / progress * (1 - progress)
    }

    // MARK: Drawing

    /// The view for a terminal of this size, never as high as it: the last line is the cursor's.
    func render(_ size: Terminal.Size, now: Double) -> [Line] {
        guard !isFinished, let began else { return [] }
        let room = min(size.height - 1, Self.greatestHeight)
        guard room >= 1 else { return [] }
        var lines = [bar(width: size.width, now: now, elapsed: now - began)]
        if room >= 2 { lines.append(tally()) }
        if room >= 5 { lines.insert(title(), at: 0) }
        if room >= 6 { lines += work(rows: room - lines.count, width: size.width, now: now) }
        return lines.map { $0.clipped(to: size.width) }
    }
    private static let greatestHeight = 20, tailHeight = 5

    private func title() -> Line {
        let playbook = formatter.header.map { RedactedText($0.playbook, secrets: options.secrets) } ?? ""
        let check: RedactedText = formatter.header?.checkMode == true ? " (check mode)" : ""
        return Line(playName.isEmpty ? playbook : playName, .bold)
            + Line("  \(playName.isEmpty ? "" : playbook)\(check)", .dim)
    }

    private func bar(width: Int, now: Double, elapsed: Double) -> Line {
        let percent = RedactedText("\(Int(progress * 100)) %").rightAligned(to: 6)
        let times: RedactedText =
            remaining(now: now).map { "\(Wording.clock(elapsed)), about \(Wording.clock($0)) left" }
            ?? Wording.clock(elapsed)
        let length = max(0, min(50, width - percent.columns - times.columns - 3))
        let full = Int(progress * Double(length))
        return Line(.repeating("━", count: full), .green) + Line(.repeating("━", count: length - full), .dim)
            + Line("\(percent)  \(times)")
    }

    private func tally() -> Line {
        var line = Line(Wording.count(hosts.count, "host", "hosts"))
        func add(_ count: Int, _ word: RedactedText, _ style: Style, always: Bool = false) {
            if count > 0 || always { line += Line("  ") + Line("\(count) \(word)", count > 0 ? style : .dim) }
        }
        add(count(.ok), "ok", .green, always: true)
        add(count(.changed), "changed", .yellow, always: true)
        add(count(.failed), "failed", .red, always: true)
        add(count(.unreachable), "unreachable", .red, always: true)
        add(count(.waiting), "waiting", .dim)
        add(busy.count, "busy", .cyan)
        return line
    }

    /// The hosts that have been at their task for longest, and the end of what the first of them says.
    private func work(rows: Int, width: Int, now: Double) -> [Line] {
        let talker = busy.filter { !$0.value.output.isEmpty }.min { Self.isBefore($0, $1) }
        let tail = talker?.value.output.lines(Self.tailHeight) ?? []
        var shown = rows - tail.count - (talker == nil ? 0 : 1)
        if busy.count > shown { shown -= 1 }
        let first = Self.first(shown, of: busy)
        var formatter = formatter
        let named = first.map { (name: formatter.name(of: $0.key), work: $0.value) }
        let column = min(width / 3, named.map(\.name.columns).max() ?? 0)
        var lines = named.map { name, work in
            var what = work.task.map(formatter.taskName) ?? ""
            if !work.note.isEmpty { what = what.isEmpty ? work.note : "\(what) (\(work.note))" }
            let time = Wording.clock(now - work.since)
            let room = max(0, width - column - time.columns - 6)
            return Line("  ") + Line(name.clipped(to: column).padded(to: column), .cyan)
                + Line("  \(what.clipped(to: room).padded(to: min(room, 48)))  ") + Line(time, .dim)
        }
        if busy.count > first.count { lines.append(Line("  and \(busy.count - first.count) more", .dim)) }
        if let talker {
            lines.append(Line("  \(formatter.name(of: talker.key)) says:", .dim))
            lines += tail.map { Line("  │ ", .dim) + Line($0) }
        }
        return lines
    }

    private static func isBefore(_ left: (key: String, value: Work), _ right: (key: String, value: Work)) -> Bool {
        left.value.since != right.value.since ? left.value.since < right.value.since : left.key < right.key
    }

    /// The few that began first, without sorting thousands.
    private static func first(_ count: Int, of busy: [String: Work]) -> [(key: String, value: Work)] {
        guard count > 0 else { return [] }
        var first: [(key: String, value: Work)] = []
        for entry in busy {
            if first.count == count, let last = first.last, !isBefore(entry, last) { continue }
            first.insert(entry, at: first.firstIndex { isBefore(entry, $0) } ?? first.count)
            if first.count > count { first.removeLast() }
        }
        return first
    }
}

/// The last lines of a task's output, however much of it there is and however long its lines are.
struct OutputTail: Sendable {
    private var finished: [RedactedText] = []
    private var last: RedactedText = ""
    private static let lines = 8, columns = 500

    var isEmpty: Bool { finished.isEmpty && last.isEmpty }

    mutating func append(_ text: RedactedText) {
        // Only the end of a long piece can be seen.
        let utf8 = text.description.utf8
        var start = utf8.index(utf8.endIndex, offsetBy: -4096, limitedBy: utf8.startIndex) ?? utf8.startIndex
        while start < utf8.endIndex, utf8[start] & 0xc0 == 0x80 { start = utf8.index(after: start) }
        let whole = last + text[start...]
        var lines = whole.lines
        last = whole.description.hasSuffix("\n") ? "" : lines.popLast() ?? ""
        // What redraws its line (a progress bar) is seen as it is drawn last.
        if let start = last.description.dropLast().lastIndex(of: "␍") {
            last = last[last.description.index(after: start)...]
        }
        if last.description.utf8.count > Self.columns {
            last = last[last.description.index(last.description.endIndex, offsetBy: -Self.columns / 4)...]
        }
        finished = Array((finished + lines).suffix(Self.lines))
    }

    func lines(_ count: Int) -> [RedactedText] { Array((last.isEmpty ? finished : finished + [last]).suffix(count)) }
}
