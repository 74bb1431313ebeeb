import OrderedCollections
import YAML

/// Reads a Python literal, as INI inventories write values: `1`, `'text'`, `[1, 2]`, `{'a': None}`.
///
/// A tuple becomes a list and bytes become text. Complex numbers and names of characters (`\N{…}`) are not read.
struct PythonLiteral {
    /// A literal whose set or dict has a list, a set or a dict as its key: Python refuses it.
    struct UnhashableKey: Error {}

    private struct NotLiteral: Error {}

    /// Nil for what is no literal; such a value is text.
    static func value(of text: String) throws(UnhashableKey) -> Value? {
        var reader = PythonLiteral(scalars: Array(text.unicodeScalars))
        do { return try reader.whole() } catch is NotLiteral { return nil } catch { throw UnhashableKey() }
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func whole() throws -> Value {
        let first = try value()
        skipSpace()
        guard next == "," else {
            guard atEnd else { throw NotLiteral() }
            return first
        }
        // `1, 2` is a tuple without its brackets.
        var items = [first]
        while accept(",") {
            skipSpace()
            if atEnd { break }
            items.append(try value())
            skipSpace()
        }
        guard atEnd else { throw NotLiteral() }
        return .list(items)
    }

    private mutating func value() throws -> Value {
        skipSpace()
        guard depth < 64, let scalar = next else { throw NotLiteral() }
        depth += 1
        defer { depth -= 1 }
        switch scalar {
        case "[":
            index += 1
            return .list(try items(until: "]").items)
        case "(":
            index += 1
            let (items, hasComma) = try items(until: ")")
            if items.count == 1, !hasComma, let only = items.first { return only }
            return .list(items)
        case "{":
            index += 1
            return try braces()
        case "+", "-":
            index += 1
            skipSpace()
            let number = try number()
            return scalar == "-" ? PythonNumber.negated(number) : number
        case "0"..."9", ".": return try number()
        case "'", "\"": return .string(try strings())
        default: return try word()
        }
    }

    private mutating func items(until close: Unicode.Scalar) throws -> (items: [Value], hasComma: Bool) {
        var items: [Value] = []
        var hasComma = false
        skipSpace()
        while !accept(close) {
            items.append(try value())
            skipSpace()
            if accept(",") {
                hasComma = true
                skipSpace()
            } else if next != close {
                throw NotLiteral()
            }
        }
        return (items, hasComma)
    }

    /// A dict or a set.
    private mutating func braces() throws -> Value {
        skipSpace()
        if accept("}") { return .dict(ValueMap()) }
        var keys: [Value] = []
        var values: [Value] = []
        repeat {
            skipSpace()
            if next == "}", !keys.isEmpty { break }
            keys.append(try value())
            skipSpace()
            if accept(":") { values.append(try value()) }
            skipSpace()
            guard values.isEmpty || values.count == keys.count else { throw NotLiteral() }
        } while accept(",")
        guard accept("}") else { throw NotLiteral() }
        for key in keys {
            switch key {
            case .list, .dict, .set: throw UnhashableKey()
            default: break
            }
        }
        if values.isEmpty {
            var unique = OrderedSet<Value>()
            var seen: Set<Value> = []
            for key in keys where seen.insert(key.asDictKey).inserted { unique.append(key) }
            return .set(Array(unique))
        }
        var pairs: OrderedDictionary<Value, Value> = [:]
        var names: [Value: Value] = [:]
        for (key, value) in zip(keys, values) {
            let name = names[key.asDictKey] ?? key
            names[key.asDictKey] = name
            pairs[name] = value
        }
        return .dict(ValueMap(pairs))
    }

    private mutating func number() throws -> Value {
        let start = index
        while let scalar = next, scalar.isASCII,
            scalar == "." || scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || ((scalar == "+" || scalar == "-") && isExponent(at: index - 1, from: start))
        { index += 1 }
        let text = String(String.UnicodeScalarView(scalars[start..<index])).lowercased()
        guard let first = text.first, first.isNumber || first == ".", !text.hasSuffix("_"), !text.contains("__"),
            !text.contains("_."), !text.contains("._")
        else { throw NotLiteral() }
        let whole = Substring(text)
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard let number = PythonNumber.int(whole, base: base) else { throw NotLiteral() }
            return number
        }
        if text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "_") }) {
            // `0755` is no number in Python, and `00` is zero.
            guard first != "0" || text.allSatisfy({ $0 == "0" || $0 == "_" }),
                let number = PythonNumber.int(whole, base: 10)
            else { throw NotLiteral() }
            return number
        }
        guard let number = PythonNumber.float(Substring(text.filter { $0 != "_" })) else { throw NotLiteral() }
        return .double(number)
    }

    private func isExponent(at place: Int, from start: Int) -> Bool {
        place > start && (scalars[place] == "e" || scalars[place] == "E")
            && !(scalars[start] == "0" && start + 1 < scalars.count && scalars[start + 1] == "x")
    }

    private mutating func word() throws -> Value {
        let start = index
        while let scalar = next, scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
        { index += 1 }
        let word = String(String.UnicodeScalarView(scalars[start..<index]))
        if next == "'" || next == "\"", ["u", "r", "b", "br", "rb"].contains(word.lowercased()) {
            index = start
            return .string(try strings())
        }
        switch word {
        case "None": return .null
        case "True": return .bool(true)
        case "False": return .bool(false)
        case "set":
            skipSpace()
            if accept("(") {
                skipSpace()
                if accept(")") { return .set([]) }
            }
            throw NotLiteral()
        default: throw NotLiteral()
        }
    }

    // MARK: Strings

    /// One or more strings side by side; they are one, and all of them bytes or none.
    private mutating func strings() throws -> String {
        var text = ""
        var bytes: Bool?
        while true {
            let start = index
            var prefix = ""
            while let scalar = next, scalar.isASCII, scalar.properties.isAlphabetic {
                prefix.unicodeScalars.append(scalar)
                index += 1
            }
            prefix = prefix.lowercased()
            guard let quote = next, quote == "'" || quote == "\"", ["", "u", "r", "b", "br", "rb"].contains(prefix)
            else {
                index = start
                guard bytes != nil, prefix.isEmpty else { throw NotLiteral() }
                return text
            }
            let isBytes = prefix.contains("b")
            guard bytes == nil || bytes == isBytes else { throw NotLiteral() }
            bytes = isBytes
            text += try string(raw: prefix.contains("r"), bytes: isBytes)
            skipSpace()
        }
    }

    private mutating func string(raw: Bool, bytes: Bool) throws -> String {
        guard let quote = next else { throw NotLiteral() }
        index += 1
        var closing = 1
        if next == quote, index + 1 < scalars.count, scalars[index + 1] == quote {
            closing = 3
            index += 2
        }
        var text = String.UnicodeScalarView()
        while true {
            guard let scalar = next else { throw NotLiteral() }
            if scalar == quote, scalars[index...].prefix(closing).allSatisfy({ $0 == quote }),
                scalars.count - index >= closing
            {
                index += closing
                return String(text)
            }
            index += 1
            guard scalar == "\\", let escaped = next else {
                guard !bytes || scalar.isASCII else { throw NotLiteral() }
                text.append(scalar)
                continue
            }
            index += 1
            if raw {
                text.append(scalar)
                text.append(escaped)
            } else {
                try appendEscape(escaped, bytes: bytes, to: &text)
            }
        }
    }

    private mutating func appendEscape(
        _ escaped: Unicode.Scalar, bytes: Bool, to text: inout String.UnicodeScalarView
    ) throws {
        switch escaped {
        case "\n": break
        case "\\", "'", "\"": text.append(escaped)
        case "a": text.append("\u{7}")
        case "b": text.append("\u{8}")
        case "f": text.append("\u{c}")
        case "n": text.append("\n")
        case "r": text.append("\r")
        case "t": text.append("\t")
        case "v": text.append("\u{b}")
        case "x": text.append(try hexadecimal(2))
        case "u" where !bytes: text.append(try hexadecimal(4))
        case "U" where !bytes: text.append(try hexadecimal(8))
        case "N" where !bytes: throw NotLiteral()
        case "0"..."7":
            var code = escaped.value - 0x30
            var digits = 1
            while digits < 3, let digit = next, ("0"..."7").contains(digit) {
                code = code * 8 + digit.value - 0x30
                digits += 1
                index += 1
            }
            guard let scalar = Unicode.Scalar(code) else { throw NotLiteral() }
            text.append(scalar)
        default:
            text.append("\\")
            text.append(escaped)
        }
    }

    private mutating func hexadecimal(_ width: Int) throws -> Unicode.Scalar {
        guard index + width <= scalars.count else { throw NotLiteral() }
        let digits = String(String.UnicodeScalarView(scalars[index..<index + width]))
        guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }), let code = UInt32(digits, radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw NotLiteral() }
        index += width
        return scalar
    }

    // MARK: The cursor

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private var atEnd: Bool { index == scalars.count }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    /// Blanks, and a comment up to the end.
    private mutating func skipSpace() {
        while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\u{c}" { index += 1 }
        if next == "#" { index = scalars.count }
    }
}
