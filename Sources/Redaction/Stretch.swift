/// A part of a stream that is looked at: its bytes, what came just before them, and whether anything comes after.
///
/// Three readers go over it, each a view of the same bytes: `Plainly` reads them as they are, `Canonical` without
/// escapes, quotes' doubling and
/// case, `Decoder` what base64 or hexadecimal digits stand for. All read forwards and in one pass, and say `more` where
/// the next byte would
/// decide: that is what makes a search through them a search of a stream.
struct Stretch {
    let bytes: UnsafeBufferPointer<UInt8>
    /// At most `reach` bytes; fewer only at the beginning of the stream.
    var before = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    let atEnd: Bool
    /// Came out of a `Decoder`: what it says of lines is not what a reader waits for.
    var isDecoded = false

    /// How far back a line's beginning is looked for: the longest word that decides, and the deepest indentation.
    static let reach = wordOfEncodedText + deepestIndentation

    /// Also a little before the first byte.
    subscript(index: Int) -> UInt8? {
        if index >= 0 { return index < bytes.count ? bytes[index] : nil }
        return before.count + index >= 0 ? before[before.count + index] : nil
    }
}

/// What a reader gives next.
enum Step {
    case byte(UInt8)
    /// The text goes on, and its next byte decides.
    case more
    case end
}

protocol ByteReader {
    /// After all that the last byte was made of.
    var position: Int { get }
    mutating func next() -> Step
}

/// Reads bytes as they are, to the line's end.
struct Plainly: ByteReader {
    let text: Stretch
    var position: Int

    mutating func next() -> Step {
        guard position < text.bytes.count else { return text.atEnd ? .end : .more }
        let byte = text.bytes[position]
        if byte == .lineFeed { return .end }
        position += 1
        return .byte(byte)
    }
}

// MARK: - Lines that are cut

extension Stretch {
    /// A line of so many characters of an encoding is taken for encoded text, wherever in the line it begins.
    static let wordOfEncodedText = 16
    /// A line that is nothing but characters of an encoding is, from so many on. (`ok` is not, and passes at its end.)
    static let lineOfEncodedText = 4
    static let deepestIndentation = 48
    /// A line of so many bytes may have been cut at a terminal's or `fold`'s width, and a text that has begun with so
    /// many may continue below.
    static let cutLine = 20, cutText = 4

    /// Whether the line that ends at `lineFeed` may be one of base64 or hexadecimal text that continues in the next.
    func mayWrap(at lineFeed: Int) -> Bool {
        if isDecoded { return true }
        var index = lineFeed - 1
        if self[index] == .carriageReturn { index -= 1 }
        var word = 0
        while let byte = self[index], Base64.value(byte) != nil {
            word += 1
            if word == Self.wordOfEncodedText { return true }
            index -= 1
        }
        guard word >= Self.lineOfEncodedText else { return false }
        let indentation = index
        while let byte = self[index], byte.isBlank, indentation - index < Self.deepestIndentation { index -= 1 }
        return self[index] == nil || self[index] == .lineFeed
    }

    /// Whether the line that ends at `lineFeed` is long enough to have been cut there.
    func mayBeCut(at lineFeed: Int) -> Bool {
        for back in 1...Self.cutLine {
            guard let byte = self[lineFeed - back], byte != .lineFeed else { return false }
        }
        return true
    }

    /// Where a line's text begins, after spaces and tabs.
    func afterIndentation(_ start: Int) -> Int {
        var position = start
        while position < bytes.count, position - start < Self.deepestIndentation, bytes[position].isBlank {
            position += 1
        }
        return position
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r"), backslash = UInt8(ascii: "\\")
    static let percent = UInt8(ascii: "%"), ampersand = UInt8(ascii: "&")
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
    var isAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
    var isQuote: Bool { self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") }
    var lowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
    var uppercased: UInt8 { (0x61...0x7a).contains(self) ? self & 0xdf : self }
    /// As a digit of any base up to 16.
    var digitValue: UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self) - 0x30
        case 0x41...0x46, 0x61...0x66: UInt32(self | 0x20) - 0x57
        default: nil
        }
    }
}
