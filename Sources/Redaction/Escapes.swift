/// One character of a text, or one byte, whatever was written for it.
struct Unit {
    /// Up to four bytes of UTF-8, the first one lowest.
    var bytes: UInt32
    var count: Int
    /// Where what was written for it ends.
    var end: Int

    init(_ byte: UInt8, end: Int) { (bytes, count, self.end) = (UInt32(byte), 1, end) }
    init(_ scalar: Unicode.Scalar, end: Int) {
        (bytes, count, self.end) = (0, 0, end)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            bytes |= UInt32(byte) << UInt32(8 * count)
            count += 1
        }
    }

    /// What is a byte or an ASCII character.
    var byte: UInt8? { count == 1 ? UInt8(truncatingIfNeeded: bytes) : nil }
}

enum Reading {
    case unit(Unit)
    /// A line feed that stands there itself.
    case lineBreak(Int)
    case more
    case end
}

extension UInt8 {
    /// `\n \" \x41 \u0041 \101`, `%41`, `&quot; &#65; &#x41;`.
    var introducesEscape: Bool { self == .backslash || self == .percent || self == .ampersand }
}

/// Escapes, undone until none is left: `\\\"`, `%255C%2522` and `&amp;quot;` are all one `"`.
///
/// A secret and the text it is looked for in are read by the same rules, so it doesn't matter how often, by whom and in
/// which order a text was
/// escaped, nor that some texts that differ read the same.
extension Stretch {
    /// Escapes in escapes that are undone; many more backslashes in a row.
    private static let deepest = 16, mostBackslashes = 64

    func unit(at position: Int, depth: Int = 0) -> Reading {
        guard position < bytes.count else { return atEnd ? .end : .more }
        let byte = bytes[position]
        if byte == .lineFeed { return .lineBreak(position) }
        guard byte.introducesEscape else { return .unit(Unit(byte, end: position + 1)) }
        var start = position + 1
        // Backslashes that stand there themselves were doubled, and doubled again.
        if byte == .backslash {
            while start < bytes.count, bytes[start] == .backslash, start - position < Self.mostBackslashes {
                start += 1
            }
        }
        return escape(byte, after: start, depth)
    }

    /// The character that an introducer and what follows it are, or the introducer itself.
    private func escape(_ introducer: UInt8, after start: Int, _ depth: Int) -> Reading {
        guard depth < Self.deepest else { return .unit(Unit(introducer, end: start)) }
        let escaped =
            switch introducer {
            case .percent: number(at: start, digits: 2...2, base: 16, depth).reading { byte($0, end: $1, depth) }
            case .ampersand: entity(after: start, depth)
            default: afterBackslash(start, depth)
            }
        return escaped ?? .unit(Unit(introducer, end: start))
    }

    /// What has come out of an escape may introduce another.
    private func byte(_ value: UInt32, end: Int, _ depth: Int) -> Reading {
        let byte = UInt8(truncatingIfNeeded: value)
        return byte.introducesEscape ? escape(byte, after: end, depth + 1) : .unit(Unit(byte, end: end))
    }

    private func scalar(_ value: UInt32, end: Int, _ depth: Int) -> Reading {
        value < 0x80 ? byte(value, end: end, depth) : .unit(Unit(Unicode.Scalar(value) ?? "\u{fffd}", end: end))
    }

    // MARK: Backslashes

