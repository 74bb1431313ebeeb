import Support

/// Times as results show them: the controller's clock, in UTC.
struct WallClock: Sendable {
    private let time: UTCTime

    static func now() -> WallClock { WallClock(time: .now) }

    /// `2026-01-31 10:00:00.123456`
    var text: String { time.spaced.description }

    /// `0:00:01.500000`
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return
            "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(attoseconds / 1_000_000_000_000, 6))"
    }

    private static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
