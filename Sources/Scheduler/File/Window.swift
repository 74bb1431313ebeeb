import Templating
import YAML

/// Times in which something may happen, or must not: hours of certain days, or a stretch of the calendar.
package struct Window: Sendable, Hashable {
    package enum Extent: Sendable, Hashable {
        /// Minutes of the day; a window that ends before it begins goes on into the next day, and belongs to the day on
        /// which it begins.
        case daily(weekdays: Set<Int>, from: Int, to: Int)
        /// Seconds on a clock on the wall, since 1970-01-01 00:00 on it.
        case calendar(start: Int, end: Int)
    }
    package var name: String
    package var extent: Extent
    package var zone: Zone

    func contains(_ moment: Moment) -> Bool {
        let local = moment.seconds + zone.offset(at: moment)
        switch extent {
        case .calendar(let start, let end): return start <= local && local < end
        case .daily(let weekdays, let from, let to):
            let day = Int((Double(local) / 86400).rounded(.down))
            let minute = (local - day * 86400) / 60
            func begins(_ day: Int) -> Bool { weekdays.contains(CalendarDate(daysSinceEpoch: day).weekday) }
            if from < to { return begins(day) && from <= minute && minute < to }
            return (begins(day) && minute >= from) || (begins(day - 1) && minute < to)
        }
    }

    /// Moments at which it may begin or end, in the eight days from `moment` on.
    func edges(after moment: Moment) -> [Moment] {
        func moments(_ local: Int) -> [Moment] {
            switch zone.showing(local) {
            case .once(let moment): [moment]
            case .skipped(let change): [change]
            case .twice(let first, let second): [first, second]
            }
        }
        switch extent {
        case .calendar(let start, let end): return moments(start) + moments(end)
        case .daily(_, let from, let to):
            let today = zone.local(moment).date.daysSinceEpoch
            var edges: [Moment] = []
            for day in today - 1...today + 8 {
                edges += moments(day * 86400 + from * 60) + moments(day * 86400 + to * 60)
            }
            return edges
        }
    }
}

/// When a job may run.
package struct MaintenanceRule: Sendable, Hashable {
    /// In one of these; at any time when there is none.
    package var onlyIn: [Window] = []
    /// And in none of these.
    package var neverIn: [Window] = []

    package func allows(_ moment: Moment) -> Bool {
        (onlyIn.isEmpty || onlyIn.contains { $0.contains(moment) }) && !neverIn.contains { $0.contains(moment) }
    }

    /// The first moment from now on at which the job may run, as far as the next eight days' hours and the calendar's
    /// stretches tell; nil when there is none.
    func opening(from moment: Moment) -> Moment? {
        if allows(moment) { return moment }
        let windows = onlyIn + neverIn
        let edges = windows.flatMap { $0.edges(after: moment) }.filter { $0 > moment }
        // A stretch of the calendar may lie further ahead than eight days; hours are looked for in it, too.
        let later = edges.flatMap { edge in windows.flatMap { $0.edges(after: edge) } }.filter { $0 > moment }
        return Set(edges + later).sorted().first { allows($0) }
    }
}
