import Glibc
public import Redaction

/// The time of day, as run records have it.
public enum WallClock {
    /// Seconds since 1970, UTC.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// `2026-11-23T20:14:55Z`
    public static func iso8601(_ seconds: Double) -> String { shown(seconds).description }
    public static func shown(_ seconds: Double) -> RedactedText {
        let parts = parts(seconds)
        return "\(parts[0])-\(parts[1], digits: 2)-\(parts[2], digits: 2)T\(parts[3], digits: 2):\(parts[4], digits: 2):\(parts[5], digits: 2)Z"
    }

    /// `20261123-201455.034187`
    static func compact(_ seconds: Double) -> String {
        let parts = parts(seconds).map { $0 < 10 ? "0\($0)" : "\($0)" }, microseconds = String(Int((seconds - seconds.rounded(.down)) * 1e6))
        return parts[0...2].joined() + "-" + parts[3...5].joined() + "." + String(repeating: "0", count: 6 - microseconds.count) + microseconds
    }

    private static func parts(_ seconds: Double) -> [Int32] {
        var clock = time_t(seconds), parts = tm()
        gmtime_r(&clock, &parts)
        return [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
    }
}
