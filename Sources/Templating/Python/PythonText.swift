import BigInt

/// What Python's `str` does, by code point.
enum PythonText {
    /// The offset, in UTF-8, of the first occurrence.
    static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
        let haystack = Array(text.utf8)
        let needle = Array(part.utf8)
        return find(needle, in: haystack, from: start)
    }
    static func find(_ needle: [UInt8], in haystack: [UInt8], from start: Int = 0) -> Int? {
        if needle.isEmpty { return start <= haystack.count ? start : nil }
        guard needle.count <= haystack.count - start else { return nil }
        var index = start
        let last = haystack.count - needle.count
        while index <= last {
            if haystack[index] == needle[0] {
                var length = 1
                while length < needle.count, haystack[index + length] == needle[length] { length += 1 }
                if length == needle.count { return index }
            }
            index += 1
        }
        return nil
    }

    static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
    static func count(_ text: String) -> Int { text.unicodeScalars.count }
    /// A part by code points.
    static func slice(_ text: String, _ start: Int, _ stop: Int) -> String {
        guard start < stop else { return "" }
        let scalars = text.unicodeScalars
        guard let from = scalars.index(scalars.startIndex, offsetBy: start, limitedBy: scalars.endIndex) else {
            return ""
        }
        let to = scalars.index(from, offsetBy: stop - start, limitedBy: scalars.endIndex) ?? scalars.endIndex
        return String(scalars[from..<to])
    }
    static func scalar(_ key: Object, in text: String) -> UnicodeScalar? {
        guard let index = key.intValue else { return nil }
        let scalars = text.unicodeScalars
        let position = index < 0 ? index + scalars.count : index
        guard position >= 0,
            let place = scalars.index(scalars.startIndex, offsetBy: position, limitedBy: scalars.endIndex),
            place < scalars.endIndex
        else { return nil }
        return scalars[place]
    }

    /// Whitespace as `str.split` and `str.strip` know it.
    static func isSpace(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 9...13, 28...32, 0x85, 0xA0: true
        case 0..<0x1680: false
        default: scalar.properties.isWhitespace
        }
    }

    static func trimmed(
        _ text: String, _ set: Set<UnicodeScalar>? = nil, left: Bool = true, right: Bool = true
    ) -> String {
        func isCut(_ scalar: UnicodeScalar) -> Bool { set.map { $0.contains(scalar) } ?? isSpace(scalar) }
        var scalars = text.unicodeScalars[...]
        if left { scalars = scalars.drop(while: isCut) }
        if right { while let last = scalars.last, isCut(last) { scalars.removeLast() } }
        return String(scalars)
    }

    /// `str.split(separator, limit)`; a negative limit is none.
    static func split(_ text: String, _ separator: String?, limit: Int = -1) throws(TemplateError) -> [String] {
        guard let separator else { return splitWhitespace(text, limit: limit) }
        if separator.isEmpty { throw .other("empty separator") }
        let bytes = Array(text.utf8)
        let needle = Array(separator.utf8)
        var parts: [String] = []
        var start = 0
        while limit < 0 || parts.count < limit, let match = find(needle, in: bytes, from: start) {
            parts.append(PythonText.text(bytes[start..<match]))
            start = match + needle.count
        }
        parts.append(PythonText.text(bytes[start...]))
        return parts
    }

    private static func splitWhitespace(_ text: String, limit: Int) -> [String] {
        var parts: [String] = []
        var rest = text.unicodeScalars.drop(while: isSpace)
        while !rest.isEmpty {
            if limit >= 0, parts.count == limit {
                parts.append(String(rest))
                return parts
            }
            let word = rest.prefix { !isSpace($0) }
            parts.append(String(word))
            rest = rest.dropFirst(word.count).drop(while: isSpace)
        }
        return parts
    }

    static func splitFromRight(_ text: String, _ separator: String?, limit: Int) throws(TemplateError) -> [String] {
        if limit < 0 { return try split(text, separator) }
        if separator?.isEmpty == true { throw .other("empty separator") }
        let reversed = String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
        let parts = try split(
            reversed, separator.map { String(String.UnicodeScalarView($0.unicodeScalars.reversed())) }, limit: limit)
        return parts.reversed().map { String(String.UnicodeScalarView($0.unicodeScalars.reversed())) }
    }

    static func splitLines(_ text: String, keepEnds: Bool = false) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var skipsNewline = false
        for scalar in text.unicodeScalars {
            if skipsNewline, scalar == "\n" {
                if keepEnds { lines[lines.count - 1].unicodeScalars.append(scalar) }
                skipsNewline = false
                continue
            }
            skipsNewline = scalar == "\r"
            switch scalar.value {
            case 10...13, 28...30, 0x85, 0x2028, 0x2029:
                if keepEnds { line.append(scalar) }
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    /// What a template asks for: as `replacing`, up to what a text may have.
    static func replaced(_ text: String, _ old: String, _ new: String, limit: Int = -1) throws(TemplateError) -> String
    {
        if new.utf8.count > old.utf8.count {
            // No more can be found than would fit side by side.
            let most = text.utf8.count / max(1, old.utf8.count) + 1
            let found = limit >= 0 ? min(limit, most) : most
            if found.saturatingProduct(new.utf8.count) > Bounds.text {
                let found = old.isEmpty ? count(text) + 1 : try split(text, old).count - 1
                guard (limit >= 0 ? min(limit, found) : found).saturatingProduct(new.utf8.count) <= Bounds.text else {
                    throw .tooLargeText
                }
            }
        }
        return replacing(text, old, new, limit: limit)
    }

    static func replacing(_ text: String, _ old: String, _ new: String, limit: Int = -1) -> String {
        let bytes = Array(text.utf8)
        let needle = Array(old.utf8)
        let replacement = Array(new.utf8)
        var result: [UInt8] = []
        var count = 0
        if needle.isEmpty {
            for scalar in text.unicodeScalars {
                if limit < 0 || count < limit {
                    result += replacement
                    count += 1
                }
                result += Array(String(scalar).utf8)
            }
            if limit < 0 || count < limit { result += replacement }
            return PythonText.text(result)
        }
        var start = 0
        while limit < 0 || count < limit, let match = find(needle, in: bytes, from: start) {
            result += bytes[start..<match]
            result += replacement
            start = match + needle.count
            count += 1
        }
        result += bytes[start...]
        return PythonText.text(result)
    }

    static func padded(
        _ text: String, to width: Int, _ fill: UnicodeScalar = " ", left: Int? = nil, alignment: UnicodeScalar
    ) throws(TemplateError) -> String {
        guard width > 0 else { return text }
        let missing = width - count(text)
        guard missing > 0 else { return text }
        guard width <= Bounds.repetition else { throw .tooLarge("the text", "\(Bounds.repetition) characters") }
        let before: Int
        switch alignment {
        case "<": before = 0
        case ">": before = missing
        default: before = left ?? missing / 2
        }
        let pad = String(Character(fill))
        return String(repeating: pad, count: before) + text + String(repeating: pad, count: missing - before)
    }
    /// `str.center`: the odd space goes to the left when the width is odd.
    static func centered(_ text: String, _ width: Int, _ fill: UnicodeScalar = " ") throws(TemplateError) -> String {
        guard width > 0 else { return text }
        let missing = width - count(text)
        return try padded(text, to: width, fill, left: max(0, missing) / 2 + (missing & width & 1), alignment: "^")
    }

    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
    }

    /// `str.title`.
    static func title(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for scalar in text.unicodeScalars {
            result += isInWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            isInWord = isCased(scalar)
        }
        return result
    }
    static func isCased(_ scalar: UnicodeScalar) -> Bool { scalar.properties.isCased }

    static func swapCase(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result +=
                scalar.properties.isUppercase
                ? scalar.properties.lowercaseMapping
                : scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : String(scalar)
        }
        return result
    }

    static func isUpper(_ text: String) -> Bool { isAllCased(text) { $0.isUppercase } }
    static func isLower(_ text: String) -> Bool { isAllCased(text) { $0.isLowercase } }
    private static func isAllCased(_ text: String, _ isRight: (UnicodeScalar.Properties) -> Bool) -> Bool {
        var found = false
        for scalar in text.unicodeScalars where scalar.properties.isCased {
            guard isRight(scalar.properties) else { return false }
            found = true
        }
        return found
    }
    static func isTitle(_ text: String) -> Bool {
        var isInWord = false
        var found = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter {
                if isInWord { return false }
                isInWord = true
                found = true
            } else if scalar.properties.isLowercase {
                if !isInWord { return false }
                found = true
            } else {
                isInWord = false
            }
        }
        return found
    }
    static func isLetter(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
    static func isDecimal(_ scalar: UnicodeScalar) -> Bool { scalar.properties.numericType == .decimal }
    static func isDigit(_ scalar: UnicodeScalar) -> Bool {
        scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
    }
    static func isNumeric(_ scalar: UnicodeScalar) -> Bool { scalar.properties.numericType != nil }
    static func isAlphanumeric(_ scalar: UnicodeScalar) -> Bool { isLetter(scalar) || isNumeric(scalar) }
    static func all(_ text: String, _ holds: (UnicodeScalar) -> Bool) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy(holds)
    }

    /// What `ascii()` makes of a representation.
    static func ascii(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.isASCII
                ? String(scalar)
                : scalar.value <= 0xFF
                    ? "\\x" + hexadecimal(scalar.value, 2)
                    : scalar.value <= 0xFFFF
                        ? "\\u" + hexadecimal(scalar.value, 4) : "\\U" + hexadecimal(scalar.value, 8)
        }.joined()
    }

    static func hexadecimal(_ number: UInt32, _ width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// `int(text, base)`, nil when it is no integer.
    static func integer(_ text: String, base: Int = 10) -> BigInt? {
        var digits = trimmed(text)[...]
        var isNegative = false
        if let sign = digits.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            digits = digits.dropFirst()
        }
        var base = base
        let prefix = digits.prefix(2).lowercased()
        for (mark, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where prefix == mark && (base == radix || base == 0) {
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits = digits.dropFirst() }
            base = radix
        }
        if base == 0 { base = 10 }
        guard !digits.isEmpty, digits.utf8.count <= 4300, (2...36).contains(base), digits.first != "_",
            digits.last != "_", !digits.contains("__")
        else { return nil }
        var plain = ""
        for scalar in digits.unicodeScalars where scalar != "_" {
            if !scalar.isASCII, let value = scalar.properties.numericValue, isDecimal(scalar) {
                plain += String(Int(value))
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        guard
            plain.utf8.allSatisfy({
                Character(UnicodeScalar($0)).isHexDigit
                    || $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")
            }),
            let number = value(plain, base: base)
        else { return nil }
        return isNegative ? -number : number
    }

    /// ASCII digits and letters; nil where one of them is no digit of the base.
    private static func value(_ digits: String, base: Int) -> BigInt? {
        // The library reads digits up to the 35th.
        guard base == 36 else { return BigInt(digits, radix: base) }
        var number = BigInt(0)
        for character in digits {
            guard let digit = character.hexDigitValue ?? Int(String(character), radix: 36) else { return nil }
            number = number * 36 + BigInt(digit)
        }
        return number
    }

    /// `float(text)`, nil when it is no number.
    static func float(_ text: String) -> Double? {
        let trimmed = trimmed(text)
        switch trimmed.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: break
        }
        guard
            trimmed.utf8.allSatisfy({
                (48...57).contains($0) || $0 == 43 || $0 == 45 || $0 == 46 || $0 | 0x20 == 101 || $0 == 95
            }),
            !trimmed.hasPrefix("_"), !trimmed.hasSuffix("_"), !trimmed.contains("__"), !trimmed.contains("_."),
            !trimmed.contains("._")
        else { return nil }
        var plain = trimmed.filter { $0 != "_" }
        if plain.hasPrefix("+") { plain.removeFirst() }
        if plain.hasSuffix(".") { plain += "0" }
        if plain.hasPrefix(".") { plain = "0" + plain }
        plain = plain.replacingText("-.", with: "-0.")
        for mark in [".e", ".E"] { plain = plain.replacingText(mark, with: ".0e") }
        return Double(plain)
    }
}

extension String {
    /// By code point: the standard library's `replacing` goes by grapheme cluster and misses a quote that carries an
    /// accent.
    func replacingText(_ old: String, with new: String) -> String { PythonText.replacing(self, old, new) }
}
