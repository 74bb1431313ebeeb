import Glibc
import YAML

/// Reads the keys of one job: the file's defaults first, then the job's own, which go before them.
struct JobReader {
    private let name: String
    private let mark: SourceMark
    private let windows: [String: Window]
    private var zone: Zone
    private var cron: Node?, every: Node?, starting: Node?
    private var playbooks: [Node] = []
    private var checks: Node?, drifts: Node?
    /// Everything that needs no other key.
    private var draft: Job

    init(name: String, mark: SourceMark, zone: Zone, windows: [String: Window]) {
        (self.name, self.mark, self.zone, self.windows) = (name, mark, zone, windows)
        draft = Job(name: name, mark: mark, trigger: .every(1, from: Moment(0)), zone: zone, playbooks: [])
    }

    static let keys = [
        "description", "cron", "every", "starting", "time_zone", "enabled", "playbook", "playbooks", "inventory",
        "limit", "extra_vars", "tags", "skip_tags", "become", "forks",
        "check", "drift", "jitter", "wait_lock", "timeout", "catch_up", "overlap", "only_in", "never_in", "outside",
        "failure_limit", "retries", "retry_delay", "notify",
    ]

    mutating func read(_ entries: [Node.Entry], in place: String, _ reader: inout ScheduleReader) {
        for entry in entries {
            guard let key = entry.key.value.string, Self.keys.contains(key) else {
                reader.unknown(entry.key, among: Self.keys, in: place)
                continue
            }
            // `key:` with nothing after it is as if it were not there.
            if !entry.value.value.isNull { read(key, entry.value, &reader) }
        }
    }

    private mutating func read(_ key: String, _ node: Node, _ reader: inout ScheduleReader) {
        switch key {
        case "description": draft.description = text(node, key, &reader)
        case "cron": cron = node
        case "every": every = node
        case "starting": starting = node
        case "time_zone": zone = reader.zone(node) ?? zone
        case "enabled": draft.isEnabled = flag(node, key, &reader)
        case "playbook", "playbooks": playbooks = node.items ?? [node]
        case "inventory": draft.inventory = paths(node.items ?? [node], key, &reader)
        case "limit": draft.limit = texts(node, key, &reader).joined(separator: ",")
        case "extra_vars":
            if let variables = node.value.map {
                draft.extraVariables = variables
            } else {
                reader.report(
                    "'extra_vars' is a mapping of names to values, and this is \(node.value.kindInWords)", at: node.mark
                )
            }
        case "tags": draft.tags = texts(node, key, &reader)
        case "skip_tags": draft.skippedTags = texts(node, key, &reader)
        case "become": draft.becomes = flag(node, key, &reader)
        case "forks": draft.forks = number(node, key, 1...100_000, &reader)
        case "check": checks = flag(node, key, &reader) ? node : nil
        case "drift": drifts = flag(node, key, &reader) ? node : nil
        case "jitter": draft.jitter = duration(node, key, 0, &reader) ?? 0
        case "wait_lock": draft.lockWait = duration(node, key, 0, &reader) ?? draft.lockWait
        case "timeout": draft.timeout = duration(node, key, 1, &reader)
        case "catch_up": draft.catchUp = choice(node, key, &reader) ?? draft.catchUp
        case "overlap": draft.overlap = choice(node, key, &reader) ?? draft.overlap
        case "outside": draft.outside = choice(node, key, &reader) ?? draft.outside
        case "only_in": draft.maintenance.onlyIn = windows(node, key, &reader)
        case "never_in": draft.maintenance.neverIn = windows(node, key, &reader)
        case "failure_limit": draft.failureLimit = number(node, key, 1...1000, &reader)
        case "retries": draft.retries.count = number(node, key, 0...100, &reader) ?? 0
        case "retry_delay": draft.retries.delay = duration(node, key, 1, &reader) ?? draft.retries.delay
        case "notify": draft.notify = webhooks(node, &reader)
        default: break
        }
    }

    /// What the keys amount to; nil, with problems, when something is missing or wrong.
    mutating func job(_ reader: inout ScheduleReader) -> Job? {
        draft.zone = zone
        draft.kind = drifts != nil ? .drift : checks != nil ? .check : .run
        if checks != nil, let drifts {
            reader.report(
                "job '\(name)' is a check and looks for drift, which is a check already", at: drifts.mark,
                "take one of them out")
        }
        if playbooks.isEmpty {
            reader.report("job '\(name)' has no playbook", at: mark, "write  playbook: playbooks/NAME.yml")
        }
        draft.playbooks = paths(playbooks, "playbook", &reader)
        guard let trigger = trigger(&reader) else { return nil }
        draft.trigger = trigger
        if draft.jitter > 0, case .every(let seconds, _) = trigger, draft.jitter >= seconds {
            reader.report(
                "job '\(name)' has a jitter as long as its interval", at: mark,
                "make it shorter than \(DurationText.text(seconds))")
        }
        return draft
    }

