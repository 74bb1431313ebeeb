/// A job's times in the words of systemd.timer(5).
struct TimerLines {
    let text: String

    init(_ job: Job) throws(NotATimer) {
        var lines: [String] = []
        switch job.trigger {
        case .every(let seconds, _):
            // Counted from the timer's start: systemd has no other beginning.
            lines += ["OnActiveSec=\(seconds)s", "OnUnitActiveSec=\(seconds)s"]
        case .cron(let expression, let zone):
            lines += Self.calendar(expression).map { "OnCalendar=\($0) \(zone.name)" }
            // Whether a time that nobody saw is made up for; all of them can't be.
            if job.catchUp == .all {
                throw NotATimer(
                    job: job, problem: "job '\(job.name)' makes up for all times that were missed, and a timer for one",
                    remedy: "write catch_up: once or none, or run the daemon")
            }
            lines.append("Persistent=\(job.catchUp == .none ? "no" : "yes")")
        }
        if job.jitter > 0 { lines += ["RandomizedDelaySec=\(job.jitter)s", "FixedRandomDelay=yes"] }
        text = lines.joined(separator: "\n")
    }

    /// Several where cron's "either kind of day" has no single expression.
    static func calendar(_ expression: CronExpression) -> [String] {
        let time = "\(list(expression.hours.values, 0...23)):\(list(expression.minutes.values, 0...59)):00"
        let months = list(expression.months.values, 1...12)
        let byDay = days(expression.days)
        let byWeekday = weekdays(expression.weekdays)
        if expression.days.isStar || expression.weekdays.isStar {
            // Both must hold.
            return byDay.flatMap { day in
                byWeekday.map { weekday in
                    "\(weekday.day.isEmpty ? "" : weekday.day + " ")*-\(months)\(weekday.within ?? day) \(time)"
                }
            }
        }
        return byDay.map { "*-\(months)\($0) \(time)" }
            + byWeekday.map { "\($0.day) *-\(months)\($0.within ?? "-*") \(time)" }
    }

    /// `-*`, `-01,15`, `~01` (from the month's end).
    private static func days(_ field: CronField) -> [String] {
        var days = field.values.isEmpty ? [] : ["-" + list(field.values, 1...31)]
        if !field.daysBeforeLast.isEmpty {
            days.append("~" + field.daysBeforeLast.map { two($0 + 1) }.sorted().joined(separator: ","))
        }
        return days
    }

    private static let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// A weekday, and the days of the month in which it counts: the last week for `friL`, the second for `mon#2`.
    private static func weekdays(_ field: CronField) -> [(day: String, within: String?)] {
        var days: [(String, String?)] = []
        if field.values == Set(0...6) {
            days.append(("", nil))
        } else if !field.values.isEmpty {
            days.append((field.values.sorted().map { names[$0] }.joined(separator: ","), nil))
        }
        days += field.lastWeekdays.sorted().map { (names[$0], "~07/1") }
        for (day, numbers) in field.numberedWeekdays.sorted(by: { $0.key < $1.key }) {
            days += numbers.sorted().map { (names[day], "-\(two($0 * 7 - 6))..\(two(min(31, $0 * 7)))") }
        }
        return days
    }

    private static func list(_ values: Set<Int>, _ all: ClosedRange<Int>) -> String {
        values == Set(all) ? "*" : values.sorted().map(two).joined(separator: ",")
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
