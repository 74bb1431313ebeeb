/// Turns bytes that a host sent into text that can be shown anywhere: valid Unicode, on which a terminal does not act.
///
/// Done where `RedactedText` is made, so that no reader of it can forget: neither the terminal nor a person who reads a log with `cat` gets
/// an escape sequence from a host. A control character but tab and line feed becomes its picture (`␛[31m`, `␍`); a C1 control, a
/// direction override (which makes text read other than it is) and what is not UTF-8 becomes U+FFFD. A character that a chunk's end cuts
/// waits for its rest.
struct TerminalSafe: Sendable {
    /// The first bytes of a character, three at most.
    private var partial: [UInt8] = []

    static func text(_ text: String) -> String {
        var safe = TerminalSafe(), shown = ""
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
        // Without a branch inside the loop, so that it is compiled to vector instructions: most text is plain, and ends here.
        var special: UInt8 = 0
        for byte in text { special |= (byte &- 0x20 > 0x5e ? 1 : 0) & (byte == 0x09 ? 0 : 1) & (byte == 0x0a ? 0 : 1) }
        if special == 0 { shown += String(decoding: text, as: UTF8.self); return }

        let whole = text.count - Self.cutCharacter(at: text)
        partial = Array(text[whole...])
        for scalar in String(decoding: text[..<whole], as: UTF8.self).unicodeScalars { shown.unicodeScalars.append(Self.picture(of: scalar)) }
    }

    private static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0a: scalar
        case 0..<0x20: Unicode.Scalar(UInt16(0x2400 + scalar.value)) ?? "\u{fffd}"
        case 0x7f: "␡"
        case 0x80..<0xa0, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
        default: scalar
        }
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
