/// What can be wrong with the bytes of a text before anything is read in it.
enum TextEncoding {
    static func problem(in text: [UInt8], file: String) -> Diagnostic? {
        let start = SourceMark(file: file, line: 1, column: 1)
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            return Diagnostic("the text is UTF-16", at: start, remedy: "save it as UTF-8")
        }
        if let zero = text.firstIndex(of: 0) {
            let first =
                text.count > 1 && zero < 2 ? "the text is UTF-16 or no text at all" : "a NUL byte: this is no text file"
            return Diagnostic(first, at: mark(ofByte: zero, in: text, file: file), remedy: "save it as UTF-8 text")
        }
        guard let bad = firstInvalidByte(in: text) else { return nil }
        return Diagnostic(
            "the byte 0x\(hex(UInt32(text[bad]), 2)) is not UTF-8", at: mark(ofByte: bad, in: text, file: file),
            remedy: "save the file as UTF-8")
    }

    /// Line and column (in characters) of a byte.
    static func mark(ofByte offset: Int, in text: [UInt8], file: String) -> SourceMark {
        let before = text[..<min(offset, text.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return SourceMark(file: file, line: line, column: before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1)
    }

    private static func firstInvalidByte(in text: [UInt8]) -> Int? {
        if String(validating: text, as: UTF8.self) != nil { return nil }
        var index = 0
        while index < text.count {
            let width =
                switch text[index] {
                case 0..<0x80: 1
                case 0xC2..<0xE0: 2
                case 0xE0..<0xF0: 3
                case 0xF0..<0xF5: 4
                default: 0
                }
            guard width > 0, index + width <= text.count,
                String(validating: text[index..<index + width], as: UTF8.self) != nil
            else { return index }
            index += width
        }
        return nil
    }
}
