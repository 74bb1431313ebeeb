import YAML

extension Filters {
    static let timeFilters: [String: Operation] = [
        "strftime": Operation(["second", "utc"]) { operand throws(TemplateError) in
            let format = try operand.string()
            let isUTC = try operand.flag(1)
            var moment = CalendarDateTime.now(utc: isUTC)
            if let second = operand[0], !second.isNone {
                guard let epoch = numberOrText(second), epoch.isFinite, abs(epoch) < 1e14 else {
                    throw .other("Invalid value for epoch value")
                }
                let whole = Int(epoch.rounded(.down))
                moment = isUTC ? CalendarDateTime(secondsSinceEpoch: whole) : CalendarDateTime(local: whole)
            }
            return .string(TimeFormat.format(format, moment, zoneName: isUTC ? "GMT" : "UTC", hasMicroseconds: false))
        },
        "to_datetime": Operation(["format"]) { operand throws(TemplateError) in
            .dateTime(try TimeFormat.parse(operand.text(), operand.text(0, default: "%Y-%m-%d %H:%M:%S")))
        },
    ]
}