    private func afterBackslash(_ start: Int, _ depth: Int) -> Reading? {
        let next = self.unit(at: start, depth: depth + 1)
        guard case .unit(let unit) = next, let letter = unit.byte?.lowercased else { return next }
        switch letter {
        case UInt8(ascii: "n"): return .unit(Unit(0x0a, end: unit.end))
        case UInt8(ascii: "r"): return .unit(Unit(0x0d, end: unit.end))
        case UInt8(ascii: "t"): return .unit(Unit(0x09, end: unit.end))
        case UInt8(ascii: "a"): return .unit(Unit(0x07, end: unit.end))
        case UInt8(ascii: "b"): return .unit(Unit(0x08, end: unit.end))
        case UInt8(ascii: "v"): return .unit(Unit(0x0b, end: unit.end))
        case UInt8(ascii: "f"): return .unit(Unit(0x0c, end: unit.end))
        case UInt8(ascii: "e"): return .unit(Unit(0x1b, end: unit.end))
        case UInt8(ascii: "x"):
            return number(at: unit.end, digits: 1...2, base: 16, depth).reading { byte($0, end: $1, depth) }
                ?? .unit(unit)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return number(UInt32(letter & 7), at: unit.end, digits: 0...2, base: 8, depth).reading {
                byte($0, end: $1, depth)
            } ?? .unit(unit)
        case UInt8(ascii: "u"):
            return codeUnit(at: unit.end, mayBeLong: unit.byte == UInt8(ascii: "U"), depth) ?? .unit(unit)
        default: return .unit(unit)
        }
    }

    /// What follows `\u`: four digits, of which two may be half a character each; and `\U`: eight, unless it is `\u` in
    /// upper case.
    private func codeUnit(at start: Int, mayBeLong: Bool, _ depth: Int) -> Reading? {
        number(at: start, digits: 4...4, base: 16, depth).reading { high, end in
            if mayBeLong, high <= 0x10 {
                switch number(high, at: end, digits: 4...4, base: 16, depth) {
                case .value(let value, let end): return scalar(value, end: end, depth)
                case .more: return .more
                case .none: break
                }
            }
            guard 0xd800..<0xdc00 ~= high else { return scalar(high, end: end, depth) }
            var position = end
            while position < bytes.count, bytes[position] == .backslash, position - end < Self.mostBackslashes {
                position += 1
            }
            guard position < bytes.count else { return atEnd ? scalar(high, end: end, depth) : .more }
            guard position > end, bytes[position].lowercased == UInt8(ascii: "u") else {
                return scalar(high, end: end, depth)
            }
            switch number(at: position + 1, digits: 4...4, base: 16, depth) {
            case .value(let low, let end) where 0xdc00..<0xe000 ~= low:
                return scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00), end: end, depth)
            case .more: return .more
            default: return scalar(high, end: end, depth)
            }
        }
    }

    // MARK: Numbers

    private enum Number {
        case value(UInt32, end: Int)
        case more
        case none

        func reading(_ reading: (UInt32, Int) -> Reading) -> Reading? {
            switch self {
            case .value(let value, let end): reading(value, end)
            case .more: .more
            case .none: nil
            }
        }
    }

    /// - Parameter known: what the digits before `start` have come to.
    private func number(
        _ known: UInt32 = 0, at start: Int, digits: ClosedRange<Int>, base: UInt32, _ depth: Int
    ) -> Number {
        var value = known
        var count = 0
        var position = start
        while count < digits.upperBound {
            switch unit(at: position, depth: depth + 1) {
            case .more: return .more
            case .unit(let unit):
                if let digit = unit.byte?.digitValue, digit < base {
                    value = value &* base &+ digit
                    count += 1
                    position = unit.end
                    continue
                }
                fallthrough
            default: return count >= digits.lowerBound ? .value(value, end: position) : .none
            }
        }
        return .value(value, end: position)
    }

    // MARK: Entities

    private func entity(after start: Int, _ depth: Int) -> Reading? {
        var name: [UInt8] = []
        var position = start
        while name.count <= Entities.longestName {
            switch unit(at: position, depth: depth + 1) {
            case .more: return .more
            case .unit(let unit):
                guard let byte = unit.byte else { return nil }
                position = unit.end
                if byte == UInt8(ascii: ";") {
                    return Entities.value(of: name).map { scalar($0, end: position, depth) }
                }
                guard byte.isAlphanumeric || (name.isEmpty && byte == UInt8(ascii: "#")) else { return nil }
                name.append(byte)
            default: return nil
            }
        }
        return nil
    }
}

/// What stands between `&` and `;` in HTML and XML.
private enum Entities {
    static let longestName = 8

