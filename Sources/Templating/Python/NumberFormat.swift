import BigInt
import Glibc

/// A number in the notations that `%` and `str.format` share.
enum NumberFormat {
    /// `%.{precision}f`, `e` or `g` by the C library, which rounds as Python does.
    static func double(_ value: Double, _ conversion: Character, precision: Int, alternate: Bool = false) -> String {
        if value.isNaN { return conversion.isUppercase ? "NAN" : "nan" }
        if value.isInfinite { return (value < 0 ? "-" : "") + (conversion.isUppercase ? "INF" : "inf") }
        let precision = min(max(precision, 0), 1000)
        var buffer = [CChar](repeating: 0, count: 1500)
        let format = "%\(alternate ? "#" : "").*\(conversion)"
        _ = withVaList([Int32(precision), value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func big(_ object: Object) -> BigInt? {
        switch object {
        case .bool(let flag, _): flag ? 1 : 0
        case .int(let number, _): BigInt(number)
        case .bigInt(let number, _): number
        default: nil
        }
    }

    static func grouped(_ digits: String, _ separator: Character, every size: Int = 3) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: size) { result.append(separator) }
            result.append(digit)
        }
        return result
    }

    static func signed(_ body: String, isNegative: Bool, sign: Character?) -> String {
        if isNegative { return "-" + body }
        return sign == "+" ? "+" + body : sign == " " ? " " + body : body
    }
}
