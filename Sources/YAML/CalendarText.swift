extension CalendarDate {
    /// `2026-01-31`, as Python's `isoformat`.
    package var isoText: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }

    /// Whether there is such a day, from year 1 to 9999.
    package var exists: Bool {
        guard (1...9999).contains(year), (1...12).contains(month) else { return false }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }
}

extension CalendarDateTime {
    /// `2026-01-31T10:00:00.250000+01:00`, as Python's `isoformat`.
    package var isoText: String { text(separator: "T") }

    /// As `isoText`, with any separator between day and time; Python's `str()` takes a space.
    package func text(separator: String) -> String {
        var out = date.isoText + separator + padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2)
        if microsecond != 0 { out += "." + padded(microsecond, 6) }
        if let utcOffset {
            let distance = abs(utcOffset)
            out += (utcOffset < 0 ? "-" : "+") + padded(distance / 3600, 2) + ":" + padded(distance / 60 % 60, 2)
            if distance % 60 != 0 { out += ":" + padded(distance % 60, 2) }
        }
        return out
    }

    /// Whether there is such a moment; an offset is less than a day.
    package var exists: Bool {
        date.exists && (0..<24).contains(hour) && (0..<60).contains(minute) && (0..<60).contains(second)
            && (0..<1_000_000).contains(microsecond) && (utcOffset ?? 0).magnitude < 86400
    }

    var pythonRepr: String {
        var parts = [date.year, date.month, date.day, hour, minute]
        if second != 0 || microsecond != 0 { parts.append(second) }
        if microsecond != 0 { parts.append(microsecond) }
        var out = "datetime.datetime(" + parts.map(String.init).joined(separator: ", ")
        if let utcOffset {
            // A timedelta keeps its seconds positive: an hour to the west is a day less, and 82800 seconds.
            let days = utcOffset < 0 ? "days=-1, " : ""
            let seconds = utcOffset < 0 ? utcOffset + 86400 : utcOffset
            out +=
                utcOffset == 0
                ? ", tzinfo=datetime.timezone.utc"
                : ", tzinfo=datetime.timezone(datetime.timedelta(\(days)seconds=\(seconds)))"
        }
        return out + ")"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
