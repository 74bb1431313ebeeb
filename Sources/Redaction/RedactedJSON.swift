/// JSON made of redacted values. Values are redacted as they are and escaped afterwards: a secret with a quote in it
/// would not be
/// recognised in JSON text that has been escaped twice, and a mark must not break the text around it.
package indirect enum RedactedJSON: Sendable, Hashable {
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

    package struct Member: Sendable, Hashable {
        package var name: RedactedText
        package var value: RedactedJSON
        package init(_ name: RedactedText, _ value: RedactedJSON) {
            self.name = name
            self.value = value
        }
    }

    package static func object(_ members: KeyValuePairs<RedactedText, RedactedJSON>) -> RedactedJSON {
        .object(members.map { Member($0.key, $0.value) })
    }
    package static func text(_ text: RedactedText?) -> RedactedJSON { text.map { .text($0) } ?? .null }

    /// On one line, without spaces. `ascii` writes other characters as `\u` escapes.
    package func encoded(ascii: Bool = false) -> RedactedText {
        var buffer = RedactedBuffer()
        buffer.append(self, ascii: ascii)
        return buffer.text
    }

    /// On one line, with spaces after commas and colons, as people read it.
    package var line: RedactedText {
        var bytes: [UInt8] = []
        write(to: &bytes, ascii: false, layout: .spaces)
        return RedactedText(alreadyRedacted: String(decoding: bytes, as: UTF8.self))
    }

    /// On lines of their own, each level so many spaces further in, as `JSON.pretty` lays out a value. What is JSON
    /// already stays as it is.
    package func pretty(indent: Int = 4) -> RedactedText {
        var bytes: [UInt8] = []
        write(to: &bytes, ascii: false, layout: .lines(indent: indent, level: 0))
        return RedactedText(alreadyRedacted: String(decoding: bytes, as: UTF8.self))
    }

    /// How JSON that is for people is laid out.
    private enum Layout {
        case spaces
        case lines(indent: Int, level: Int)
        var deeper: Layout {
            if case .lines(let indent, let level) = self { .lines(indent: indent, level: level + 1) } else { self }
        }
        func beginLine(in text: inout [UInt8]) {
            guard case .lines(let indent, let level) = self else { return }
            text.append(.lineFeed)
            text.append(contentsOf: repeatElement(0x20, count: indent * level))
        }
        /// After a comma.
        func beginItem(in text: inout [UInt8]) {
            if case .spaces = self { text.append(0x20) } else { beginLine(in: &text) }
        }
    }

    func write(to text: inout [UInt8], ascii: Bool) { write(to: &text, ascii: ascii, layout: nil) }

    private func write(to text: inout [UInt8], ascii: Bool, layout: Layout?) {
        switch self {
        case .null: text.append("null")
        case .bool(let flag): text.append(flag ? "true" : "false")
        case .int(let number): text.append(String(number))
        case .double(let number): text.append(number.isFinite ? String(number) : "null")
        case .text(let value): Self.write(value, to: &text, ascii: ascii)
        case .json(let json): text.append(json.description)
        case .list(let items):
            Self.write(items, between: UInt8(ascii: "["), UInt8(ascii: "]"), to: &text, layout: layout) {
                $0.write(to: &$1, ascii: ascii, layout: layout?.deeper)
            }
        case .object(let members):
            Self.write(members, between: UInt8(ascii: "{"), UInt8(ascii: "}"), to: &text, layout: layout) {
                member, text in
                Self.write(member.name, to: &text, ascii: ascii)
                text.append(UInt8(ascii: ":"))
                if layout != nil { text.append(0x20) }
                member.value.write(to: &text, ascii: ascii, layout: layout?.deeper)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between opening: UInt8, _ closing: UInt8, to text: inout [UInt8], layout: Layout?,
        _ each: (Item, inout [UInt8]) -> Void
    ) {
        text.append(opening)
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            if index > 0 { layout?.deeper.beginItem(in: &text) } else { layout?.deeper.beginLine(in: &text) }
            each(item, &text)
        }
        if !items.isEmpty { layout?.beginLine(in: &text) }
        text.append(closing)
    }

    private static func write(_ value: RedactedText, to text: inout [UInt8], ascii: Bool) {
        var value = value.description
        text.append(UInt8(ascii: "\""))
        value.withUTF8 { ascii ? writeASCII($0, to: &text) : write($0, to: &text) }
        text.append(UInt8(ascii: "\""))
    }

    private static func write(_ value: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        var position = 0
        while position < value.count {
            let special = value.firstIndex(from: position) {
                ($0 < 0x20 ? 1 : 0) | ($0 == UInt8(ascii: "\"") ? 1 : 0) | ($0 == .backslash ? 1 : 0)
            }
            text.append(contentsOf: value[position..<special])
            if special < value.count { escape(UInt16(value[special]), to: &text) }
            position = special + 1
        }
    }

    private static func writeASCII(_ value: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        for scalar in String(decoding: value, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\", "\u{0}"..<" ": escape(UInt16(scalar.value), to: &text)
            case "\u{7f}"...: UTF16.encode(scalar)?.forEach { escape($0, to: &text) }
            default: text.append(UInt8(ascii: scalar))
            }
        }
    }

    private static func escape(_ unit: UInt16, to text: inout [UInt8]) {
        text.append(.backslash)
        switch unit {
        case 0x0a: text.append(UInt8(ascii: "n"))
        case 0x09: text.append(UInt8(ascii: "t"))
        case 0x22, 0x5c: text.append(UInt8(unit))
        default:
            text.append(UInt8(ascii: "u"))
            for shift in stride(from: 12, through: 0, by: -4) {
                let digit = UInt8(unit >> UInt16(shift) & 15)
                text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            }
        }
    }
}
