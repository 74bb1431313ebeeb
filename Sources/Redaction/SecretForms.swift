/// The ways in which a secret's text may appear in output: the list of DESIGN's section 4, spelled out.
///
/// No form holds a line feed, so a line's end always settles whether something is a match; of a secret of several lines each line is a
/// form, and the whole is one where an encoding leaves no line feed in it.
struct SecretForms {
    /// Shorter texts are hidden only where they stand alone, and have no other forms.
    static let shortest = 4

    private(set) var forms: [(bytes: WipedBytes, standsAlone: Bool)] = []
    private var seen: Set<WipedBytes> = []

    init(of secret: UnsafeBufferPointer<UInt8>) {
        let whole = Self.trimmed(secret[...])
        guard whole.count >= Self.shortest else {
            if !whole.isEmpty { add(Array(whole), standsAlone: true) }
            return
        }
        // With the spaces around it, for what is quoted or encoded together with them; the line's end of a file's last line is not the secret's.
        var exact = secret[...]
        while exact.last == .lineFeed || exact.last == .carriageReturn { exact.removeLast() }
        addAll(Array(exact))
        addWrapped(Array(exact))
        for line in exact.split(separator: .lineFeed) {
            let line = Self.trimmed(line)
            // The first and the last line of every PEM file are the same, and no secret.
            if line.count >= Self.shortest, !line.starts(with: "-----BEGIN ".utf8), !line.starts(with: "-----END ".utf8) { addAll(Array(line)) }
        }
    }

    private mutating func addAll(_ text: [UInt8]) {
        add(text)
        // Most secrets are letters and digits, which all of these leave as they are.
        if text.contains(where: { !$0.isAlphanumeric }) {
            JSONStyle.all.forEach { add(Self.json(text, $0)) }
            Self.shell(text).forEach { add($0) }
            URLStyle.all.forEach { add(Self.url(text, $0)) }
        }
        add(Self.hex(text, Digits.lower))
        add(Self.hex(text, Digits.upper))
        for offset in 0..<3 {
            add(Self.base64(text, offset: offset, Digits.base64))
            add(Self.base64(text, offset: offset, Digits.base64url))
        }
    }

    /// `base64`, PEM and `xxd -p` break what they encode into lines, of 76, 64 and 60 characters.
    private mutating func addWrapped(_ text: [UInt8]) {
        for (encoded, width) in [(Self.base64(text, offset: 0, Digits.base64), 76), (Self.base64(text, offset: 0, Digits.base64), 64), (Self.hex(text, Digits.lower), 60)] where encoded.count > width {
            for start in stride(from: 0, to: encoded.count, by: width) {
                let line = encoded[start..<min(start + width, encoded.count)]
                if line.count >= 2 * Self.shortest { add(Array(line)) }
            }
        }
    }

    private mutating func add(_ text: [UInt8], standsAlone: Bool = false) {
        var text = text
        guard !text.contains(.lineFeed) else { return }
        let form = WipedBytes(wiping: &text)
        if seen.insert(form).inserted { forms.append((form, standsAlone)) }
    }

    private static func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var text = text
        while let last = text.last, last.isWhiteSpace { text.removeLast() }
        while let first = text.first, first.isWhiteSpace { text.removeFirst() }
        return text
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r"), backslash = UInt8(ascii: "\\")
    var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
    var isAlphanumeric: Bool { (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) }
    func isOne(of set: StaticString) -> Bool { set.withUTF8Buffer { $0.contains(self) } }
}

private enum Digits {
    static let lower = Array("0123456789abcdef".utf8), upper = Array("0123456789ABCDEF".utf8)
    static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let base64url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

// MARK: - Hexadecimal and base64

extension SecretForms {
    static func hex(_ text: [UInt8], _ digits: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(2 * text.count)
        for byte in text {
            encoded.append(digits[Int(byte >> 4)])
            encoded.append(digits[Int(byte & 15)])
        }
        return encoded
    }

    /// The characters that `text` alone determines when `offset` bytes (modulo three) come before it and any come after it.
    static func base64(_ text: [UInt8], offset: Int, _ alphabet: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity((4 * text.count + 2) / 3)
        var bits = 0, count = 0
        // The first character that holds no bit of the bytes before starts at bit 12 after one of them, at bit 18 after two: 4 and 2 bits into the text.
        var skip = [0, 4, 2][offset]
        for byte in text {
            bits = bits << 8 | Int(byte)
            count += 8
            if skip > 0 { count -= skip; skip = 0 }
            while count >= 6 { count -= 6; encoded.append(alphabet[bits >> count & 63]) }
            bits &= (1 << count) - 1
        }
        return encoded
    }
}

// MARK: - JSON

/// How a JSON writer escapes what it may write in more than one way.
private struct JSONStyle {
    /// `\u00e9` instead of `é`, and for the delete character (Python's default).
    var ascii = false
    var upperCase = false
    /// `\/` (PHP's default).
    var slash = false
    /// `\u003c`, `\u003e`, `\u0026` (Go's default).
    var html = false

