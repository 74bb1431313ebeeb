import BigInt
import Glibc

extension Filters {
    static let numberFilters: [String: Operation] = [
        "abs": Operation { operand throws(TemplateError) in
            switch Number(operand.input) {
            case .small(let number):
                return number == .min ? .integer(BigInt(number).magnitude.signed) : .int(abs(number))
            case .int(let number): return .integer(number.magnitude.signed)
            case .double(let number): return .double(abs(number))
            case nil: throw .other("bad operand type for abs(): '\(operand.input.typeName)'")
            }
        },
        "round": Operation(["precision", "method"]) { operand throws(TemplateError) in
            let precision = try operand.int(0)
            let method = try operand.text(1, default: "common")
            guard let number = Number(operand.input) else {
                throw .other("type \(operand.input.typeName) doesn't define __round__ method")
            }
            switch method {
            case "common":
                if case .double(let value) = number { return .double(Rounding.rounded(value, precision)) }
                return .integer(Rounding.rounded(number.big ?? 0, precision))
            case "ceil", "floor":
                let scale = pow(10, Double(precision))
                let scaled = number.double * scale
                return .double((method == "ceil" ? scaled.rounded(.up) : scaled.rounded(.down)) / scale)
            default: throw .other("method must be common, ceil or floor")
            }
        },
        "pow": Operation(["y"], required: 1) { operand throws(TemplateError) in
            guard let x = Number(operand.input), let y = Number(operand[0] ?? .none) else {
                throw .other("pow() can only be used on numbers: must be real number, not \(operand.input.typeName)")
            }
            if x.double < 0 && y.double != y.double.rounded() || x.double == 0 && y.double < 0 {
                throw .other("pow() can only be used on numbers: math domain error")
            }
            return .double(Glibc.pow(x.double, y.double))
        },
        "log": Operation(["base"]) { operand throws(TemplateError) in
            guard let x = Number(operand.input)?.double else {
                throw .other("log() can only be used on numbers: must be real number, not \(operand.input.typeName)")
            }
            guard x > 0 else { throw .other("log() can only be used on numbers: math domain error") }
            guard let base = operand[0] else { return .double(Glibc.log(x)) }
            guard let base = Number(base)?.double, base > 0 else {
                throw .other("log() can only be used on numbers: math domain error")
            }
            if base == 10 { return .double(log10(x)) }
            if base == 1 { throw .other("float division by zero") }
            return .double(Glibc.log(x) / Glibc.log(base))
        },
        "root": Operation(["base"]) { operand throws(TemplateError) in
            guard let x = Number(operand.input)?.double else {
                throw .other("root() can only be used on numbers: must be real number, not \(operand.input.typeName)")
            }
            guard let base = Number(operand[0] ?? .int(2))?.double, base != 0 else {
                throw .other("root() can only be used on numbers")
            }
            let exponent = 1 / base
            if x < 0 && exponent != exponent.rounded() || x == 0 && exponent < 0 {
                throw .other("root() can only be used on numbers: math domain error")
            }
            return .double(base == 2 ? x.squareRoot() : Glibc.pow(x, exponent))
        },
        "human_readable": Operation(["isbits", "unit"]) { operand throws(TemplateError) in
            guard let size = Number(operand.input)?.double else {
                throw .other(
                    "human_readable() failed on bad input: a number is required, not \(operand.input.typeName)")
            }
            return .string(try ByteSize.text(size, isBits: operand.flag(0), unit: operand.optionalText(1)))
        },
        "human_to_bytes": Operation(["default_unit", "isbits"]) { operand throws(TemplateError) in
            .integer(try ByteSize.bytes(operand.text(), defaultUnit: operand.optionalText(0), isBits: operand.flag(1)))
        },
        "filesizeformat": Operation(["binary"]) { operand throws(TemplateError) in
            let isBinary = try operand.flag(0)
            guard let size = numberOrText(operand.input) else {
                throw .other("could not convert the value to a number")
            }
            let base: Double = isBinary ? 1024 : 1000
            if size == 1 { return .string("1 Byte") }
            guard size.isFinite else { throw .other("cannot convert float infinity or NaN to integer") }
            if size < base { return .string("\(BigInt(size)) Bytes") }
            let units =
                isBinary
                ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
                : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
            var unit = base * base
            for (index, name) in units.enumerated() {
                if size < unit || index == units.count - 1 {
                    return .string(NumberFormat.double(base * size / unit, "f", precision: 1) + " " + name)
                }
                unit *= base
            }
            return .none
        },
    ]
}

