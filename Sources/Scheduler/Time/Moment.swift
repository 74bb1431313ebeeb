import Runs

/// A second of UTC. Jobs are due at whole seconds.
package struct Moment: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since 1970.
    package var seconds: Int
    package init(_ seconds: Int) { self.seconds = seconds }

    /// By the machine's clock. The daemon and the commands ask here; everything else is given the time.
    package static var now: Moment { Moment(Int(WallClock.now.rounded(.down))) }

    package static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }
    package static func + (moment: Moment, seconds: Int) -> Moment { Moment(moment.seconds + seconds) }
    package static func - (moment: Moment, seconds: Int) -> Moment { Moment(moment.seconds - seconds) }
    /// In seconds.
    package static func - (later: Moment, earlier: Moment) -> Int { later.seconds - earlier.seconds }

    /// `2026-11-23T20:14:55Z`
    package var description: String { WallClock.iso8601(Double(seconds)) }
}
