import Glibc
import Redaction
import Support

/// The time of day, as run records have it.
package enum WallClock {
    /// Seconds since 1970, UTC.
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// `2026-11-23T20:14:55Z`
    package static func iso8601(_ seconds: Double) -> String { shown(seconds).description }
    package static func shown(_ seconds: Double) -> RedactedText { UTCTime(seconds: whole(seconds)).shown }

    /// `20261123-201455.034187`
    static func compact(_ seconds: Double) -> String {
        let seconds = bounded(seconds)
        return UTCTime(seconds: Int(seconds), microseconds: Int((seconds - seconds.rounded(.down)) * 1e6)).compact
            .description
    }

    static func whole(_ seconds: Double) -> Int { Int(bounded(seconds)) }

    /// From year 1 to 9999: a file that somebody wrote in may hold any number.
    private static func bounded(_ seconds: Double) -> Double {
        seconds.isNaN ? 0 : min(max(seconds, -62_135_596_800), 253_402_300_799)
    }
}