extension Filters {
    /// A number, or a text that is one.
    static func numberOrText(_ object: Object) -> Double? {
        if case .string(let text, _) = object { return PythonText.float(text) }
        return Number(object)?.double
    }
}

extension BigUInt {
    fileprivate var signed: BigInt { BigInt(self) }
}

enum Rounding {
    /// Python's `round(float, digits)`: to the nearest decimal, correctly, halves to even.
    static func rounded(_ number: Double, _ precision: Int) -> Double {
        guard number.isFinite, precision < 300 else { return number }
        guard precision > -400 else { return 0 }
        if precision >= 0 { return Double(NumberFormat.double(number, "f", precision: precision)) ?? number }
        let scale = pow(10, Double(-precision))
        return (number / scale).rounded(.toNearestOrEven) * scale
    }
    static func rounded(_ number: BigInt, _ precision: Int) -> BigInt {
        guard precision < 0, precision > -4300 else { return number }
        let scale = BigInt(10).power(-precision)
        var (quotient, remainder) = number.quotientAndRemainder(dividingBy: scale)
        if remainder < 0 {
            remainder += scale
            quotient -= 1
        }
        let twice = remainder * 2
        if twice > scale || (twice == scale && !quotient.isMultiple(of: 2)) { quotient += 1 }
        return quotient * scale
    }
}

extension BigInt {
    fileprivate func isMultiple(of divisor: BigInt) -> Bool { self % divisor == 0 }
}

/// Sizes such as `1.50 GB`, with 1024 to the step.
enum ByteSize {
    private static let ranges: [(letter: Character, factor: BigInt)] = [
        ("Y", 80), ("Z", 70), ("E", 60), ("P", 50), ("T", 40), ("G", 30), ("M", 20), ("K", 10), ("B", 0),
    ]
    .map { ($0.0, BigInt(1) << $0.1) }

    static func text(_ size: Double, isBits: Bool, unit: String?) throws(TemplateError) -> String {
        let base = isBits ? "bits" : "Bytes"
        var chosen: (letter: Character, factor: BigInt) = ("B", 1)
        for range in ranges {
            if unit == nil ? size >= Double(range.factor) : unit?.uppercased() == String(range.letter) {
                chosen = range
                break
            }
        }
        let suffix = chosen.factor == 1 ? base : "\(chosen.letter)\(isBits ? "b" : "B")"
        return NumberFormat.double(size / Double(chosen.factor), "f", precision: 2) + " " + suffix
    }

    /// Ansible has no word for Z.
    private static let prefixes: [Character: String] = [
        "Y": "yotta", "E": "exa", "P": "peta", "T": "tera", "G": "giga", "M": "mega", "K": "kilo", "B": "",
    ]

    static func bytes(_ text: String, defaultUnit: String?, isBits: Bool) throws(TemplateError) -> BigInt {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard !number.hasSuffix("."), let value = Double(String(number)) else {
            throw .other("human_to_bytes() can't interpret the text as a number with a unit")
        }
        let rest = PythonText.trimmed(String(text.dropFirst(number.count)))
        let unit = rest.isEmpty ? defaultUnit ?? "" : rest
        guard value.isFinite, value < 1e200 else {
            throw .other("human_to_bytes() can't interpret the text as a number with a unit: it is too large")
        }
        if unit.isEmpty { return BigInt(value.rounded(.toNearestOrEven)) }
        guard let first = unit.uppercased().first, let range = ranges.first(where: { $0.letter == first }) else {
            throw .other("human_to_bytes() failed to convert; the suffix must be one of Y, Z, E, P, T, G, M, K, B")
        }
        // A letter alone is of bytes and of bits; a pair is taken as it is written, a word however it is.
        let pair = range.factor > 1 ? "\(range.letter)\(isBits ? "b" : "B")" : ""
        let word = prefixes[range.letter].map { $0 + (isBits ? "bit" : "byte") }
        guard unit.count == 1 || unit == pair || unit.lowercased() == word else {
            throw .other(
                "human_to_bytes() failed to convert; expect \(pair.isEmpty ? "" : pair + " or ")\(range.letter)")
        }
        return BigInt((value * Double(range.factor)).rounded(.toNearestOrEven))
    }
}