    static let all = [
        JSONStyle(), JSONStyle(slash: true), JSONStyle(html: true),
        JSONStyle(ascii: true), JSONStyle(ascii: true, slash: true), JSONStyle(ascii: true, upperCase: true), JSONStyle(ascii: true, html: true),
    ]
}

extension SecretForms {
    private static func json(_ text: [UInt8], _ style: JSONStyle) -> [UInt8] {
        var escaped: [UInt8] = []
        func code(_ unit: UInt16) {
            let digits = style.upperCase ? Digits.upper : Digits.lower
            escaped += [.backslash, UInt8(ascii: "u")] + stride(from: 12, through: 0, by: -4).map { digits[Int(unit >> $0 & 15)] }
        }
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += [.backslash, UInt8(ascii: scalar)]
            case "\n": escaped += Array(#"\n"#.utf8)
            case "\r": escaped += Array(#"\r"#.utf8)
            case "\t": escaped += Array(#"\t"#.utf8)
            case "\u{8}": escaped += Array(#"\b"#.utf8)
            case "\u{c}": escaped += Array(#"\f"#.utf8)
            case "/" where style.slash: escaped += Array(#"\/"#.utf8)
            case "<" where style.html, ">" where style.html, "&" where style.html: code(UInt16(scalar.value))
            case "\u{0}"..<" ": code(UInt16(scalar.value))
            case "\u{7f}"... where style.ascii: UTF16.encode(scalar)?.forEach(code)
            default: escaped += Array(String(scalar).utf8)
            }
        }
        return escaped
    }
}

// MARK: - Shells

extension SecretForms {
    /// The text between the quotes, for every way in which shells and their libraries quote.
    private static func shell(_ text: [UInt8]) -> [[UInt8]] {
        let apostrophe = UInt8(ascii: "'")
        let closeEscapeOpen = Array(#"'\''"#.utf8), closeQuoteOpen = Array(#"'"'"'"#.utf8)
        return [
            // 'it'\''s' (bash's `set -x`), and 'it'"'"'s' (dash, Python's shlex).
            text.flatMap { $0 == apostrophe ? closeEscapeOpen : [$0] },
            text.flatMap { $0 == apostrophe ? closeQuoteOpen : [$0] },
            // "a\$b", with and without history expansion's character.
            text.flatMap { $0.isOne(of: #"$`"\"#) ? [.backslash, $0] : [$0] },
            text.flatMap { $0.isOne(of: #"$`"\!"#) ? [.backslash, $0] : [$0] },
            // a\ b: printf %q; Ruby's Shellwords; what escapes everything that is not a letter or a digit.
            text.enumerated().flatMap { index, byte in
                byte.isOne(of: "\t !\"$&'()*,;<>?[\\]^`{|}") || (index == 0 && byte.isOne(of: "#~")) ? [.backslash, byte] : [byte]
            },
            text.flatMap { $0.isAlphanumeric || $0 >= 0x80 || $0.isOne(of: "_-.,:+/@") ? [$0] : [.backslash, $0] },
            text.flatMap { $0.isAlphanumeric || $0 >= 0x80 || $0 == UInt8(ascii: "_") ? [$0] : [.backslash, $0] },
            ansiC(text, octal: 0x7f...0x7f), ansiC(text, octal: 0x7f...0xff),
        ]
    }

    /// `$'it\'s\n'`, as bash prints what has control characters in it; which others become octal depends on the locale.
    private static func ansiC(_ text: [UInt8], octal: ClosedRange<UInt8>) -> [UInt8] {
        text.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "'"), .backslash: [.backslash, byte]
            case 7...13: [.backslash, Array("abtnvfr".utf8)[Int(byte - 7)]]
            case 27: Array(#"\E"#.utf8)
            case 0..<32, octal: [.backslash] + [6, 3, 0].map { UInt8(ascii: "0") + (byte >> $0 & 7) }
            default: [byte]
            }
        }
    }
}

// MARK: - URLs

/// Which characters a URL encoder leaves alone besides letters and digits, and how it writes the others.
private struct URLStyle {
    var kept: StaticString
    var plusForSpace = false
    var digits = Digits.upper

    static let all: [URLStyle] = [Digits.upper, Digits.lower].flatMap { digits in
        [
            URLStyle(kept: "-._~", digits: digits),                             // RFC 3986's unreserved characters: curl, urllib's quote with safe=''
            URLStyle(kept: "-._~/", digits: digits),                            // urllib's quote
            URLStyle(kept: "-._~!*'()", digits: digits),                        // JavaScript's encodeURIComponent
            URLStyle(kept: "-._~!*'();/?:@&=+$,#", digits: digits),             // encodeURI
            URLStyle(kept: "-._~!$&'()*+,;=:@", digits: digits),                // a path segment
            URLStyle(kept: "-._~", plusForSpace: true, digits: digits),         // urllib's quote_plus, Go's QueryEscape
            URLStyle(kept: "-._*", plusForSpace: true, digits: digits),         // application/x-www-form-urlencoded
        ]
    }
}

extension SecretForms {
    private static func url(_ text: [UInt8], _ style: URLStyle) -> [UInt8] {
        text.flatMap { byte in
            if byte.isAlphanumeric || byte.isOne(of: style.kept) { return [byte] }
            if style.plusForSpace, byte == 0x20 { return [UInt8(ascii: "+")] }
            return [UInt8(ascii: "%")] + hex([byte], style.digits)
        }
    }
}
