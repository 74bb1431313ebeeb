import Glibc
import YAML

extension CalendarDate {
    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    package var daysSinceEpoch: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
    package init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
    /// Monday is 0.
    package var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 }
    var dayOfYear: Int { daysSinceEpoch - CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch + 1 }
    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    package static func days(in month: Int, of year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}

func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

extension CalendarDateTime {
    package var secondsSinceEpoch: Int {
        date.daysSinceEpoch * 86400 + hour * 3600 + minute * 60 + second - (utcOffset ?? 0)
    }

    package init(secondsSinceEpoch seconds: Int, microsecond: Int = 0, utcOffset: Int? = nil) {
        let local = seconds + (utcOffset ?? 0)
        let days = local >= 0 ? local / 86400 : -((-local + 86399) / 86400)
        let rest = local - days * 86400
        self.init(
            date: CalendarDate(daysSinceEpoch: days), hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60,
            microsecond: microsecond, utcOffset: utcOffset)
    }

    static func now(utc: Bool) -> CalendarDateTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let microsecond = time.tv_nsec / 1000
        if utc { return CalendarDateTime(secondsSinceEpoch: time.tv_sec, microsecond: microsecond) }
        return CalendarDateTime(local: time.tv_sec, microsecond: microsecond)
    }

    /// A moment in the machine's time zone, naive.
    init(local seconds: Int, microsecond: Int = 0) {
        var moment = time_t(seconds)
        var parts = tm()
        localtime_r(&moment, &parts)
        self.init(secondsSinceEpoch: seconds + Int(parts.tm_gmtoff), microsecond: microsecond)
    }

    func adding(_ duration: Duration) throws(TemplateError) -> CalendarDateTime {
        let (seconds, attoseconds) = duration.components
        var micro = microsecond + Int(attoseconds / 1_000_000_000_000)
        var total = secondsSinceEpoch + Int(seconds)
        if micro < 0 {
            micro += 1_000_000
            total -= 1
        }
        if micro >= 1_000_000 {
            micro -= 1_000_000
            total += 1
        }
        let moment = CalendarDateTime(secondsSinceEpoch: total, microsecond: micro, utcOffset: utcOffset)
        guard (1...9999).contains(moment.date.year) else { throw .other("date value out of range") }
        return moment
    }

    func offsetText(_ offset: Int, colon: Bool) -> String {
        let size = abs(offset)
        return (offset < 0 ? "-" : "+") + digits(size / 3600, 2) + (colon ? ":" : "") + digits(size / 60 % 60, 2)
            + (size % 60 == 0 ? "" : (colon ? ":" : "") + digits(size % 60, 2))
    }
    var representation: String {
        var parts = "\(date.year), \(date.month), \(date.day), \(hour), \(minute)"
        if second != 0 || microsecond != 0 { parts += ", \(second)" }
        if microsecond != 0 { parts += ", \(microsecond)" }
        if let utcOffset {
            parts +=
                utcOffset == 0
                ? ", tzinfo=datetime.timezone.utc"
                : ", tzinfo=datetime.timezone(datetime.timedelta(seconds=\(utcOffset)))"
        }
        return "datetime.datetime(\(parts))"
    }
}

/// Differences of moments, as Python's `timedelta`.
enum DurationText {
    /// Days (may be negative), seconds of the day and microseconds.
    static func parts(_ duration: Duration) -> (days: Int, seconds: Int, microseconds: Int) {
        let (whole, attoseconds) = duration.components
        var seconds = Int(whole)
        var micro = Int(attoseconds / 1_000_000_000_000)
        if micro < 0 {
            micro += 1_000_000
            seconds -= 1
        }
        let days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400)
        return (days, seconds - days * 86400, micro)
    }
    static func totalSeconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
    static func text(_ duration: Duration) -> String {
        let (days, seconds, micro) = parts(duration)
        var text = "\(seconds / 3600):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
        if micro != 0 { text += "." + digits(micro, 6) }
        return days == 0 ? text : "\(days) day\(abs(days) == 1 ? "" : "s"), \(text)"
    }
    static func representation(_ duration: Duration) -> String {
        let (days, seconds, micro) = parts(duration)
        let parts = [("days", days), ("seconds", seconds), ("microseconds", micro)].filter { $0.1 != 0 }.map {
            "\($0.0)=\($0.1)"
        }
        return "datetime.timedelta(\(parts.isEmpty ? "0" : parts.joined(separator: ", ")))"
    }
}
