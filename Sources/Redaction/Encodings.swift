enum Base64 {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Of a character of either alphabet.
    @inline(__always) static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// The characters that `text` alone determines when `offset` bytes (modulo three) come before it and any come after
    /// it.
    static func encoded(_ text: some Sequence<UInt8>, offset: Int, _ alphabet: [UInt8] = alphabet) -> [UInt8] {
        var encoded: [UInt8] = []
        var bits = 0
        var count = 0
        // The first character that holds no bit of the bytes before starts at bit 12 after one of them, at bit 18 after
        // two: 4 and 2 bits into the text.
        var skip = [0, 4, 2][offset]
        for byte in text {
            bits = bits << 8 | Int(byte)
            count += 8
            if skip > 0 {
                count -= skip
                skip = 0
            }
            while count >= 6 {
                count -= 6
                encoded.append(alphabet[bits >> count & 63])
            }
            bits &= (1 << count) - 1
        }
        return encoded
    }
}

/// Reads what is written for the digits of an encoding, over the ends of lines that may be its own.
struct Digits: ByteReader {
    let text: Stretch
    private(set) var position: Int
    /// No encoded text begins with the end of a line.
    private let start: Int

    init(_ text: Stretch, at position: Int) { (self.text, self.position, start) = (text, position, position) }

    mutating func next() -> Step {
        while true {
            switch text.unit(at: position) {
            case .more: return .more
            case .end: return .end
            case .lineBreak(let index):
                guard position > start, text.mayWrap(at: index) else { return .end }
                position = text.afterIndentation(index + 1)
            case .unit(let unit):
                guard let byte = unit.byte else { return .end }
                // `\n` within quotes ends a line, too.
                let endsLine = byte == .lineFeed || byte == .carriageReturn
                if endsLine, position == start { return .end }
                position = byte == .lineFeed ? text.afterIndentation(unit.end) : unit.end
                if !endsLine { return .byte(byte) }
            }
        }
    }
}

/// Reads the bytes that base64 or hexadecimal digits stand for.
struct Decoder: ByteReader {
    enum Encoding {
        /// By how many bits of the first byte stand in the character before: none, four or two.
        case base64, base64AfterFour, base64AfterTwo
        case hex
    }
    private static let all: [Encoding] = [.base64, .base64AfterFour, .base64AfterTwo, .hex]

    private var digits: Digits
    private let isHex: Bool
    private var bits: UInt32 = 0
    private var count = 0
    /// Decoded bytes that come before the one at the position that was asked for, so that what is in there can look
    /// back in its turn.
    private(set) var lead = 0

    var position: Int { digits.position }

    /// nil where the characters before `position` are not of the encoding.
    init?(_ encoding: Encoding, of text: Stretch, at position: Int) {
        digits = Digits(text, at: position)
        isHex = encoding == .hex
        let own =
            switch encoding {
            case .base64, .hex: 0
            case .base64AfterFour: 4
            case .base64AfterTwo: 2
            }
        guard !isHex else { return }
        let last = text.sextet(before: position)
        let first = last.flatMap { text.sextet(before: $0.index) }
        if let last, let first {
            lead = 1
            count = own + 8
            bits = (first.value << 6 | last.value) & (1 << UInt32(count) - 1)
        } else if own > 0 {
            guard let last else { return nil }
            count = own
            bits = last.value & (1 << UInt32(count) - 1)
        }
    }

    mutating func next() -> Step {
        var separators = 0
        while count < 8 {
            let before = digits
            switch digits.next() {
            case .more: return .more
            case .end: return .end
            case .byte(let byte):
                if isHex {
                    if count == 0, separators < 2, byte.isHexSeparator {
                        separators += 1
                        continue
                    }
                    guard let value = byte.digitValue else {
                        digits = before
                        return .end
                    }
                    bits = bits << 4 | value
                    count += 4
                } else {
                    guard let value = Base64.value(byte) else {
                        digits = before
                        return .end
                    }
                    bits = bits << 6 | value
                    count += 6
                }
            }
        }
        count -= 8
        let byte = UInt8(truncatingIfNeeded: bits >> UInt32(count))
        bits &= (1 << UInt32(count)) - 1
        return .byte(byte)
    }
}

extension Decoder {
    /// The encodings in which the next characters stand for something that `filter` lets pass: distinguished from the
    /// characters themselves while
    /// nothing else is among them, and otherwise all.
    static func candidates(in text: Stretch, at position: Int, _ filter: Beginnings.Filter) -> [Encoding] {
        // Six characters and the one before hold four bytes wherever they begin.
        guard text.bytes.count - position >= 6 else { return all }
        var bits: UInt64 = 0
        for index in position..<position + 6 {
            let byte = text.bytes[index]
            guard let value = Base64.value(byte) else {
                if byte == .carriageReturn || byte.introducesEscape || byte == .lineFeed && text.mayWrap(at: index) {
                    return all
                }
                return mayBeHex(in: text, at: position, filter) ? [.hex] : []
            }
            bits = bits << 6 | UInt64(value)
        }
        var candidates: [Encoding] = []
        if filter.mayHold(first: UInt32(truncatingIfNeeded: bits >> 4)) { candidates.append(.base64) }
        if let byte = text[position - 1] {
            if let before = Base64.value(byte), byte != UInt8(ascii: "n") || text[position - 2] != .backslash {
                let bits = UInt64(before) << 36 | bits
                if filter.mayHold(first: UInt32(truncatingIfNeeded: bits >> 8)) { candidates.append(.base64AfterFour) }
                if filter.mayHold(first: UInt32(truncatingIfNeeded: bits >> 6)) { candidates.append(.base64AfterTwo) }
            } else if byte.isBlank || byte == .lineFeed || byte == UInt8(ascii: "n") {
                candidates += [.base64AfterFour, .base64AfterTwo]
            }
        }
        if mayBeHex(in: text, at: position, filter) { candidates.append(.hex) }
        return candidates
    }

    private static func mayBeHex(in text: Stretch, at position: Int, _ filter: Beginnings.Filter) -> Bool {
        guard text.bytes[position].digitValue != nil, var decoder = Decoder(.hex, of: text, at: position) else {
            return false
        }
        var first: UInt32 = 0
        for _ in 0..<4 {
            switch decoder.next() {
            case .byte(let byte): first = first << 8 | UInt32(byte)
            case .more: return true
            case .end: return false
            }
        }
        return filter.mayHold(first: first)
    }
}

extension UInt8 {
    /// May stand between two bytes' digits.
    fileprivate var isHexSeparator: Bool { self == 0x20 || self == UInt8(ascii: ":") || self == UInt8(ascii: "-") }
}

extension Stretch {
    /// The base64 character before a position, over a line's end that it may be wrapped at.
    fileprivate func sextet(before position: Int) -> (value: UInt32, index: Int)? {
        var index = position - 1
        let indentation = index
        while let byte = self[index], byte.isBlank, indentation - index < Self.deepestIndentation { index -= 1 }
        if self[index] == .lineFeed {
            guard mayWrap(at: index) else { return nil }
            index -= 1
            if self[index] == .carriageReturn { index -= 1 }
        } else if self[index] == UInt8(ascii: "n"), self[index - 1] == .backslash {
            index -= 1
            while self[index] == .backslash { index -= 1 }
            if self[index] == UInt8(ascii: "r"), self[index - 1] == .backslash {
                index -= 1
                while self[index] == .backslash { index -= 1 }
            }
        } else if index != indentation {
            return nil
        }
        return self[index].flatMap(Base64.value).map { ($0, index) }
    }
}
