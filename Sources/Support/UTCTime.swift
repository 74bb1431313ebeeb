import Glibc
import Redaction

/// A moment by the clock of this machine, and its texts in UTC.
package struct UTCTime: Sendable {
    /// Since 1970.
    package let seconds: Int
    package let microseconds: Int

    package init(seconds: Int, microseconds: Int = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    package static var now: UTCTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(seconds: time.tv_sec, microseconds: time.tv_nsec / 1000)
    }

    /// `2026-11-23T17:48:29Z`
    package var shown: RedactedText { text("-", "T", ":") + "Z" }
    /// `2026-11-23T17:48:29.183933Z`
    package var precise: RedactedText { text("-", "T", ":") + "\(fraction)Z" }
    /// `2026-11-23 17:48:29.183933`, as Python writes a moment.
    package var spaced: RedactedText { text("-", " ", ":") + fraction }
    /// `20261123-174829.183933`
    package var compact: RedactedText { text("", "-", "") + fraction }

    private var fraction: RedactedText { ".\(microseconds, digits: 6)" }

    private func text(_ betweenDays: RedactedText, _ middle: RedactedText, _ betweenHours: RedactedText) -> RedactedText
    {
        var clock = time_t(seconds)
        var parts = tm()
        gmtime_r(&clock, &parts)
        let day: RedactedText =
            "\(parts.tm_year + 1900, digits: 4)\(betweenDays)\(parts.tm_mon + 1, digits: 2)\(betweenDays)\(parts.tm_mday, digits: 2)"
        return
            "\(day)\(middle)\(parts.tm_hour, digits: 2)\(betweenHours)\(parts.tm_min, digits: 2)\(betweenHours)\(parts.tm_sec, digits: 2)"
    }
}
