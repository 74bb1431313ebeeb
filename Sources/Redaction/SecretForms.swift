/// What is looked for so that a secret is found however it was written: the patterns, and what begins with them.
///
/// How a text was escaped, cased, encoded and wrapped is undone by the readers (`Canonical`, `Decoder`), whatever the
/// depth; here is what
/// those can't know: a secret's lines, and the few ways of writing it whose characters aren't undone one by one
/// (`spellings`).
///
/// A line feed that stands there itself ends every pattern; of a secret of several lines each line is one, and the
/// whole is one where
/// an escape or an encoding stands for the line feed.
struct SecretForms {
    /// Shorter texts are hidden only where they stand alone, and have no other forms.
    static let shortest = 4
    /// A longer text is looked for in pieces, each wherever it is: what is held back, and what a match that fails
    /// costs, stay bounded.
    static let piece = 1024

    private(set) var patterns: [(bytes: WipedBytes, view: Pattern.View, continues: Bool)] = []
    /// Four bytes each, as they lie in memory.
    private(set) var beginnings: [UInt32] = []
    private var seen: Set<WipedBytes> = []

    init(of secret: UnsafeBufferPointer<UInt8>) {
        let whole = Self.trimmed(secret[...])
        guard whole.count >= Self.shortest else {
            if !whole.isEmpty { patterns.append((WipedBytes(whole), .alone, false)) }
            return
        }
        // With the spaces around it, for what is quoted or encoded together with them; the line's end of a file's last
        // line is not the secret's.
        var exact = secret[...]
        while exact.last == .lineFeed || exact.last == .carriageReturn { exact.removeLast() }
        addAll(exact)
        for line in exact.split(separator: .lineFeed) {
            let line = Self.trimmed(line)
            // The first and the last line of every PEM file are the same, and no secret.
            if line.count >= Self.shortest, !line.starts(with: "-----BEGIN ".utf8), !line.starts(with: "-----END ".utf8)
            {
                addAll(line)
            }
        }
        beginnings = Array(Set(beginnings))
    }

    private mutating func addAll(_ slice: Slice<UnsafeBufferPointer<UInt8>>) {
        let text = UnsafeBufferPointer(rebasing: slice)
        let bytes = BytesPresent(in: text)
        // As it is, where its own last characters and what comes after them might be read as one.
        if !bytes.areAlphanumeric, !bytes.contains(.lineFeed) { addPlain(text) }
        // Wiped where they are: a loop's variable would be a copy.
        var spellings = Self.spellings(of: Array(text), bytes)
        for index in spellings.indices {
            spellings[index].withUnsafeBufferPointer { addCanonical($0, bytes) }
            WipedBytes.wipe(&spellings[index])
        }
    }

    private mutating func addCanonical(_ text: UnsafeBufferPointer<UInt8>, _ bytes: BytesPresent) {
        // Most of what is long has nothing to undo.
        var cased = bytes.mayBeEscaped ? Canonical.bytes(of: text, foldsCase: false) : Array(text)
        var folded = cased.map(\.lowercased)
        defer {
            WipedBytes.wipe(&cased)
            WipedBytes.wipe(&folded)
        }
        guard folded.count >= Self.shortest else { return }
        var start = 0
        while start < folded.count {
            // The last piece is no small one.
            let end = folded.count - start < 2 * Self.piece ? folded.count : start + Self.piece
            let piece = WipedBytes(folded[start..<end])
            if seen.insert(piece).inserted {
                patterns.append((piece, .canonical, start > 0))
                beginnings.append(Self.gram(folded[start...]))
                // A quote may be written twice; more is seen where escapes are.
                for quote in "'\"".utf8 where folded[start...].prefix(3).contains(quote) {
                    beginnings.append(
                        Self.gram(folded[start...].prefix(4).flatMap { $0 == quote ? [$0, $0] : [$0] }[...]))
                }
                addEncoded(Array(cased[start..<end].prefix(8)))
                if start == 0 { addEncoded(Array(text.prefix(8))) }
            }
            start = end
        }
    }

    private mutating func addPlain(_ text: UnsafeBufferPointer<UInt8>) {
        var rest = text[...]
        var isFirst = true
        while !rest.isEmpty {
            let piece = rest.count < 2 * Self.piece ? rest : rest.prefix(Self.piece)
            patterns.append((WipedBytes(piece), .plain, !isFirst))
            beginnings.append(Self.gram(Array(piece.prefix(4))[...]))
            rest = rest.dropFirst(piece.count)
            isFirst = false
        }
    }

