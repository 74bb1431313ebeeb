import Glibc
import YAML

/// `strftime` and `strptime` in the C locale.
enum TimeFormat {
    static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Only a datetime knows `%f`, not the C library.
    static func format(
        _ format: String, _ moment: CalendarDateTime, zoneName: String = "", hasMicroseconds: Bool = true
    ) -> String {
        var parts = tm()
        parts.tm_year = Int32(clamping: moment.date.year - 1900)
        parts.tm_mon = Int32(moment.date.month - 1)
        parts.tm_mday = Int32(moment.date.day)
        parts.tm_hour = Int32(moment.hour)
        parts.tm_min = Int32(moment.minute)
        parts.tm_sec = Int32(moment.second)
        parts.tm_wday = Int32((moment.date.weekday + 1) % 7)
        parts.tm_yday = Int32(moment.date.dayOfYear - 1)
        var result = ""
        var scalars = format.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "%", let directive = scalars.popFirst() else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch directive {
            case "%": result += "%"
            case "f" where hasMicroseconds: result += digits(moment.microsecond, 6)
            case "s": result += String(moment.secondsSinceEpoch)
            case "z":
                if let offset = moment.utcOffset {
                    result += moment.offsetText(offset, colon: false)
                } else if !zoneName.isEmpty {
                    result += "+0000"
                }
            case "Z": result += moment.utcOffset == 0 ? "UTC" : zoneName
            default:
                var code = "%" + String(directive)
                // Flags, a width and a modifier stand before the letter.
                while let last = code.unicodeScalars.last, "-_0123456789^#EO".unicodeScalars.contains(last),
                    let more = scalars.popFirst()
                { code.unicodeScalars.append(more) }
                var buffer = [CChar](repeating: 0, count: 256)
                let count = strftime(&buffer, buffer.count, code, &parts)
                result += String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        return result
    }

    /// Reads a text by a format; the messages are Python's in spirit, without the text itself.
    static func parse(_ text: String, _ format: String) throws(TemplateError) -> CalendarDateTime {
        var reader = Reader(rest: text.unicodeScalars[...])
        try reader.read(format)
        guard reader.rest.isEmpty else { throw .other("unconverted data remains after the format '\(format)'") }
        return try reader.moment()
    }

    private struct Reader {
        var rest: Substring.UnicodeScalarView
        var year = 1900, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0
        var dayOfYear: Int?, isAfternoon: Bool?, utcOffset: Int?

        mutating func read(_ format: String) throws(TemplateError) {
            let mismatch = TemplateError.other("the text does not match format '\(format)'")
            var directives = format.unicodeScalars[...]
            while let scalar = directives.popFirst() {
                if PythonText.isSpace(scalar) {
                    guard let first = rest.first, PythonText.isSpace(first) else { throw mismatch }
                    rest = rest.drop(while: PythonText.isSpace)
                    continue
                }
                guard scalar == "%", let directive = directives.popFirst() else {
                    guard rest.popFirst() == scalar else { throw mismatch }
                    continue
                }
                switch directive {
                case "Y": year = try number(4, 4, mismatch)
                case "m": month = try number(1, 2, mismatch, 1...12)
                case "d": day = try number(1, 2, mismatch, 1...31)
                case "H": hour = try number(1, 2, mismatch, 0...23)
                case "I": hour = try number(1, 2, mismatch, 1...12)
                case "M": minute = try number(1, 2, mismatch, 0...59)
                case "S": second = try number(1, 2, mismatch, 0...61)
                case "j": dayOfYear = try number(1, 3, mismatch, 1...366)
                case "y":
                    let short = try number(2, 2, mismatch)
                    year = short + (short < 69 ? 2000 : 1900)
                case "f":
                    let before = rest.count
                    let value = try number(1, 6, mismatch)
                    microsecond = (before - rest.count..<6).reduce(value) { value, _ in value * 10 }
                case "p":
                    let word = rest.prefix(2).map { String($0).lowercased() }.joined()
                    guard word == "am" || word == "pm" else { throw mismatch }
                    isAfternoon = word == "pm"
                    rest = rest.dropFirst(2)
                case "b", "B", "h": month = try name(months, mismatch) + 1
                case "a", "A": _ = try name(days, mismatch)
                case "T": try read("%H:%M:%S")
                case "F": try read("%Y-%m-%d")
                case "D": try read("%m/%d/%y")
                case "z": try zone(mismatch)
                case "Z":
                    let word = rest.prefix { PythonText.isLetter($0) }
                    guard ["utc", "gmt", ""].contains(String(word).lowercased()) else { throw mismatch }
                    rest = rest.dropFirst(word.count)
                case "%": guard rest.popFirst() == "%" else { throw mismatch }
                default: throw .other("'\(directive)' is a bad directive in format '\(format)'")
                }
            }
        }

        private mutating func number(
            _ least: Int, _ most: Int, _ mismatch: TemplateError, _ range: ClosedRange<Int> = 0...Int.max
        ) throws(TemplateError) -> Int {
            var taken = rest.prefix(most).prefix { ("0"..."9").contains($0) }
            while taken.count > least, let value = Int(String(taken)), !range.contains(value) {
                taken = taken.dropLast()
            }
            guard taken.count >= least, let value = Int(String(taken)), range.contains(value) else { throw mismatch }
            rest = rest.dropFirst(taken.count)
            return value
        }
        private mutating func name(_ names: [String], _ mismatch: TemplateError) throws(TemplateError) -> Int {
            let text = String(rest).lowercased()
            for (index, name) in names.enumerated() {
                for candidate in [name.lowercased(), String(name.lowercased().prefix(3))]
                where text.hasPrefix(candidate) {
                    rest = rest.dropFirst(candidate.unicodeScalars.count)
                    return index
                }
            }
            throw mismatch
        }
        private mutating func zone(_ mismatch: TemplateError) throws(TemplateError) {
            if rest.first == "Z" {
                rest = rest.dropFirst()
                utcOffset = 0
                return
            }
            guard let sign = rest.popFirst(), sign == "+" || sign == "-" else { throw mismatch }
            let hours = try number(2, 2, mismatch)
            if rest.first == ":" { rest = rest.dropFirst() }
            let minutes = try number(2, 2, mismatch)
            utcOffset = (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
        }

        func moment() throws(TemplateError) -> CalendarDateTime {
            guard year >= 1 else { throw .other("year is out of range") }
            var date = CalendarDate(year: year, month: month, day: day)
            if let dayOfYear {
                date = CalendarDate(
                    daysSinceEpoch: CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch + dayOfYear - 1)
            }
            guard date.day <= CalendarDate.days(in: date.month, of: date.year) else {
                throw .other("day is out of range for month")
            }
            guard second <= 59 else { throw .other("second must be in 0..59") }
            var hour = hour
            if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
            return CalendarDateTime(
                date: date, hour: hour, minute: minute, second: second, microsecond: microsecond, utcOffset: utcOffset)
        }
    }
}
