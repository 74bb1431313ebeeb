/// Writes a value as Python's `json.dumps` does.
struct JSONWriter {
    private(set) var text = ""
    private let spaced: Bool, sortedKeys: Bool, ascii: Bool, indent: Int?
    private var level = 0

    init(spaced: Bool, sortedKeys: Bool, ascii: Bool, indent: Int?) {
        self.spaced = spaced
        self.sortedKeys = sortedKeys
        self.ascii = ascii
        self.indent = indent
    }

    mutating func write(_ value: Value) {
        switch value {
        case .null, .omit: text += "null"
        case .bool(let flag, _): text += flag ? "true" : "false"
        case .int(let number, _): text += String(number)
        case .bigInt(let number, _): text += String(number)
        case .double(let number, _): text += Self.number(number)
        case .string(let string, _): quote(string)
        case .bytes(let bytes): quote(String(decoding: bytes, as: UTF8.self))
        case .date(let day): quote(day.isoText)
        case .dateTime(let moment): quote(moment.isoText)
        case .list(let items), .set(let items):
            body("[", "]", items) { $0.write($1) }
        case .dict(let map):
            var pairs = map.pairs.map { (key: Self.key($0.key), value: $0.value) }
            if sortedKeys { pairs.sort { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) } }
            body("{", "}", pairs) { writer, pair in
                writer.quote(pair.key)
                writer.text += writer.spaced ? ": " : ":"
                writer.write(pair.value)
            }
        }
    }

    private mutating func body<Item>(
        _ open: String, _ close: String, _ items: [Item], _ each: (inout JSONWriter, Item) -> Void
    ) {
        text += open
        level += 1
        for (number, item) in items.enumerated() {
            if number > 0 { text += indent == nil && spaced ? ", " : "," }
            newLine()
            each(&self, item)
        }
        level -= 1
        if !items.isEmpty { newLine() }
        text += close
    }

    private mutating func newLine() {
        guard let indent else { return }
        text += "\n" + String(repeating: " ", count: indent * level)
    }

    private static func key(_ key: Value) -> String {
        switch key {
        case .string(let text, _): text
        case .null: "null"
        case .bool(let flag, _): flag ? "true" : "false"
        case .double(let value, _): number(value)
        case .date(let day): day.isoText
        case .dateTime(let moment): moment.isoText
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: key.pythonRepr
        }
    }

    private static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return Value.pythonRepr(of: number)
    }

    private mutating func quote(_ string: String) { text += JSON.quoted(string, ascii: ascii) }
}