    static func value(of name: [UInt8]) -> UInt32? {
        guard name.first == UInt8(ascii: "#") else {
            let name = String(decoding: name, as: UTF8.self)
            return named[name] ?? named[name.lowercased()]
        }
        let isHexadecimal = name.dropFirst().first?.lowercased == UInt8(ascii: "x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        let base: UInt32 = isHexadecimal ? 16 : 10
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard let digit = digit.digitValue, digit < base else { return nil }
            value = value &* base &+ digit
        }
        return value
    }

    /// Of XML, of HTML 4's Latin characters from U+00A0 on, and those of HTML 5 that stand for ASCII.
    private static let named: [String: UInt32] = {
        var named: [String: UInt32] = [
            "quot": 0x22, "amp": 0x26, "apos": 0x27, "lt": 0x3c, "gt": 0x3e,
            "Tab": 0x09, "NewLine": 0x0a, "excl": 0x21, "num": 0x23, "dollar": 0x24, "percnt": 0x25, "lpar": 0x28,
            "rpar": 0x29, "ast": 0x2a, "plus": 0x2b,
            "comma": 0x2c, "period": 0x2e, "sol": 0x2f, "colon": 0x3a, "semi": 0x3b, "equals": 0x3d, "quest": 0x3f,
            "commat": 0x40, "lsqb": 0x5b, "lbrack": 0x5b,
            "bsol": 0x5c, "rsqb": 0x5d, "rbrack": 0x5d, "Hat": 0x5e, "lowbar": 0x5f, "grave": 0x60, "lcub": 0x7b,
            "lbrace": 0x7b, "verbar": 0x7c, "vert": 0x7c,
            "rcub": 0x7d, "rbrace": 0x7d, "euro": 0x20ac,
        ]
        let latin = """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
            Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
            agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
            """
        for (index, name) in latin.split(separator: " ").enumerated() { named[String(name)] = 0xa0 + UInt32(index) }
        return named
    }()
}

/// Reads a text as it is compared: without escapes, in lower case (ASCII's; `SecretForms` sees to other letters), a
/// quote that is written twice
/// once. It ends with the line, unless that may have been cut at a width.
struct Canonical: ByteReader {
    let text: Stretch
    private(set) var position: Int
    /// Of several lines: a secret's own text.
    private let isWhole: Bool
    private let foldsCase: Bool
    private var pending: UInt32 = 0
    private var pendingCount = 0
    private var last: UInt8 = 0
    private var count = 0

    init(_ text: Stretch, at position: Int, isWhole: Bool = false, foldsCase: Bool = true) {
        (self.text, self.position, self.isWhole, self.foldsCase) = (text, position, isWhole, foldsCase)
    }

    mutating func next() -> Step {
        var quotes = 0
        while pendingCount == 0 {
            switch text.unit(at: position) {
            case .more: return .more
            case .end: return .end
            case .lineBreak(let index):
                if isWhole || text.isDecoded {
                    (pending, pendingCount, position) = (UInt32(UInt8.lineFeed), 1, index + 1)
                } else if count >= Stretch.cutText, text.mayBeCut(at: index) {
                    position = text.afterIndentation(index + 1)
                } else {
                    return .end
                }
            case .unit(let unit):
                position = unit.end
                if let byte = unit.byte, byte.isQuote, byte == last, quotes < 64 {
                    quotes += 1
                    continue
                }
                (pending, pendingCount) = (unit.bytes, unit.count)
            }
        }
        let byte = UInt8(truncatingIfNeeded: pending)
        pending >>= 8
        pendingCount -= 1
        count += 1
        last = byte
        return .byte(foldsCase ? byte.lowercased : byte)
    }

    /// A whole text.
    static func bytes(of text: UnsafeBufferPointer<UInt8>, foldsCase: Bool) -> [UInt8] {
        var reader = Canonical(Stretch(bytes: text, atEnd: true), at: 0, isWhole: true, foldsCase: foldsCase)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        while case .byte(let byte) = reader.next() { bytes.append(byte) }
        return bytes
    }
}
