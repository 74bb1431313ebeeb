/// A host's name or address with an optional port: `web1`, `web1:2222`, `[fe80::1]:22`; numbers in it may be ranges, as
/// in `web[1:9]`.
///
/// Nil for a text that is none of these; such a text may still be a host's name, taken as it is.
struct HostAddress {
    let name: String
    let port: Int?

    init?(_ text: String) {
        var name = text
        var port: Int?
        if let (inner, number) = Self.bracketed(name) { (name, port) = (inner, number) }
        if let (rest, number) = Self.withPort(name) { (name, port) = (rest, number) }
        guard Self.isIPv4(name) || Self.isIPv6(name) || Self.isHostName(name) else { return nil }
        self.name = name
        // No port, as in Ansible.
        self.port = port == 0 ? nil : port
    }

    /// `[…]:22`
    private static func bracketed(_ text: String) -> (String, Int)? {
        guard text.hasPrefix("["), let (rest, port) = splitPort(text), rest.hasSuffix("]"), rest.count > 2 else {
            return nil
        }
        return (String(rest.dropFirst().dropLast()), port)
    }

    /// `name:22`, where the name has no colons and brackets but those of ranges.
    private static func withPort(_ text: String) -> (String, Int)? {
        guard let (rest, port) = splitPort(text),
            let plain = replacingRanges(in: String(rest), kind: .alphanumeric, by: "x"),
            !plain.contains(where: { $0 == ":" || $0 == "[" || $0 == "]" })
        else { return nil }
        return (String(rest), port)
    }

    private static func splitPort(_ text: String) -> (Substring, Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit), let port = Int(digits) else { return nil }
        return (text[..<colon], port)
    }

    private enum RangeKind { case decimal, hexadecimal, alphanumeric }

    /// Every `[a:b]` and `[a:b:step]` replaced; nil when there is a bracket that is none.
    private static func replacingRanges(in text: String, kind: RangeKind, by placeholder: String) -> String? {
        guard text.contains("[") else { return text.contains("]") ? nil : text }
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]"), isRange(rest[rest.index(after: open)..<close], kind)
            else { return nil }
            out += rest[..<open] + placeholder
            rest = rest[rest.index(after: close)...]
        }
        return rest.contains("]") ? nil : out + rest
    }

    private static func isRange(_ text: Substring, _ kind: RangeKind) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return false }
        func decimal(_ part: Substring) -> Bool { part.utf8.allSatisfy(\.isASCIIDigit) }
        func letter(_ part: Substring) -> Bool {
            part.count == 1 && part.first.map { $0.isASCII && $0.isLetter } == true
        }
        func hexadecimal(_ part: Substring) -> Bool { part.allSatisfy { $0.isASCII && $0.isHexDigit } }
        let both = parts[0...1]
        let bounds =
            switch kind {
            case .decimal: both.allSatisfy(decimal)
            case .hexadecimal: both.allSatisfy(hexadecimal)
            case .alphanumeric: both.allSatisfy(decimal) || both.allSatisfy(letter)
            }
        return bounds && (parts.count == 2 || decimal(parts[2]))
    }

    private static func isIPv4(_ text: String) -> Bool {
        guard let plain = replacingRanges(in: text, kind: .decimal, by: "0") else { return false }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(\.isASCIIDigit) && (Int(part).map { $0 <= 255 && String($0) == part } ?? false)
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        guard let plain = replacingRanges(in: text, kind: .hexadecimal, by: "0") else { return false }
        let halves = plain.split(separator: "::", omittingEmptySubsequences: false)
        func groups(_ half: Substring) -> Int? {
            if half.isEmpty { return 0 }
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            var count = 0
            for (place, part) in parts.enumerated() {
                if place == parts.count - 1, part.contains(".") {
                    guard isIPv4(String(part)) else { return nil }
                    count += 2
                } else {
                    guard (1...4).contains(part.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                        return nil
                    }
                    count += 1
                }
            }
            return count
        }
        switch halves.count {
        case 1: return halves.first.flatMap(groups) == 8
        case 2:
            guard let left = groups(halves[0]), let right = groups(halves[1]) else { return false }
            return left + right < 8
        default: return false
        }
    }

    /// Labels of letters, digits, `_` and `-`, not beginning with `-` and not ending with `-` or `_`.
    private static func isHostName(_ text: String) -> Bool {
        guard let plain = replacingRanges(in: text, kind: .alphanumeric, by: "x") else { return false }
        return plain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            let scalars = label.unicodeScalars
            guard let first = scalars.first, let last = scalars.last, first != "-", last != "-", last != "_" else {
                return false
            }
            return scalars.allSatisfy {
                $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
        }
    }
}