    private func trigger(_ reader: inout ScheduleReader) -> Trigger? {
        switch (cron, every) {
        case (nil, nil):
            reader.report(
                "job '\(name)' never comes: it has neither 'cron' nor 'every'", at: mark,
                "write for example  cron: \"30 2 * * mon-fri\"  or  every: 6h")
        case (let node?, .some):
            reader.report("job '\(name)' has 'cron' and 'every'", at: node.mark, "take one of them out")
        case (let node?, nil):
            if let starting { reader.report("'starting' belongs to 'every'", at: starting.mark, "take it out") }
            guard let text = node.value.string else {
                reader.report("'cron' is a text with five fields, and this is \(node.value.kindInWords)", at: node.mark)
                return nil
            }
            do throws(CronProblem) { return .cron(try CronExpression(text), zone) } catch {
                reader.report(error.problem, at: reader.place(error.offset, in: node), error.remedy)
            }
        case (nil, let node?):
            guard let seconds = duration(node, "every", 1, &reader) else { return nil }
            var start = Moment(0)
            if let starting {
                guard let local = reader.localTime(starting) else { return nil }
                switch zone.showing(local) {
                case .once(let moment), .skipped(let moment), .twice(let moment, _): start = moment
                }
            }
            return .every(seconds, from: start)
        }
        return nil
    }

    // MARK: Single values

    private func text(_ node: Node, _ key: String, _ reader: inout ScheduleReader) -> String? {
        if let text = node.value.string { return text }
        reader.report("'\(key)' is a text, and this is \(node.value.kindInWords)", at: node.mark)
        return nil
    }

    /// A text with commas, or a list.
    private func texts(_ node: Node, _ key: String, _ reader: inout ScheduleReader) -> [String] {
        (node.items ?? [node]).flatMap { item -> [String] in
            if let number = item.value.int { return [String(number)] }
            guard let text = item.value.string else {
                reader.report(
                    "'\(key)' is a text or a list of them, and this is \(item.value.kindInWords)", at: item.mark)
                return []
            }
            return text.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
        }
    }

    private func flag(_ node: Node, _ key: String, _ reader: inout ScheduleReader) -> Bool {
        if let flag = node.value.bool { return flag }
        reader.report("'\(key)' is yes or no, and this is \(node.value.kindInWords)", at: node.mark)
        return false
    }

    private func number(_ node: Node, _ key: String, _ range: ClosedRange<Int>, _ reader: inout ScheduleReader) -> Int?
    {
        if let number = node.value.int, range.contains(number) { return number }
        reader.report("'\(key)' is a number from \(range.lowerBound) to \(range.upperBound)", at: node.mark)
        return nil
    }

    private func duration(_ node: Node, _ key: String, _ least: Int, _ reader: inout ScheduleReader) -> Int? {
        let seconds = node.value.string.flatMap(DurationText.seconds) ?? node.value.int
        if let seconds, seconds >= least, seconds <= 3_153_600_000 { return seconds }
        reader.report(
            "'\(key)' is a span of time of \(least == 0 ? "0 seconds or more" : "at least a second")", at: node.mark,
            "write for example 90s, 15m, 6h, 1h30m or 1d")
        return nil
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node, _ key: String, _ reader: inout ScheduleReader
    ) -> Choice? where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        if let choice = node.value.string.flatMap(Choice.init(rawValue:)) { return choice }
        reader.report(
            "'\(key)' cannot be \(node.value.string.map { "'\($0)'" } ?? node.value.kindInWords)", at: node.mark,
            "choose one of: \(words.joined(separator: ", "))")
        return nil
    }

    private func windows(_ node: Node, _ key: String, _ reader: inout ScheduleReader) -> [Window] {
        (node.items ?? [node]).compactMap { item in
            let name = item.value.string ?? ""
            if let window = windows[name] { return window }
            reader.report(
                "'\(key)' names a window '\(name)', and there is none", at: item.mark,
                windows.isEmpty
                    ? "write it below 'windows:'" : "there are: \(windows.keys.sorted().joined(separator: ", "))")
            return nil
        }
    }

    private func webhooks(_ node: Node, _ reader: inout ScheduleReader) -> [String] {
        (node.items ?? [node]).compactMap { item in
            guard let name = item.value.string, !name.contains(",") else {
                reader.report(
                    "'notify' is a webhook's name or a list of them, and this is \(item.value.kindInWords)",
                    at: item.mark)
                return nil
            }
            if let known = reader.webhooks, !known.contains(name) {
                reader.report(
                    "'notify' names a webhook '\(name)', and config/hooks.yml has none of that name", at: item.mark,
                    known.isEmpty ? nil : "there are: \(known.sorted().joined(separator: ", "))")
                return nil
            }
            return name
        }
    }

    /// Paths of files that have to be there.
    private func paths(_ nodes: [Node], _ key: String, _ reader: inout ScheduleReader) -> [String] {
        nodes.compactMap { node in
            guard let path = node.value.string, !path.isEmpty else {
                reader.report("'\(key)' is a path, and this is \(node.value.kindInWords)", at: node.mark)
                return nil
            }
            if key == "playbook", reader.shipped.contains(path) { return path }
            // An inventory may also be hosts with commas.
            if key == "inventory", path.contains(",") { return path }
            var status = stat()
            if access(path, R_OK) != 0 {
                reader.report(
                    "there is no file '\(path)' that can be read", at: node.mark,
                    "paths are relative to the folder that comfyfleet runs in")
            } else if key == "playbook", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                reader.report("'\(path)' is a folder, and a playbook is a file", at: node.mark)
            }
            return path
        }
    }
}
