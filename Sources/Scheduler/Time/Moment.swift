import Runs

/// A second of UTC. Jobs are due at whole seconds.
public struct Moment: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since 1970.
    public var seconds: Int
    public init(_ seconds: Int) { self.seconds = seconds }

    /// By the machine's clock. The daemon and the commands ask here; everything else is given the time.
    public static var now: Moment { Moment(Int(WallClock.now.rounded(.down))) }

    public static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }
    public static func + (moment: Moment, seconds: Int) -> Moment { Moment(moment.seconds + seconds) }
    public static func - (moment: Moment, seconds: Int) -> Moment { Moment(moment.seconds - seconds) }
    /// In seconds.
    public static func - (later: Moment, earlier: Moment) -> Int { later.seconds - earlier.seconds }

    /// `2026-11-23T20:14:55Z`
    public var description: String { WallClock.iso8601(Double(seconds)) }
}
