import Glibc
import Playbook
import Templating
import YAML

extension Schedule {
    /// Reads and checks a file of jobs.
    ///
    /// - Parameters:
    ///   - webhooks: names that `notify` may have; nil when that is not to be checked.
    ///   - shipped: names of playbooks that ship, and need no path.
    /// - Throws: `Diagnostics` with everything that is wrong, in the order of the text.
    package static func load(
        _ path: String = defaultPath, webhooks: Set<String>? = nil, shipped: Set<String> = []
    ) throws(Diagnostics) -> Schedule {
        let bytes: [UInt8]
        do throws(Diagnostic) { bytes = try TextFile.settings(path) } catch {
            throw Diagnostics([
                Diagnostic(
                    error.problem, at: nil,
                    remedy: error.remedy ?? "write one like config/example.schedules.yml, or give another with --file")
            ])
        }
        return try parse(bytes, path: path, webhooks: webhooks, shipped: shipped)
    }

    static func parse(
        _ text: [UInt8], path: String, webhooks: Set<String>? = nil, shipped: Set<String> = []
    ) throws(Diagnostics) -> Schedule {
        let document = try YAMLParser.parse(text, file: path)
        var reader = ScheduleReader(text: text, webhooks: webhooks, shipped: shipped)
        // A key that stands twice would be a job that is silently left out.
        reader.problems = document.warnings
        let jobs = reader.jobs(document.root)
        guard reader.problems.isEmpty else {
            throw Diagnostics(
                reader.problems.sorted {
                    ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0)
                })
        }
        return Schedule(path: path, jobs: jobs)
    }
}

/// One reading of a file of jobs; collects every problem.
struct ScheduleReader {
    var problems: [Diagnostic] = []
    let webhooks: Set<String>?
    let shipped: Set<String>
    private let lines: [ArraySlice<UInt8>]
    private var zone = Zone.utc
    private var windows: [String: Window] = [:]

    init(text: [UInt8], webhooks: Set<String>?, shipped: Set<String>) {
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        self.webhooks = webhooks
        self.shipped = shipped
    }

    mutating func report(_ problem: String, at mark: SourceMark, _ remedy: String? = nil) {
        problems.append(Diagnostic(problem, at: mark, remedy: remedy))
    }

    // MARK: The file

    private static let fileKeys = ["time_zone", "windows", "defaults", "jobs"]

    mutating func jobs(_ root: Node) -> [Job] {
        guard let entries = root.entries else {
            report(
                "a file of jobs is a mapping, and this is \(root.value.kindInWords)", at: root.mark,
                "begin with 'jobs:'")
            return []
        }
        for entry in entries where !Self.fileKeys.contains(entry.key.value.string ?? "") {
            unknown(entry.key, among: Self.fileKeys, in: "a file of jobs")
        }
        if let node = root["time_zone"] { zone = zone(node) ?? zone }
        if let node = root["windows"] { readWindows(node) }
        var defaults: [Node.Entry] = []
        if let node = root["defaults"], !node.value.isNull {
            if let entries = node.entries {
                for entry in entries where Self.keysOfOneJob.contains(entry.key.value.string ?? "") {
                    report(
                        "'\(entry.key.value.string ?? "")' belongs to one job", at: entry.key.mark,
                        "write it in the jobs")
                }
                defaults = entries.filter { !Self.keysOfOneJob.contains($0.key.value.string ?? "") }
            } else {
                report("'defaults' is a mapping of a job's keys, and this is \(node.value.kindInWords)", at: node.mark)
            }
        }
        guard let node = root["jobs"] else {
            report("there are no jobs", at: root.mark, "write them below 'jobs:', each with a name")
            return []
        }
        if node.value.isNull { return [] }
        guard let jobs = node.entries else {
            report("'jobs' is a mapping of names to jobs, and this is \(node.value.kindInWords)", at: node.mark)
            return []
        }
        // What is wrong in the defaults is reported once, not for each job.
        var check = JobReader(name: "defaults", mark: node.mark, zone: zone, windows: windows)
        check.read(defaults, in: "the defaults", &self)
        return jobs.compactMap { entry in job(entry, defaults) }
    }

    private static let keysOfOneJob: Set<String> = ["cron", "every", "description"]

