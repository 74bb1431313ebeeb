import Glibc

/// Times as results show them: the controller's clock, in UTC.
struct WallClock: Sendable {
    private let seconds: Int, nanoseconds: Int

    static func now() -> WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    private func parts() -> tm {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return parts
    }
    private static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// `2026-01-31 10:00:00.123456`
    var text: String {
        let time = parts()
        return "\(time.tm_year + 1900)-\(Self.padded(time.tm_mon + 1, 2))-\(Self.padded(time.tm_mday, 2)) "
            + "\(Self.padded(time.tm_hour, 2)):\(Self.padded(time.tm_min, 2)):\(Self.padded(time.tm_sec, 2)).\(Self.padded(nanoseconds / 1000, 6))"
    }

    /// `0:00:01.500000`
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(attoseconds / 1_000_000_000_000, 6))"
    }
}
