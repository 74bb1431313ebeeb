/// Cuts a template's text into tokens: text between the delimiters, and the tokens of the expressions inside of them.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case text(String)
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case string(String)
        case integer(String)
        case float(Double)
        case symbol(String)
        case end
    }
    var kind: Kind
    var position: Position

    /// For messages. A string literal's text is part of the template, not of a variable's value, yet it is not shown.
    var label: String {
        switch kind {
        case .text: "template text"
        case .variableBegin: "begin of print statement"
        case .variableEnd: "end of print statement"
        case .blockBegin: "begin of statement block"
        case .blockEnd: "end of statement block"
        case .name(let name): name
        case .string: "a string"
        case .integer, .float: "a number"
        case .symbol(let symbol): symbol
        case .end: "end of template"
        }
    }
}

struct Lexer {
    private let source: [UInt8]
    private let delimiters: Delimiters
    private var index = 0
    private var line = 1
    private var column = 1
    private var tokens: [Token] = []
    /// Whether the text so far ended with a newline (or is empty): where `lstrip_blocks` looks.
    private var isAtLineStart = true

    private init(_ source: [UInt8], _ delimiters: Delimiters) {
        self.source = source
        self.delimiters = delimiters
    }

    /// A whole template. One newline at its end is not part of it, unless the delimiters say so.
    static func template(_ text: String, _ delimiters: Delimiters) throws(TemplateError) -> [Token] {
        var bytes = normalized(text)
        if bytes.last == UInt8(ascii: "\n"), !delimiters.keepsTrailingNewline { bytes.removeLast() }
        var lexer = Lexer(bytes, delimiters)
        try lexer.scanTemplate()
        return lexer.tokens
    }

    /// An expression without delimiters.
    static func expression(_ text: String) throws(TemplateError) -> [Token] {
        var lexer = Lexer(normalized(text), Delimiters())
        try lexer.scanExpression(until: nil)
        return lexer.tokens
    }

