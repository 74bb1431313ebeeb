/// The backslash escapes of Python's string literals.
package enum StringEscapes {
    /// - Throws: for an escape that stands for no character.
    package static func decode(_ text: String) throws(TemplateError) -> String {
        try decode(Array(text.utf8)[...], at: Position(line: 1, column: 1))
    }

    static func decode(_ raw: ArraySlice<UInt8>, at place: Position) throws(TemplateError) -> String {
        var result: [UInt8] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < raw.endIndex else {
                result.append(byte)
                continue
            }
            let escape = raw[index]
            index += 1
            switch escape {
            case UInt8(ascii: "\n"): break
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(escape)
            case UInt8(ascii: "a"): result.append(7)
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "v"): result.append(11)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                var code = UInt32(escape - UInt8(ascii: "0"))
                var count = 1
                while count < 3, index < raw.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(raw[index]) {
                    code = code * 8 + UInt32(raw[index] - UInt8(ascii: "0"))
                    index += 1
                    count += 1
                }
                try append(code, to: &result, at: place)
            case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                let width = escape == UInt8(ascii: "x") ? 2 : escape == UInt8(ascii: "u") ? 4 : 8
                guard let code = hexadecimal(raw[index...].prefix(width), width: width) else {
                    throw TemplateError(
                        .syntax, "a \\\(String(UnicodeScalar(escape))) escape needs \(width) hexadecimal digits",
                        line: place.line, column: place.column)
                }
                index += width
                try append(code, to: &result, at: place)
            case UInt8(ascii: "N"):
                guard index < raw.endIndex, raw[index] == UInt8(ascii: "{"),
                    let close = raw[index...].firstIndex(of: UInt8(ascii: "}")),
                    let scalar = scalar(named: String(decoding: raw[(index + 1)..<close], as: UTF8.self))
                else {
                    throw TemplateError(
                        .syntax, "unknown character name in \\N{…}", line: place.line, column: place.column)
                }
                index = close + 1
                try append(scalar.value, to: &result, at: place)
            default:
                result.append(byte)
                result.append(escape)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>, width: Int) -> UInt32? {
        digits.count == width && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
            ? UInt32(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }
    private static func append(_ code: UInt32, to result: inout [UInt8], at place: Position) throws(TemplateError) {
        guard let scalar = UnicodeScalar(code) else {
            throw TemplateError(
                .syntax, "an escape names a code point that no text can hold", line: place.line, column: place.column)
        }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
    private static func scalar(named name: String) -> UnicodeScalar? {
        let wanted = name.uppercased()
        for code in UInt32(0x20)...0x1FFFF {
            if let scalar = UnicodeScalar(code),
                scalar.properties.name == wanted || scalar.properties.nameAlias == wanted
            {
                return scalar
            }
        }
        return nil
    }
}
