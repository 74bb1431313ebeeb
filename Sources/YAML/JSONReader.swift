import OrderedCollections

/// Reads JSON into nodes with marks.
struct JSONReader {
    private let text: [UInt8]
    private let file: String
    /// nil where all that is read is data.
    private let source: Provenance.Source?
    private var index = 0
    private var depth = 0
    /// The last place that was asked for; the next one is counted from there.
    private var counted = (index: 0, line: 1, column: 1)

    init(_ text: [UInt8], file: String, source: Provenance.Source? = nil) {
        self.text = text
        self.file = file
        self.source = source
    }

    /// Nil when the text, which is UTF-8, is not JSON.
    static func root(of text: [UInt8], file: String, source: Provenance.Source?) -> Node? {
        var reader = JSONReader(text, file: file, source: source)
        return try? reader.document()
    }

    mutating func document() throws(Diagnostic) -> Node {
        skipSpace()
        let root = try value()
        skipSpace()
        guard index == text.count else { throw unexpected("after the value") }
        return root
    }

    private mutating func value() throws(Diagnostic) -> Node {
        let mark = mark()
        let provenance = source?.at(line: mark.line, column: mark.column) ?? .data
        func node(_ content: Node.Content, _ value: Value) -> Node { Node(mark: mark, content: content, value: value) }
        switch next {
        case UInt8(ascii: "{"):
            let entries = try object()
            var map = OrderedDictionary<Value, Value>(minimumCapacity: entries.count)
            for entry in entries { map[entry.key.value] = entry.value.value }
            return node(.mapping(entries), .dict(ValueMap(map)))
        case UInt8(ascii: "["):
            let items = try array()
            return node(.sequence(items), .list(items.map(\.value)))
        case UInt8(ascii: "\""):
            return node(.scalar, .string(try string(), provenance))
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit:
            if accept("-Infinity") { return node(.scalar, .double(-.infinity, provenance)) }
            return node(.scalar, try number().withOwn(provenance))
        default:
            if accept("true") { return node(.scalar, .bool(true, provenance)) }
            if accept("false") { return node(.scalar, .bool(false, provenance)) }
            if accept("null") { return node(.scalar, .null) }
            if accept("NaN") { return node(.scalar, .double(.nan)) }
            if accept("Infinity") { return node(.scalar, .double(.infinity)) }
            throw unexpected("where a value should be")
        }
    }

    private mutating func object() throws(Diagnostic) -> [Node.Entry] {
        try enter()
        defer { depth -= 1 }
        var entries: [Node.Entry] = []
        var places: [String: Int] = [:]
        skipSpace()
        if accept("}") { return entries }
        while true {
            let mark = mark()
            guard next == UInt8(ascii: "\"") else { throw unexpected("where a key in double quotes should be") }
            let name = try string()
            skipSpace()
            guard accept(":") else { throw unexpected("where ':' should be") }
            skipSpace()
            let entry = Node.Entry(key: Node(mark: mark, content: .scalar, value: .string(name)), value: try value())
            if let place = places[name] {
                entries[place] = entry
            } else {
                places[name] = entries.count
                entries.append(entry)
            }
            skipSpace()
            if accept("}") { return entries }
            guard accept(",") else { throw unexpected("where ',' or '}' should be") }
            skipSpace()
        }
    }

    private mutating func array() throws(Diagnostic) -> [Node] {
        try enter()
        defer { depth -= 1 }
        var items: [Node] = []
        skipSpace()
        if accept("]") { return items }
        while true {
            items.append(try value())
            skipSpace()
            if accept("]") { return items }
            guard accept(",") else { throw unexpected("where ',' or ']' should be") }
            skipSpace()
        }
    }

    private mutating func enter() throws(Diagnostic) {
        guard depth < Bounds.nesting else {
            throw Diagnostic("nested deeper than \(Bounds.nesting) levels", at: mark())
        }
        depth += 1
        index += 1
    }

