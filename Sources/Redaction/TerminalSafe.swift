/// Turns bytes that a host sent into text that can be shown anywhere: valid Unicode, on which a terminal does not act.
///
/// Done where `RedactedText` is made, so that no reader of it can forget: neither the terminal nor a person who reads a
/// log with `cat` gets
/// an escape sequence from a host. A control character but tab and line feed becomes its picture (`␛[31m`, `␍`); a C1
/// control, a
/// direction override (which makes text read other than it is) and what is not UTF-8 becomes U+FFFD. A character that a
/// chunk's end cuts
/// waits for its rest.
struct TerminalSafe: Sendable {
    /// The first bytes of a character, three at most.
    private var partial: [UInt8] = []

    static func text(_ text: String) -> String {
        var safe = TerminalSafe()
        var shown = ""
        safe.append(Array(text.utf8)[...], to: &shown)
        safe.finish(into: &shown)
        return shown
    }

    mutating func append(_ bytes: some Collection<UInt8>, to shown: inout String) {
        if partial.isEmpty, bytes.withContiguousStorageIfAvailable({ append(text: $0, to: &shown) }) != nil { return }
        let text = partial + bytes
        partial = []
        text.withUnsafeBufferPointer { append(text: $0, to: &shown) }
    }

    /// The end of the text, or of this part of it: a character whose rest never came.
    mutating func finish(into shown: inout String) {
        guard !partial.isEmpty else { return }
        partial = []
        shown += "\u{fffd}"
    }

    private mutating func append(text: UnsafeBufferPointer<UInt8>, to shown: inout String) {
        // Most text is plain, and ends here.
        let plain = text.firstIndex(from: 0, where: Self.isSpecial)
        if plain == text.count {
            shown += String(decoding: text, as: UTF8.self)
            return
        }

        let whole = text.count - Self.cutCharacter(at: text)
        partial = Array(text[whole...])
        // Nothing is shown as more than three bytes for each of its own.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * whole) { safe in
            var count = 0
            func put(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
                count = safe[count...].initialize(fromContentsOf: bytes)
            }
            func put(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
                safe[count] = first
                safe[count + 1] = second
                safe[count + 2] = third
                count += 3
            }
            var position = 0
            while position < whole {
                let byte = text[position]
                if Self.isSpecial(byte) == 0 {
                    let special = min(whole, text.firstIndex(from: position, where: Self.isSpecial))
                    put(text[position..<special])
                    position = special
                } else if byte < 0x80 {
                    // The control characters' pictures, U+2400 and on, and U+2421.
                    put(0xe2, 0x90, byte == 0x7f ? 0xa1 : 0x80 + byte)
                    position += 1
                } else {
                    let sequence = Self.sequence(in: text, from: position, to: whole)
                    let character = text[position..<position + sequence.length]
                    if sequence.isCharacter, !Self.misleads(character) { put(character) } else { put(0xef, 0xbf, 0xbd) }
                    position += sequence.length
                }
            }
            shown += String(decoding: safe[..<count], as: UTF8.self)
        }
    }

    /// Whether more than a look at the byte is needed: all but printable ASCII, tab and line feed. Without branches.
    private static func isSpecial(_ byte: UInt8) -> UInt8 {
        (byte &- 0x20 > 0x5e ? 1 : 0) & (byte == 0x09 ? 0 : 1) & (byte == 0x0a ? 0 : 1)
    }

    /// A C1 control, or a direction override or isolate (U+202A to U+202E, U+2066 to U+2069).
    private static func misleads(_ character: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let first = character[character.startIndex]
        let last = character[character.endIndex - 1]
        if first == 0xc2 { return last < 0xa0 }
        guard first == 0xe2, character.count == 3 else { return false }
        switch character[character.startIndex + 1] {
        case 0x80: return 0xaa...0xae ~= last
        case 0x81: return 0xa6...0xa9 ~= last
        default: return false
        }
    }

    /// A character of two bytes or more, or what one replacement character stands for: the longest beginning of a
    /// character that is there,
    /// a byte at least (The Unicode Standard, section 3.9, table 3-7).
    private static func sequence(
        in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> (length: Int, isCharacter: Bool) {
        let wanted: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch text[start] {
        case 0xc2...0xdf: wanted = 2
        case 0xe0: (wanted, second) = (3, 0xa0...0xbf)
        case 0xed: (wanted, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: wanted = 3
        case 0xf0: (wanted, second) = (4, 0x90...0xbf)
        case 0xf4: (wanted, second) = (4, 0x80...0x8f)
        case 0xf1...0xf3: wanted = 4
        default: return (1, false)
        }
        guard start + 1 < end, second ~= text[start + 1] else { return (1, false) }
        var length = 2
        while length < wanted, start + length < end, text[start + length] & 0xc0 == 0x80 { length += 1 }
        return (length, length == wanted)
    }

    /// How many bytes at the end begin a character and are not all of it.
    private static func cutCharacter(at text: UnsafeBufferPointer<UInt8>) -> Int {
        for back in 1...3 where back <= text.count {
            let byte = text[text.count - back]
            if byte & 0xc0 == 0x80 { continue }
            let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }
}
