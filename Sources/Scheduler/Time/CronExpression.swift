import Templating
import YAML

/// `30 2 * * mon-fri`: minute, hour, day of the month, month, day of the week; or `@daily` and its like.
///
/// Where both kinds of day are restricted, either of them is enough, as in cron. Where one of them begins with `*`,
/// both must hold.
package struct CronExpression: Sendable, Hashable {
    let minutes: CronField, hours: CronField, days: CronField, months: CronField, weekdays: CronField
    package let text: String

    static let shorthands = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    /// So far ahead a time is looked for: leap days that are a given weekday are up to 40 years apart.
    private static let horizon = 366 * 48

    init(_ text: String) throws(CronProblem) {
        self.text = text
        var written = text
        if text.hasPrefix("@") {
            guard let meaning = Self.shorthands[text.lowercased()] else {
                let remedy =
                    text == "@reboot"
                    ? "jobs follow the clock; for what is to run when the machine boots write a systemd unit with comfyfleet run"
                    : "there are: \(Self.shorthands.keys.sorted().joined(separator: ", "))"
                throw CronProblem(
                    offset: 0, problem: "'\(text)' is not a shorthand of a cron expression", remedy: remedy)
            }
            written = meaning
        }
        let fields = written.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard fields.count == 5 else {
            let remedy =
                fields.count == 6
                ? "seconds are not part of it; 'every' takes them"
                : "write minute, hour, day of the month, month, day of the week"
            throw CronProblem(
                offset: 0, problem: "a cron expression has five fields, and '\(text)' has \(fields.count)",
                remedy: remedy)
        }
        func offset(_ index: Int) -> Int { written.distance(from: written.startIndex, to: fields[index].startIndex) }
        minutes = try CronField(fields[0], .minute, at: offset(0))
        hours = try CronField(fields[1], .hour, at: offset(1))
        days = try CronField(fields[2], .day, at: offset(2))
        months = try CronField(fields[3], .month, at: offset(3))
        weekdays = try CronField(fields[4], .weekday, at: offset(4))
        guard day(after: CalendarDate(year: 2000, month: 1, day: 1).daysSinceEpoch - 1) != nil else {
            throw CronProblem(
                offset: offset(2), problem: "there is no such day: '\(fields[2])' in the months '\(fields[3])'",
                remedy: "look at the day of the month and the month")
        }
    }

    /// The hours are named (`2`, `8-18`), so each time on the clock is meant once a day. With `*` or `*/2` the hands
    /// are followed, whatever they do.
    var namesHours: Bool { !hours.isStar }

    func matches(_ day: CalendarDate) -> Bool {
        guard months.values.contains(day.month) else { return false }
        let length = CalendarDate.days(in: day.month, of: day.year)
        let weekday = (day.weekday + 1) % 7
        let byDay = days.values.contains(day.day) || days.daysBeforeLast.contains(length - day.day)
        let byWeekday =
            weekdays.values.contains(weekday) || (weekdays.lastWeekdays.contains(weekday) && day.day > length - 7)
            || weekdays.numberedWeekdays[weekday]?.contains((day.day + 6) / 7) == true
        return days.isStar || weekdays.isStar ? byDay && byWeekday : byDay || byWeekday
    }

    /// The next day that matches, in days since 1970.
    private func day(after day: Int) -> Int? {
        (day + 1...day + Self.horizon).first { matches(CalendarDate(daysSinceEpoch: $0)) }
    }

    // MARK: On a clock on the wall

    /// The first time later than `moment`; nil when none comes in 48 years.
    func next(after moment: Moment, in zone: Zone) -> Moment? {
        // A time that the clock skips moves on, at most by the day that some islands have left out.
        var day = zone.local(moment).date.daysSinceEpoch - 3
        let last = day + Self.horizon
        while let next = self.day(after: day), next <= last {
            if let found = moments(on: next, in: zone).first(where: { $0 > moment }) { return found }
            day = next
        }
        return nil
    }

    /// The times later than `start` and not later than `end`, in order.
    func moments(after start: Moment, through end: Moment, in zone: Zone) -> [Moment] {
        var day = zone.local(start).date.daysSinceEpoch - 3
        var found: [Moment] = []
        let last = zone.local(end).date.daysSinceEpoch
        while let next = self.day(after: day), next <= last {
            for moment in moments(on: next, in: zone)
            where moment > start && moment <= end && moment > found.last ?? start { found.append(moment) }
            day = next
        }
        return found
    }

    /// The rule for days on which clocks change. Named hours: a time that is skipped counts as the moment of the
    /// change, one that comes twice counts the first time.
    /// Hours as `*` or `*/n`: a time that is skipped does not come, one that comes twice counts twice.
    func moments(on day: Int, in zone: Zone) -> [Moment] {
        // Nearly all days have one offset from their begin to their end, and times that are as many seconds apart as
        // they look.
        let offset = zone.offset(at: Moment(day * 86400 - 15 * 3600))
        if offset == zone.offset(at: Moment(day * 86400 + 39 * 3600)) {
            let minutes = minutes.values.sorted()
            return hours.values.sorted().flatMap { hour in
                minutes.map { Moment(day * 86400 + hour * 3600 + $0 * 60 - offset) }
            }
        }
        var found: Set<Moment> = []
        for hour in hours.values {
            for minute in minutes.values {
                switch zone.showing(day * 86400 + hour * 3600 + minute * 60) {
                case .once(let moment): found.insert(moment)
                case .skipped(let change): if namesHours { found.insert(change) }
                case .twice(let first, let second):
                    found.insert(first)
                    if !namesHours { found.insert(second) }
                }
            }
        }
        return found.sorted()
    }
}
