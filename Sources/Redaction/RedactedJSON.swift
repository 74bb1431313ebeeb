/// JSON made of redacted values. Values are redacted as they are and escaped afterwards: a secret with a quote in it would not be
/// recognised in JSON text that has been escaped twice, and a mark must not break the text around it.
public indirect enum RedactedJSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    /// What JSON has no number for (`inf`, `nan`) is written as null.
    case double(Double)
    case text(RedactedText)
    case list([RedactedJSON])
    /// In this order.
    case object([Member])
    /// Text that is JSON already, such as a task's result.
    case json(RedactedText)

    public struct Member: Sendable, Hashable {
        public var name: RedactedText
        public var value: RedactedJSON
        public init(_ name: RedactedText, _ value: RedactedJSON) { self.name = name; self.value = value }
    }

    public static func object(_ members: KeyValuePairs<RedactedText, RedactedJSON>) -> RedactedJSON { .object(members.map { Member($0.key, $0.value) }) }
    public static func text(_ text: RedactedText?) -> RedactedJSON { text.map { .text($0) } ?? .null }

    /// On one line, without spaces. `ascii` writes other characters as `\u` escapes.
    public func encoded(ascii: Bool = false) -> RedactedText {
        var text = ""
        write(to: &text, ascii: ascii)
        return RedactedText(alreadyRedacted: text)
    }

    private func write(to text: inout String, ascii: Bool) {
        switch self {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .double(let number): text += number.isFinite ? String(number) : "null"
        case .text(let value): Self.write(value, to: &text, ascii: ascii)
        case .json(let json): text += json.description
        case .list(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text, ascii: ascii)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text, ascii: ascii)
                text += ":"
                member.value.write(to: &text, ascii: ascii)
            }
            text += "}"
        }
    }

    private static func write(_ value: RedactedText, to text: inout String, ascii: Bool) {
        text += "\""
        for scalar in value.description.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\u{0}"..<" ": escape(UInt16(scalar.value), to: &text)
            case "\u{7f}"... where ascii: UTF16.encode(scalar)?.forEach { escape($0, to: &text) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func escape(_ unit: UInt16, to text: inout String) {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
