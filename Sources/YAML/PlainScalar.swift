/// The types of YAML 1.1 that a text without quotes and tag may have.
///
/// The patterns are those of the YAML 1.1 type repository as PyYAML narrows them: a float needs a dot, an exponent
/// needs a sign,
/// `y` and `n` are text, `0o17` is text, `08` is text.
enum ScalarType: String {
    case null, bool, int, float, timestamp, merge, value, str

    init(ofPlain text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "t"),
            UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"):
            self = Self.booleans.contains(text) ? .bool : .str
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
            self = ["~", "null", "Null", "NULL"].contains(text) ? .null : Self.booleans.contains(text) ? .bool : .str
        case UInt8(ascii: "<"): self = text == "<<" ? .merge : .str
        case UInt8(ascii: "="): self = text == "=" ? .value : .str
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            self =
                Self.isFloat(bytes)
                ? .float : Self.isInt(bytes) ? .int : TimestampText(bytes, strict: true) != nil ? .timestamp : .str
        default: self = .str
        }
    }

    private static let booleans: Set<String> = [
        "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON",
        "off", "Off", "OFF",
    ]

    private static func isInt(_ bytes: [UInt8]) -> Bool {
        var scan = ByteScan(bytes)
        _ = scan.accept(oneOf: "+-")
        let start = scan
        if scan.accept("0b"),
            scan.acceptRun(where: { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") || $0.isUnderscore }) > 0,
            scan.atEnd
        {
            return true
        }
        scan = start
        if scan.accept("0x"), scan.acceptRun(where: { $0.isHexDigit || $0.isUnderscore }) > 0, scan.atEnd {
            return true
        }
        scan = start
        if scan.accept("0") {
            _ = scan.acceptRun(where: { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) || $0.isUnderscore })
            return scan.atEnd
        }
        guard scan.next?.isDigit == true else { return false }
        _ = scan.acceptRun(where: { $0.isDigit || $0.isUnderscore })
        while scan.acceptSexagesimal() {}
        return scan.atEnd
    }

    private static func isFloat(_ bytes: [UInt8]) -> Bool {
        var scan = ByteScan(bytes)
        let signed = scan.accept(oneOf: "+-")
        if scan.accept(".") {
            let rest = scan.rest
            if rest == "inf" || rest == "Inf" || rest == "INF" { return true }
            if signed { return false }
            if rest == "nan" || rest == "NaN" || rest == "NAN" { return true }
            guard scan.next?.isDigit == true else { return false }
            _ = scan.acceptRun(where: { $0.isDigit || $0.isUnderscore })
            return scan.acceptExponent() && scan.atEnd
        }
        guard scan.next?.isDigit == true else { return false }
        _ = scan.acceptRun(where: { $0.isDigit || $0.isUnderscore })
        var sexagesimal = false
        while scan.acceptSexagesimal() { sexagesimal = true }
        guard scan.accept(".") else { return false }
        _ = scan.acceptRun(where: { $0.isDigit || $0.isUnderscore })
        return (sexagesimal || scan.acceptExponent()) && scan.atEnd
    }
}

/// The parts of `2026-01-31` or `2026-01-31 10:00:00.25 +1:30`.
struct TimestampText {
    var date: CalendarDate
    /// Nil when there is no time of day.
    var time: CalendarDateTime?

    /// `strict`: a day alone needs two digits for month and day, as where the type is resolved from the text.
    init?(_ bytes: [UInt8], strict: Bool) {
        var scan = ByteScan(bytes)
        guard let year = scan.number(4...4), scan.accept("-"), let month = scan.number(1...2), scan.accept("-"),
            let day = scan.number(1...2)
        else { return nil }
        date = CalendarDate(year: year, month: month, day: day)
        if scan.atEnd {
            if strict, bytes.count != 10 { return nil }
            return
        }
        guard scan.accept(oneOf: "Tt") || scan.acceptRun(where: \.isBlank) > 0,
            let hour = scan.number(1...2), scan.accept(":"), let minute = scan.number(2...2), scan.accept(":"),
            let second = scan.number(2...2)
        else { return nil }
        var moment = CalendarDateTime(date: date, hour: hour, minute: minute, second: second)
        if scan.accept(".") {
            var places = 0
            while let digit = scan.next, digit.isDigit {
                if places < 6 {
                    moment.microsecond = moment.microsecond * 10 + Int(digit - UInt8(ascii: "0"))
                    places += 1
                }
                scan.skip()
            }
            while places < 6 {
                moment.microsecond *= 10
                places += 1
            }
        }
        if !scan.atEnd {
            _ = scan.acceptRun(where: \.isBlank)
            if scan.accept("Z") {
                moment.utcOffset = 0
            } else {
                guard let sign = scan.next, scan.accept(oneOf: "+-"), let hours = scan.number(1...2) else { return nil }
                var minutes = 0
                if scan.accept(":") {
                    guard let number = scan.number(2...2) else { return nil }
                    minutes = number
                }
                moment.utcOffset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
            }
        }
        guard scan.atEnd else { return nil }
        time = moment
    }
}

/// A cursor over ASCII text.
struct ByteScan {
    private let bytes: [UInt8]
    private var index = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var atEnd: Bool { index == bytes.count }
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }
    var rest: String { String(decoding: bytes[index...], as: UTF8.self) }
    mutating func skip() { index += 1 }

    mutating func accept(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }
    mutating func accept(oneOf set: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount)
        guard let next, wanted.contains(next) else { return false }
        index += 1
        return true
    }
    /// How many bytes were taken.
    mutating func acceptRun(where matches: (UInt8) -> Bool) -> Int {
        let start = index
        while index < bytes.count, matches(bytes[index]) { index += 1 }
        return index - start
    }
    /// `:` and a number below 60; takes nothing when it is anything else.
    mutating func acceptSexagesimal() -> Bool {
        let start = index
        if accept(":"), let first = next, first.isDigit {
            index += 1
            if let second = next, second.isDigit {
                if first <= UInt8(ascii: "5") {
                    index += 1
                    return true
                }
            } else {
                return true
            }
        }
        index = start
        return false
    }
    /// `e`, a sign and digits, or nothing; false when there is an `e` with anything else after it.
    mutating func acceptExponent() -> Bool {
        guard accept(oneOf: "eE") else { return true }
        return accept(oneOf: "+-") && acceptRun(where: \.isDigit) > 0
    }
    mutating func number(_ width: ClosedRange<Int>) -> Int? {
        var value = 0
        var digits = 0
        while digits < width.upperBound, let next, next.isDigit {
            value = value * 10 + Int(next - UInt8(ascii: "0"))
            digits += 1
            index += 1
        }
        return width.contains(digits) ? value : nil
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(self)
    }
    var isUnderscore: Bool { self == UInt8(ascii: "_") }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