    private mutating func number() throws(Diagnostic) -> Value {
        let start = index
        _ = accept("-")
        guard let first = next, first.isDigit else { throw unexpected("in a number") }
        index += 1
        if first != UInt8(ascii: "0") { skipDigits() }
        var isInteger = true
        // A dot or an exponent without digits does not belong to the number: what follows it is then the error.
        if next == UInt8(ascii: "."), digit(at: index + 1) {
            isInteger = false
            index += 1
            skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            let sign =
                index + 1 < text.count && (text[index + 1] == UInt8(ascii: "+") || text[index + 1] == UInt8(ascii: "-"))
                ? 1 : 0
            if digit(at: index + 1 + sign) {
                isInteger = false
                index += 1 + sign
                skipDigits()
            }
        }
        let digits = String(decoding: text[start..<index], as: UTF8.self)
        if isInteger {
            guard digits.utf8.count <= Bounds.digits else {
                throw Diagnostic("a number of more than \(Bounds.digits) digits", at: mark())
            }
            if let value = PythonNumber.integer(digits, radix: 10) { return value }
        } else if let value = Double(digits) {
            return .double(value)
        }
        throw unexpected("in a number")
    }

    private mutating func string() throws(Diagnostic) -> String {
        let opening = mark()
        index += 1
        let start = index
        // Nearly every string has no escape: it is taken as it stands.
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        if next == UInt8(ascii: "\"") {
            defer { index += 1 }
            return String(decoding: text[start..<index], as: UTF8.self)
        }
        var bytes = Array(text[start..<index])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &bytes)
            case 0..<0x20:
                throw Diagnostic(
                    "a control character in a string", at: mark(), remedy: "write it as an escape, such as \\n or \\t")
            default:
                bytes.append(byte)
                index += 1
            }
        }
        throw Diagnostic("a string that never ends", at: opening, remedy: "close the quote")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Diagnostic) {
        guard let byte = next else { throw unexpected("in an escape") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let place = mark()
            index += 1
            var code = try codeUnit()
            if (0xD800..<0xDC00).contains(code), accept("\\u") {
                let low = try codeUnit()
                guard (0xDC00..<0xE000).contains(low) else { throw Diagnostic("half of a surrogate pair", at: place) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Diagnostic("half of a surrogate pair", at: place) }
            bytes.append(contentsOf: String(scalar).utf8)
            return
        default: throw unexpected("after a backslash")
        }
        index += 1
    }

    private mutating func codeUnit() throws(Diagnostic) -> UInt32 {
        guard index + 4 <= text.count, text[index..<index + 4].allSatisfy(\.isHexDigit),
            let code = UInt32(String(decoding: text[index..<index + 4], as: UTF8.self), radix: 16)
        else {
            throw Diagnostic("an escape \\u needs four hexadecimal digits", at: mark())
        }
        index += 4
        return code
    }

    // MARK: The cursor

    private var next: UInt8? { index < text.count ? text[index] : nil }

    private func digit(at index: Int) -> Bool { index < text.count && text[index].isDigit }

    private mutating func skipDigits() { while digit(at: index) { index += 1 } }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func accept(_ word: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard index + wanted.count <= text.count, text[index..<index + wanted.count].elementsEqual(wanted) else {
            return false
        }
        index += wanted.count
        return true
    }

    private mutating func mark() -> SourceMark {
        while counted.index < index {
            if text[counted.index] == 0x0A {
                counted.line += 1
                counted.column = 1
            } else if text[counted.index] & 0xC0 != 0x80 {
                counted.column += 1
            }
            counted.index += 1
        }
        return SourceMark(file: file, line: counted.line, column: counted.column)
    }

    private mutating func unexpected(_ place: String) -> Diagnostic {
        guard index < text.count else { return Diagnostic("the text ends \(place)", at: mark()) }
        let rest = String(decoding: text[index...].prefix(4), as: UTF8.self)
        return Diagnostic("'\(rest.first.map(String.init) ?? "")' \(place)", at: mark())
    }
}