    /// What base64 and hexadecimal digits of a text begin with, given what the text begins with; and base64 of its
    /// base64.
    private mutating func addEncoded(_ start: [UInt8]) {
        // In the three cases that a text may have as a whole, and as JSON and its kin write it.
        let starts = Set([start, start.map(\.lowercased), start.map(\.uppercased), Self.escaped(start)])
        for start in starts {
            for offset in 0..<3 {
                let encoded = Base64.encoded(start, offset: offset)
                addGram(encoded)
                addGram(Base64.encoded(start, offset: offset, Base64.urlAlphabet))
                for offset in 0..<3 { addGram(Base64.encoded(encoded, offset: offset)) }
            }
            let digits = Array("0123456789abcdef".utf8)
            let hex = start.prefix(4).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            addGram(hex)
            for separator in " :-".utf8 { addGram([hex[0], hex[1], separator, hex[2]]) }
            addGram([hex[0], hex[1], 0x20, 0x20])
        }
    }

    private mutating func addGram(_ text: [UInt8]) {
        if text.count >= 4 { beginnings.append(Self.gram(text[...])) }
    }

    private static func gram(_ text: ArraySlice<UInt8>) -> UInt32 {
        text.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""), .backslash: [.backslash, byte]
            case .lineFeed: [.backslash, UInt8(ascii: "n")]
            case 0x09: [.backslash, UInt8(ascii: "t")]
            case 0..<0x20: Array("\\u00".utf8) + [byte >> 4 | 0x30, Array("0123456789abcdef".utf8)[Int(byte & 15)]]
            default: [byte]
            }
        }
    }

    private static func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var text = text
        while let last = text.last, last.isWhiteSpace { text.removeLast() }
        while let first = text.first, first.isWhiteSpace { text.removeFirst() }
        return text
    }
}

// MARK: - Spellings

extension SecretForms {
    /// The text itself, and the ways of writing it that are no escapes of single characters.
    private static func spellings(of text: [UInt8], _ bytes: BytesPresent) -> [[UInt8]] {
        var spellings = [text]
        func add(where isSpecial: (UInt8) -> Bool, _ written: (UInt8) -> [UInt8]) {
            if bytes.contains(where: isSpecial) {
                spellings.append(text.flatMap { isSpecial($0) ? written($0) : [$0] })
            }
        }
        // Forms of web pages.
        add(where: { $0 == 0x20 }) { _ in [UInt8(ascii: "+")] }
        // dash, Python's shlex.
        add(where: { $0 == UInt8(ascii: "'") }) { _ in Array(#"'"'"'"#.utf8) }
        func isUnprintable(_ byte: UInt8) -> Bool { byte >= 0x7f || byte < 0x20 && byte != 0x09 && byte != .lineFeed }
        add(where: isUnprintable, caretNotation)
        // Quoted-printable.
        add(where: { isUnprintable($0) || $0 == UInt8(ascii: "=") }, equalsNotation)
        // Letters beyond ASCII, whose other case has other bytes.
        if bytes.contains(where: { $0 >= 0x80 }), let characters = String(validating: text, as: UTF8.self) {
            for cased in [characters.lowercased(), characters.uppercased()] where cased != characters {
                spellings.append(Array(cased.utf8))
            }
        }
        return spellings
    }

    /// `M-C^[`, as `cat -v` shows it.
    private static func caretNotation(_ byte: UInt8) -> [UInt8] {
        let low = byte & 0x7f
        let shown = low == 0x7f || low < 0x20 ? [UInt8(ascii: "^"), low ^ 0x40] : [low]
        return byte >= 0x80 ? Array("M-".utf8) + shown : shown
    }

    private static func equalsNotation(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

/// Which bytes a text has: it is read once for all questions.
private struct BytesPresent {
    private var flags: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(in text: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBytes(of: &flags) { flags in
            for byte in text { flags[Int(byte >> 3)] |= 1 << (byte & 7) }
        }
    }

    func contains(_ byte: UInt8) -> Bool { withUnsafeBytes(of: flags) { $0[Int(byte >> 3)] & 1 << (byte & 7) != 0 } }
    func contains(where isWanted: (UInt8) -> Bool) -> Bool {
        (UInt8.min...UInt8.max).contains { contains($0) && isWanted($0) }
    }
    var areAlphanumeric: Bool { !contains { !$0.isAlphanumeric } }
    /// Whether reading without escapes and doubled quotes changes anything. A spelling that is added has `=` or a quote
    /// at most, of which the latter is in here.
    var mayBeEscaped: Bool { contains { $0.introducesEscape || $0.isQuote } }
}