    private mutating func job(_ entry: Node.Entry, _ defaults: [Node.Entry]) -> Job? {
        guard let name = entry.key.value.string, !name.isEmpty, name.utf8.count <= 60,
            name.utf8.allSatisfy(Self.isOfName)
        else {
            report(
                "'\(entry.key.value.string ?? "this")' can't be a job's name", at: entry.key.mark,
                "use up to 60 letters, digits, '-', '_' and '.'")
            return nil
        }
        guard let keys = entry.value.entries else {
            report(
                "job '\(name)' is a mapping, and this is \(entry.value.value.kindInWords)", at: entry.value.mark,
                "give it at least 'cron' and 'playbook'")
            return nil
        }
        var reader = JobReader(name: name, mark: entry.key.mark, zone: zone, windows: windows)
        let before = problems
        reader.read(defaults, in: "the defaults", &self)
        problems = before
        reader.read(keys, in: "job '\(name)'", &self)
        return reader.job(&self)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    // MARK: Windows

    private static let windowKeys = ["days", "from", "to", "start", "end", "time_zone"]

    private mutating func readWindows(_ node: Node) {
        guard !node.value.isNull else { return }
        guard let entries = node.entries else {
            return report(
                "'windows' is a mapping of names to windows, and this is \(node.value.kindInWords)", at: node.mark)
        }
        for entry in entries {
            guard let name = entry.key.value.string, let keys = entry.value.entries else {
                report(
                    "a window has a name and a mapping", at: entry.key.mark,
                    "write  nights: {days: mon-fri, from: \"22:00\", to: \"06:00\"}")
                continue
            }
            for key in keys where !Self.windowKeys.contains(key.key.value.string ?? "") {
                unknown(key.key, among: Self.windowKeys, in: "window '\(name)'")
            }
            let window = entry.value
            let zone = window["time_zone"].flatMap { self.zone($0) } ?? self.zone
            switch (window["from"], window["to"], window["start"], window["end"]) {
            case (let from?, let to?, nil, nil):
                let days = window["days"].map { weekdays($0) } ?? Set(0...6)
                guard let begin = minuteOfDay(from), let end = minuteOfDay(to, isEnd: true) else { continue }
                if begin == end {
                    report(
                        "window '\(name)' begins and ends at the same time", at: to.mark,
                        "write to: \"24:00\" for a whole day that begins at 00:00")
                }
                windows[name] = Window(name: name, extent: .daily(weekdays: days, from: begin, to: end), zone: zone)
            case (nil, nil, let start?, let end?):
                if let days = window["days"] {
                    report(
                        "window '\(name)' has days, and 'start' and 'end', too", at: days.mark,
                        "a stretch of the calendar has no days")
                }
                guard let begin = localTime(start), let last = localTime(end) else { continue }
                if begin >= last { report("window '\(name)' ends before it begins", at: end.mark) }
                windows[name] = Window(name: name, extent: .calendar(start: begin, end: last), zone: zone)
            default:
                report(
                    "window '\(name)' has neither 'from' and 'to' nor 'start' and 'end'", at: entry.key.mark,
                    "write both of one pair: hours of days, or a stretch of the calendar")
            }
        }
    }

    /// `mon-fri`, `[sat, sun]`; Monday is 0.
    private mutating func weekdays(_ node: Node) -> Set<Int> {
        var days: Set<Int> = []
        for item in node.items ?? [node] {
            do {
                let field = try CronField(
                    Substring(item.value.string ?? item.value.int.map(String.init) ?? ""), .weekday, at: 0)
                guard field.lastWeekdays.isEmpty, field.numberedWeekdays.isEmpty else {
                    report("a window's days are days of the week", at: item.mark, "write for example mon-fri")
                    continue
                }
                days.formUnion(field.values.map { ($0 + 6) % 7 })
            } catch { report(error.problem, at: place(error.offset, in: item), error.remedy) }
        }
        return days
    }

    /// `"22:00"`. Without quotes YAML reads a number of minutes; that is what it is here, too.
    private mutating func minuteOfDay(_ node: Node, isEnd: Bool = false) -> Int? {
        let limit = isEnd ? 1440 : 1439
        if let minutes = node.value.int, (60...limit).contains(minutes) { return minutes }
        let parts = (node.value.string ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let hour = parts[0], let minute = parts[1], (0...59).contains(minute),
            (0...24).contains(hour), hour * 60 + minute <= limit
        {
            return hour * 60 + minute
        }
        report("this is not a time of the day", at: node.mark, "write it as \"22:00\"")
        return nil
    }

    /// `2026-12-20` or `2026-12-20 18:00`, on a clock on the wall.
    mutating func localTime(_ node: Node) -> Int? {
        switch node.value {
        case .date(let date): return date.daysSinceEpoch * 86400
        case .dateTime(let time) where time.utcOffset == nil: return time.secondsSinceEpoch
        case .string(let text, _):
            let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
            let date = (parts.first ?? "").split(separator: "-").map { Int($0) }
            let clock = parts.count == 2 ? parts[1].split(separator: ":").map { Int($0) } : [0, 0]
            if parts.count <= 2, date.count == 3, clock.count == 2, let year = date[0], (1...9999).contains(year),
                let month = date[1], let day = date[2], let hour = clock[0], let minute = clock[1],
                CalendarDate(year: year, month: month, day: day).exists, (0...23).contains(hour),
                (0...59).contains(minute)
            {
                return CalendarDate(year: year, month: month, day: day).daysSinceEpoch * 86400 + hour * 3600 + minute
                    * 60
            }
        default: break
        }
        report(
            "this is not a time of the calendar", at: node.mark,
            "write it as 2026-12-20 18:00, in the window's time zone")
        return nil
    }

    // MARK: What jobs share

    mutating func unknown(_ key: Node, among keys: some Sequence<String>, in place: String) {
        let name = key.value.string ?? key.value.int.map(String.init) ?? ""
        report(
            "unknown key '\(name)' in \(place)", at: key.mark,
            Spelling.nearest(to: name, among: keys.sorted()).map { "did you mean '\($0)'?" })
    }

    mutating func zone(_ node: Node) -> Zone? {
        let name = node.value.string ?? ""
        if let zone = Zone(name) { return zone }
        let near = Spelling.nearest(to: name, among: Zone.names + ["UTC"])
        report(
            "there is no time zone '\(name)'", at: node.mark,
            near.map { "did you mean '\($0)'?" } ?? "write a name of the IANA database, such as Europe/Berlin or UTC")
        return nil
    }

    /// Where a character of a scalar stands; behind the quote when it has one.
    func place(_ offset: Int, in node: Node) -> SourceMark {
        let line = lines.indices.contains(node.mark.line - 1) ? lines[node.mark.line - 1] : []
        let first = line.dropFirst(node.mark.column - 1).first
        let quote = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") ? 1 : 0
        return SourceMark(file: node.mark.file, line: node.mark.line, column: node.mark.column + offset + quote)
    }
}
