import YAML

/// `datetime`, `date` and `timedelta`.
enum DateMethods {
    static func property(_ name: String, of date: CalendarDate) -> Object? {
        switch name {
        case "year": .int(date.year)
        case "month": .int(date.month)
        case "day": .int(date.day)
        default: nil
        }
    }
    static func property(_ name: String, of moment: CalendarDateTime) -> Object? {
        switch name {
        case "hour": .int(moment.hour)
        case "minute": .int(moment.minute)
        case "second": .int(moment.second)
        case "microsecond": .int(moment.microsecond)
        case "tzinfo": moment.utcOffset == nil ? Object.none : nil
        default: property(name, of: moment.date)
        }
    }
    static func property(_ name: String, of duration: Duration) -> Object? {
        switch name {
        case "days": .int(DurationText.parts(duration).days)
        case "seconds": .int(DurationText.parts(duration).seconds)
        case "microseconds": .int(DurationText.parts(duration).microseconds)
        default: nil
        }
    }

    private static func moment(_ object: Object) -> CalendarDateTime {
        switch object {
        case .dateTime(let moment): moment
        case .date(let date): CalendarDateTime(date: date)
        default: CalendarDateTime(date: CalendarDate(year: 1, month: 1, day: 1))
        }
    }

    static let table: [String: Attributes.Method] = [
        "strftime": { object, arguments, _ throws(TemplateError) in
            .string(TimeFormat.format(try arguments.text(0, "format"), moment(object)))
        },
        "isoformat": { object, arguments, _ throws(TemplateError) in
            if case .date(let date) = object { return .string(date.isoText) }
            return .string(moment(object).text(separator: try arguments.optionalText(0, "sep") ?? "T"))
        },
        "timestamp": { object, _, _ throws(TemplateError) in
            let moment = moment(object)
            return .double(Double(moment.secondsSinceEpoch) + Double(moment.microsecond) / 1e6)
        },
        "date": { object, _, _ throws(TemplateError) in .date(moment(object).date) },
        "weekday": { object, _, _ throws(TemplateError) in .int(moment(object).date.weekday) },
        "isoweekday": { object, _, _ throws(TemplateError) in .int(moment(object).date.weekday + 1) },
        "isocalendar": { object, _, _ throws(TemplateError) in
            .tuple(["%G", "%V", "%u"].map { .int(Int(TimeFormat.format($0, moment(object))) ?? 0) })
        },
        "ctime": { object, _, _ throws(TemplateError) in
            .string(TimeFormat.format("%a %b %e %H:%M:%S %Y", moment(object)))
        },
        "toordinal": { object, _, _ throws(TemplateError) in .int(moment(object).date.daysSinceEpoch + 719_163) },
        "replace": { object, arguments, _ throws(TemplateError) in
            var result = moment(object)
            result.date.year = try arguments.int(0, "year", default: result.date.year)
            result.date.month = try arguments.int(1, "month", default: result.date.month)
            result.date.day = try arguments.int(2, "day", default: result.date.day)
            result.hour = try arguments.int(3, "hour", default: result.hour)
            result.minute = try arguments.int(4, "minute", default: result.minute)
            result.second = try arguments.int(5, "second", default: result.second)
            result.microsecond = try arguments.int(6, "microsecond", default: result.microsecond)
            guard (1...9999).contains(result.date.year) else {
                throw .other("year \(result.date.year) is out of range")
            }
            guard (0...23).contains(result.hour), (0...59).contains(result.minute), (0...59).contains(result.second),
                (0...999_999).contains(result.microsecond)
            else { throw .other("hour, minute, second or microsecond is out of range") }
            guard (1...12).contains(result.date.month),
                (1...CalendarDate.days(in: result.date.month, of: result.date.year)).contains(result.date.day)
            else { throw .other("day is out of range for month") }
            if case .date = object { return .date(result.date) }
            return .dateTime(result)
        },
    ]
    static let durationTable: [String: Attributes.Method] = [
        "total_seconds": { object, _, _ throws(TemplateError) in
            guard case .duration(let duration) = object else { return .none }
            return .double(DurationText.totalSeconds(duration))
        }
    ]
}
