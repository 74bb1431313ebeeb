import BigInt

/// Python's `int(text, base)` and `float(text)`, which give YAML's numbers their values.
package enum PythonNumber {
    /// Nil for what Python refuses. Takes surrounding blanks, a sign, the base's own prefix, and single underscores
    /// between digits.
    package static func int(_ text: Substring, base: Int) -> Value? {
        var digits = trimmed(text)
        var negative = false
        if let sign = digits.first, sign == "-" || sign == "+" {
            negative = sign == "-"
            digits.removeFirst()
        }
        let prefix: Character? =
            switch base {
            case 2: "b"
            case 8: "o"
            case 16: "x"
            default: nil
            }
        if let prefix, digits.first == "0", digits.dropFirst().first?.lowercased() == String(prefix) {
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits.removeFirst() }
        }
        guard let first = digits.first, first != "_", digits.last != "_", !digits.contains("__") else { return nil }
        let plain = digits.filter { $0 != "_" }
        guard plain.count <= Bounds.digits, plain.utf8.allSatisfy({ isDigit($0, base: base) }) else { return nil }
        return integer(negative ? "-" + plain : plain, radix: base)
    }

    /// Nil for what Python refuses.
    package static func float(_ text: Substring) -> Double? {
        let trimmed = trimmed(text)
        var body = trimmed
        if let sign = body.first, sign == "-" || sign == "+" { body.removeFirst() }
        switch body.lowercased() {
        case "inf", "infinity": return trimmed.first == "-" ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        // Swift reads hexadecimal numbers too; Python does not.
        guard let first = body.utf8.first, first == UInt8(ascii: ".") || isDigit(first, base: 10),
            body.utf8.allSatisfy({ isDigit($0, base: 10) || ".eE+-".utf8.contains($0) })
        else { return nil }
        return Double(trimmed)
    }

    /// A number from digits that are known to be right.
    static func integer(_ digits: String, radix: Int) -> Value? {
        if let number = Int(digits, radix: radix) { return .int(number) }
        return BigInt(digits, radix: radix).map { Value($0) }
    }

    /// The number with its sign turned; what is no number stays as it is.
    package static func negated(_ value: Value) -> Value {
        switch value {
        case .int(let number, _): Value(-BigInt(number))
        case .bigInt(let number, _): Value(-number)
        case .double(let number, _): .double(-number)
        default: value
        }
    }

    private static func isDigit(_ byte: UInt8, base: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) < base
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): base == 16
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

extension Value {
    /// `.int` when it fits, else `.bigInt`.
    package init(_ number: BigInt) {
        self = Int(exactly: number).map { .int($0) } ?? .bigInt(number)
    }
}
