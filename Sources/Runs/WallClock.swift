import Glibc

/// The time of day, as run records have it.
public enum WallClock {
    /// Seconds since 1970, UTC.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// `2026-11-23T20:14:55Z`
    public static func iso8601(_ seconds: Double) -> String {
        let parts = parts(seconds)
        return "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z"
    }

    /// `20261123-201455.034187`
    static func compact(_ seconds: Double) -> String {
        let parts = parts(seconds), microseconds = String(Int((seconds - seconds.rounded(.down)) * 1e6))
        return parts[0...2].joined() + "-" + parts[3...5].joined() + "." + String(repeating: "0", count: 6 - microseconds.count) + microseconds
    }

    private static func parts(_ seconds: Double) -> [String] {
        var clock = time_t(seconds), parts = tm()
        gmtime_r(&clock, &parts)
        return [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
    }
}