    private static func normalized(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "\r")) else { return bytes }
        var kept = 0
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            if byte == UInt8(ascii: "\r") {
                byte = UInt8(ascii: "\n")
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { index += 1 }
            }
            bytes[kept] = byte
            kept += 1
            index += 1
        }
        bytes.removeSubrange(kept...)
        return bytes
    }

    // MARK: Places

    private var position: Position { Position(line: line, column: column) }
    private mutating func advance(to end: Int) {
        while index < end {
            if source[index] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if source[index] & 0xC0 != 0x80 {
                column += 1
            }
            index += 1
        }
    }
    private func error(_ message: String, at position: Position) -> TemplateError {
        TemplateError(.syntax, message, line: position.line, column: position.column)
    }
    private func starts(_ text: String, at offset: Int) -> Bool {
        var position = offset
        for byte in text.utf8 {
            guard position < source.count, source[position] == byte else { return false }
            position += 1
        }
        return true
    }
    private func find(_ text: String, from offset: Int) -> Int? {
        guard let first = text.utf8.first else { return nil }
        var position = offset
        while position < source.count {
            if source[position] == first, starts(text, at: position) { return position }
            position += 1
        }
        return nil
    }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    private func skippingSpace(_ offset: Int) -> Int {
        var position = offset
        while position < source.count, Lexer.isSpace(source[position]) { position += 1 }
        return position
    }

    // MARK: Between the delimiters

    private enum Opening { case variable, block, comment }

    private mutating func scanTemplate() throws(TemplateError) {
        // The longest delimiter is tried first, since one may begin with another.
        let openings: [(Opening, String)] = [
            (.comment, delimiters.commentStart), (.block, delimiters.blockStart), (.variable, delimiters.variableStart),
        ]
        .sorted { $0.1.utf8.count > $1.1.utf8.count }
        let firsts = Set(openings.compactMap(\.1.utf8.first))
        while index < source.count {
            var start = index
            var found: (Opening, String)?
            while start < source.count {
                if firsts.contains(source[start]), let opening = openings.first(where: { starts($0.1, at: start) }) {
                    found = opening
                    break
                }
                start += 1
            }
            guard let (opening, delimiter) = found else {
                addText(index..<source.count)
                break
            }
            var inside = start + delimiter.utf8.count
            let sign =
                inside < source.count && (source[inside] == UInt8(ascii: "-") || source[inside] == UInt8(ascii: "+"))
                ? source[inside] : nil
            if sign != nil { inside += 1 }
            var textEnd = start
            if sign == UInt8(ascii: "-") {
                while textEnd > index, Lexer.isSpace(source[textEnd - 1]) { textEnd -= 1 }
            } else if sign == nil, delimiters.lstripBlocks, opening != .variable {
                var blank = start
                while blank > index, source[blank - 1] != UInt8(ascii: "\n"), Lexer.isSpace(source[blank - 1]) {
                    blank -= 1
                }
                if (blank > index && source[blank - 1] == UInt8(ascii: "\n")) || (blank == index && isAtLineStart) {
                    textEnd = blank
                }
            }
            addText(index..<textEnd)
            advance(to: start)
            let place = position
            switch opening {
            case .comment: try skipComment(from: inside, at: place)
            case .variable:
                tokens.append(Token(kind: .variableBegin, position: place))
                advance(to: inside)
                try scanExpression(until: delimiters.variableEnd)
            case .block:
                if try scanRaw(from: inside, at: place) { continue }
                tokens.append(Token(kind: .blockBegin, position: place))
                advance(to: inside)
                try scanExpression(until: delimiters.blockEnd)
            }
            isAtLineStart = index > 0 && source[index - 1] == UInt8(ascii: "\n")
        }
        tokens.append(Token(kind: .end, position: position))
    }

    private mutating func addText(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var text = String(decoding: source[range], as: UTF8.self)
        if delimiters.newlineSequence != "\n" {
            text = text.split(separator: "\n", omittingEmptySubsequences: false).joined(
                separator: delimiters.newlineSequence)
        }
        tokens.append(Token(kind: .text(text), position: position))
    }

    /// Past a closing delimiter that stands at `offset`: with its sign and the whitespace that it removes. Nil when it
    /// does not stand there.
    private func pastClosing(_ delimiter: String, at offset: Int, isBlock: Bool) -> Int? {
        if starts(delimiter, at: offset) {
            let end = offset + delimiter.utf8.count
            return isBlock && delimiters.trimBlocks && end < source.count && source[end] == UInt8(ascii: "\n")
                ? end + 1 : end
        }
        guard offset < source.count, starts(delimiter, at: offset + 1) else { return nil }
        let end = offset + 1 + delimiter.utf8.count
        if source[offset] == UInt8(ascii: "-") { return skippingSpace(end) }
        if source[offset] == UInt8(ascii: "+"), isBlock { return end }
        return nil
    }

    private mutating func skipComment(from start: Int, at place: Position) throws(TemplateError) {
        // An opening that ends the text is no comment, and no error.
        if start == source.count { return advance(to: start) }
        var position = start
        while let close = find(delimiters.commentEnd, from: position) {
            // A sign may stand directly before the end.
            if close > start, let end = pastClosing(delimiters.commentEnd, at: close - 1, isBlock: true),
                source[close - 1] == UInt8(ascii: "-") || source[close - 1] == UInt8(ascii: "+")
            {
                return advance(to: end)
            }
            if let end = pastClosing(delimiters.commentEnd, at: close, isBlock: true) { return advance(to: end) }
            position = close + 1
        }
        throw error("a comment is not closed; missing '\(delimiters.commentEnd)'", at: place)
    }

    /// `{% raw %}` … `{% endraw %}`, when a raw block begins here.
    private mutating func scanRaw(from inside: Int, at place: Position) throws(TemplateError) -> Bool {
        let name = skippingSpace(inside)
        guard starts("raw", at: name) else { return false }
        let closing = skippingSpace(name + 3)
        let begin: Int
        if starts("-" + delimiters.blockEnd, at: closing) {
            begin = skippingSpace(closing + 1 + delimiters.blockEnd.utf8.count)
        } else if starts(delimiters.blockEnd, at: closing) {
            begin = closing + delimiters.blockEnd.utf8.count
        } else {
            return false
        }
        advance(to: begin)
        var search = begin
        while let open = find(delimiters.blockStart, from: search) {
            var after = open + delimiters.blockStart.utf8.count
            let sign =
                after < source.count && (source[after] == UInt8(ascii: "-") || source[after] == UInt8(ascii: "+"))
                ? source[after] : nil
            if sign != nil { after += 1 }
            let word = skippingSpace(after)
            if starts("endraw", at: word),
                let end = pastClosing(delimiters.blockEnd, at: skippingSpace(word + 6), isBlock: true)
            {
                var textEnd = open
                if sign == UInt8(ascii: "-") {
                    while textEnd > begin, Lexer.isSpace(source[textEnd - 1]) { textEnd -= 1 }
                } else if sign == nil, delimiters.lstripBlocks {
                    var blank = open
                    while blank > begin, source[blank - 1] != UInt8(ascii: "\n"), Lexer.isSpace(source[blank - 1]) {
                        blank -= 1
                    }
                    if blank > begin, source[blank - 1] == UInt8(ascii: "\n") { textEnd = blank }
                }
                addText(begin..<textEnd)
                advance(to: end)
                isAtLineStart = index > 0 && source[index - 1] == UInt8(ascii: "\n")
                return true
            }
            search = open + 1
        }
        throw error("a raw block is not closed; missing 'endraw'", at: place)
    }

    // MARK: Inside the delimiters

    private static let symbols = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";",
    ]

    private mutating func scanExpression(until closing: String?) throws(TemplateError) {
        let isVariable = closing == delimiters.variableEnd
        let begin = position
        var brackets: [UInt8] = []
        while true {
            advance(to: skippingSpace(index))
            if let closing, brackets.isEmpty, let end = pastClosing(closing, at: index, isBlock: !isVariable) {
                tokens.append(Token(kind: isVariable ? .variableEnd : .blockEnd, position: position))
                return advance(to: end)
            }
            guard index < source.count else {
                if closing != nil { throw error("unexpected end of template; missing '\(closing ?? "")'", at: begin) }
                tokens.append(Token(kind: .end, position: position))
                return
            }
            let place = position
            let byte = source[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                try scanString(quote: byte, keepsBackslashes: isVariable && delimiters.keepsBackslashes)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                0x80...0xFF:
                try scanName()
            default:
                guard let symbol = Lexer.symbols.first(where: { starts($0, at: index) }) else {
                    throw error(
                        "unexpected char '\(String(decoding: source[index...index], as: UTF8.self))'", at: place)
                }
                switch byte {
                case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
                case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
                case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
                case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                    guard let expected = brackets.popLast() else { throw error("unexpected '\(symbol)'", at: place) }
                    guard expected == byte else {
                        throw error("unexpected '\(symbol)', expected '\(String(UnicodeScalar(expected)))'", at: place)
                    }
                default: break
                }
                tokens.append(Token(kind: .symbol(symbol), position: place))
                advance(to: index + symbol.utf8.count)
            }
        }
    }

    private mutating func scanName() throws(TemplateError) {
        var end = index
        while end < source.count, source[end] >= 0x80 || source[end] == UInt8(ascii: "_") || isAlphanumeric(source[end])
        { end += 1 }
        let name = String(decoding: source[index..<end], as: UTF8.self)
        for scalar in name.unicodeScalars where !scalar.isASCII && !scalar.properties.isXIDContinue {
            throw error("unexpected char '\(scalar)'", at: position)
        }
        tokens.append(Token(kind: .name(name), position: position))
        advance(to: end)
    }
    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Digits with single underscores between them.
    private func digits(from start: Int, where isAllowed: (UInt8) -> Bool) -> Int {
        var end = start
        while end < source.count {
            if isAllowed(source[end]) {
                end += 1
                continue
            }
            if source[end] == UInt8(ascii: "_"), end > start, end + 1 < source.count, isAllowed(source[end + 1]) {
                end += 1
                continue
            }
            break
        }
        return end
    }

    private mutating func scanNumber() throws(TemplateError) {
        let place = position
        let next = index + 1 < source.count ? source[index + 1] | 0x20 : 0
        if source[index] == UInt8(ascii: "0"), let (radix, end) = prefixed(next) {
            let text = String(decoding: source[(index + 2)..<end].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
            tokens.append(Token(kind: .integer("\(radix):\(text)"), position: place))
            return advance(to: end)
        }
        var end = digits(from: index, where: isDigit)
        var isFloat = false
        let followsDot = index > 0 && source[index - 1] == UInt8(ascii: ".")
        if !followsDot {
            if end + 1 < source.count, source[end] == UInt8(ascii: "."), isDigit(source[end + 1]) {
                end = digits(from: end + 1, where: isDigit)
                isFloat = true
            }
            if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
                var exponent = end + 1
                if exponent < source.count,
                    source[exponent] == UInt8(ascii: "+") || source[exponent] == UInt8(ascii: "-")
                {
                    exponent += 1
                }
                let exponentEnd = digits(from: exponent, where: isDigit)
                if exponentEnd > exponent {
                    end = exponentEnd
                    isFloat = true
                }
            }
        }
        // Nothing but zeros may follow a zero.
        if !isFloat, source[index] == UInt8(ascii: "0") { end = digits(from: index) { $0 == UInt8(ascii: "0") } }
        let text = String(decoding: source[index..<end].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        tokens.append(Token(kind: isFloat ? .float(Double(text) ?? 0) : .integer("10:\(text)"), position: place))
        advance(to: end)
    }

    private func prefixed(_ letter: UInt8) -> (radix: Int, end: Int)? {
        let radix: Int
        switch letter {
        case UInt8(ascii: "x"): radix = 16
        case UInt8(ascii: "o"): radix = 8
        case UInt8(ascii: "b"): radix = 2
        default: return nil
        }
        let end = digits(from: index + 2) { byte in
            Int(String(UnicodeScalar(byte)), radix: radix) != nil
        }
        return end > index + 2 ? (radix, end) : nil
    }

    private mutating func scanString(quote: UInt8, keepsBackslashes: Bool) throws(TemplateError) {
        let place = position
        var end = index + 1
        var hasEscapes = false
        while end < source.count, source[end] != quote {
            if source[end] == UInt8(ascii: "\\") {
                hasEscapes = true
                end += 1
            }
            end += 1
        }
        guard end < source.count else { throw error("a string is not closed", at: place) }
        let raw = source[(index + 1)..<end]
        let text =
            hasEscapes && !keepsBackslashes
            ? try StringEscapes.decode(raw, at: place) : String(decoding: raw, as: UTF8.self)
        tokens.append(Token(kind: .string(text), position: place))
        advance(to: end + 1)
    }
}
