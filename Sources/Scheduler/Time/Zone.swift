import Foundation
import Templating
import YAML

/// A time zone of the IANA database, as Foundation has it.
package struct Zone: Sendable, Hashable, CustomStringConvertible {
    package let name: String
    private let zone: TimeZone

    /// `Europe/Berlin`, `UTC`; nil when there is no such zone.
    package init?(_ name: String) {
        // Foundation takes more than names of the database: abbreviations, whose meaning depends on who reads them.
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        (self.name, self.zone) = (name, zone)
    }

    private init(_ zone: TimeZone, _ name: String) { (self.name, self.zone) = (name, zone) }
    package static let utc = Zone(.gmt, "UTC")
    /// For suggestions; older names of the same zones are taken, too.
    static let names = TimeZone.knownTimeZoneIdentifiers

    package var description: String { name }

    /// Seconds east of UTC at this moment.
    package func offset(at moment: Moment) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds)))
    }

    /// What a clock on the wall shows.
    package func local(_ moment: Moment) -> CalendarDateTime {
        let offset = offset(at: moment)
        return CalendarDateTime(secondsSinceEpoch: moment.seconds, utcOffset: offset)
    }

    /// `2026-03-29 03:00 CEST` would name an abbreviation that is not unique; this is `2026-03-29 03:00:00+02:00`.
    package func text(_ moment: Moment) -> String { local(moment).text(separator: " ") }

    /// When a clock on the wall shows a time.
    enum Showing: Sendable, Hashable {
        case once(Moment)
        /// Never: the clock was put forward over it, at this moment.
        case skipped(Moment)
        /// The clock was put back.
        case twice(Moment, Moment)
    }

    /// - Parameter local: seconds since 1970-01-01 00:00 on that clock.
    func showing(_ local: Int) -> Showing {
        // No zone is further than 14 hours from UTC. Nearly always it has one offset for two days.
        let before = offset(at: Moment(local - 15 * 3600))
        let after = offset(at: Moment(local + 15 * 3600))
        if before == after { return .once(Moment(local - before)) }
        let change = change(after: Moment(local - 15 * 3600), notAfter: Moment(local + 15 * 3600))
        let early = Moment(local - before)
        let late = Moment(local - after)
        switch (early < change, late >= change) {
        case (true, true): return .twice(early, late)
        case (true, false): return .once(early)
        case (false, true): return .once(late)
        case (false, false): return .skipped(change)
        }
    }

    /// The second from which on the offset is another one, when it is one at both ends and changes once in between.
    private func change(after start: Moment, notAfter end: Moment) -> Moment {
        let offset = offset(at: start)
        var low = start.seconds
        var high = end.seconds
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: Moment(middle)) == offset { low = middle } else { high = middle }
        }
        return Moment(high)
    }
}
