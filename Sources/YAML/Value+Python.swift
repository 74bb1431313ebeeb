import BigInt

extension Value {
    /// The type's name in Python, as messages and the `type_debug` filter show it.
    package var pythonTypeName: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .int, .bigInt: "int"
        case .double: "float"
        case .string: "str"
        case .bytes: "bytes"
        case .date: "date"
        case .dateTime: "datetime"
        case .list: "list"
        case .dict: "dict"
        case .set: "set"
        case .omit: "Omit"
        }
    }

    /// Whether Python lets it be a key of a dict.
    var isHashable: Bool {
        switch self {
        case .list, .dict, .set: false
        default: true
        }
    }

    /// What is the same for Python's dict is the same here: `1`, `1.0` and `True` are one key.
    package var asDictKey: Value {
        switch self {
        case .bool(let flag, _): .int(flag ? 1 : 0)
        case .double(let number, _): Int(exactly: number).map { .int($0) } ?? self
        default: self
        }
    }

    /// Python's `repr()`.
    package var pythonRepr: String {
        switch self {
        case .null: "None"
        case .bool(let flag, _): flag ? "True" : "False"
        case .int(let number, _): String(number)
        case .bigInt(let number, _): String(number)
        case .double(let number, _): Value.pythonRepr(of: number)
        case .string(let text, _): Value.pythonRepr(of: text)
        case .bytes(let bytes): Value.pythonRepr(of: bytes)
        case .date(let day): "datetime.date(\(day.year), \(day.month), \(day.day))"
        case .dateTime(let moment): moment.pythonRepr
        case .list(let items): "[" + items.map(\.pythonRepr).joined(separator: ", ") + "]"
        case .dict(let map):
            "{" + map.pairs.map { "\($0.key.pythonRepr): \($0.value.pythonRepr)" }.joined(separator: ", ") + "}"
        case .set(let items): items.isEmpty ? "set()" : "{" + items.map(\.pythonRepr).joined(separator: ", ") + "}"
        case .omit: "Omit"
        }
    }

    /// The shortest text that reads back as the same number, as Python writes it.
    package static func pythonRepr(of number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        return number.description
    }

    package static func pythonRepr(of text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var out = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": out += "\\\(scalar)"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.isPrintableInPython: out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x100: out += "\\x" + hex(scalar.value, 2)
            case _ where scalar.value < 0x10000: out += "\\u" + hex(scalar.value, 4)
            default: out += "\\U" + hex(scalar.value, 8)
            }
        }
        return out + String(quote)
    }

    package static func pythonRepr(of bytes: [UInt8]) -> String {
        let quote = bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var out = "b" + quote
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): out += "\\n"
            case UInt8(ascii: "\r"): out += "\\r"
            case UInt8(ascii: "\t"): out += "\\t"
            case UInt8(ascii: "\\"), quote.utf8.first: out += "\\" + String(Unicode.Scalar(byte))
            case 0x20..<0x7f: out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "\\x" + hex(UInt32(byte), 2)
            }
        }
        return out + quote
    }
}

/// Lower-case hexadecimal, padded with zeros.
func hex(_ number: UInt32, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Unicode.Scalar {
    /// Python's `str.isprintable`.
    package var isPrintableInPython: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}
