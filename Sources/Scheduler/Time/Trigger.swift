/// When a job is due. A pure function of time: nothing about it needs to be remembered.
package enum Trigger: Sendable, Hashable {
    case cron(CronExpression, Zone)
    /// Every so many seconds, counted from a moment on.
    case every(Int, from: Moment)

    /// The first time later than `moment`.
    package func next(after moment: Moment) -> Moment? {
        switch self {
        case .cron(let expression, let zone): expression.next(after: moment, in: zone)
        case .every(let seconds, let start): moment < start ? start : start + ((moment - start) / seconds + 1) * seconds
        }
    }

    /// The times later than `start` and not later than `end`, in order. What lies further back than 70 days, or 100,000
    /// intervals, is left out.
    func moments(after start: Moment, through end: Moment) -> [Moment] {
        guard start < end else { return [] }
        switch self {
        case .cron(let expression, let zone):
            return expression.moments(after: max(start, end - 70 * 86400), through: end, in: zone)
        case .every(let seconds, _):
            var found: [Moment] = []
            var next = next(after: max(start, end - 100_000 * seconds))
            while let moment = next, moment <= end {
                found.append(moment)
                next = moment + seconds
            }
            return found
        }
    }

    /// As in the file: a change of it is a change of the job's times.
    var text: String {
        switch self {
        case .cron(let expression, let zone): "\(expression.text) \(zone.name)"
        case .every(let seconds, let start): "every \(DurationText.text(seconds)) from \(start)"
        }
    }
}
