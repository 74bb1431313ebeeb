// ICU's regular expressions, through Foundation: the one engine at hand with look-behind, atomic groups and Unicode
// classes. The only import of Foundation here.
import Foundation

/// Regular expressions in Python's dialect.
package struct PythonRegex: Sendable {
    package struct Options: OptionSet, Sendable, Hashable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let ignoreCase = Options(rawValue: 1), multiline = Options(rawValue: 2),
            dotAll = Options(rawValue: 4), verbose = Options(rawValue: 8), ascii = Options(rawValue: 16)
    }
    package struct Match: Sendable {
        /// The whole match and the groups; nil for a group that did not take part.
        package let groups: [String?]
        /// In UTF-16 units of the text.
        package let range: Range<Int>
    }

    private let expression: NSRegularExpression
    /// How many groups the pattern has.
    package let groupCount: Int
    package let groupNames: [String: Int]

    /// - Throws: `TemplateError` with what is wrong in the pattern, in Python's words where they are known.
    package init(_ pattern: String, _ options: Options = []) throws(TemplateError) {
        var translation = RegexTranslation(pattern, options)
        let translated = try translation.run()
        var flags: NSRegularExpression.Options = [.useUnixLineSeparators]
        if translation.options.contains(.ignoreCase) { flags.insert(.caseInsensitive) }
        if translation.options.contains(.multiline) { flags.insert(.anchorsMatchLines) }
        if translation.options.contains(.dotAll) { flags.insert(.dotMatchesLineSeparators) }
        do {
            expression = try NSRegularExpression(pattern: translated.isEmpty ? "(?:)" : translated, options: flags)
        } catch {
            throw TemplateError(.other, "invalid regular expression", line: 0, column: 0)
        }
        groupCount = translation.groupCount
        groupNames = translation.groupNames
    }

    /// The first match anywhere; `anchored` wants it at the beginning (`re.match`).
    ///
    /// - Throws: when matching takes too long, as do all methods that search.
    package func firstMatch(in text: String, anchored: Bool = false) throws(TemplateError) -> Match? {
        let source = NSString(string: text)
        return try search(text, source, anchored: anchored, most: 1).first.map { match($0, source) }
    }

    /// Every match, from left to right.
    package func matches(in text: String) throws(TemplateError) -> [Match] {
        let source = NSString(string: text)
        return try search(text, source).map { match($0, source) }
    }

    /// The engine backtracks, so a pattern such as `(a+)+$` can take practically forever: it is stopped.
    private func search(
        _ text: String, _ source: NSString, anchored: Bool = false, most: Int = .max
    ) throws(TemplateError) -> [NSTextCheckingResult] {
        let begin = ContinuousClock.now
        var found: [NSTextCheckingResult] = []
        var isLate = false
        var hasFailed = false
        let options: NSRegularExpression.MatchingOptions = [.reportProgress, .reportCompletion]
        expression.enumerateMatches(
            in: text, options: anchored ? options.union(.anchored) : options,
            range: NSRange(location: 0, length: source.length)
        ) { result, flags, stop in
            if flags.contains(.internalError) { hasFailed = true }
            if let result { found.append(result) }
            // Without a match it is a look at how far it has come, or the end; between matches the clock is read now
            // and then.
            if !isLate, result == nil || found.count.isMultiple(of: 256) {
                isLate = (ContinuousClock.now - begin) / .seconds(1) > Bounds.matching || Task.isCancelled
            }
            if isLate || hasFailed || found.count >= most { stop.pointee = true }
        }
        // What was found before is right, and one match that was asked for is all.
        if found.count >= most { return found }
        if isLate || hasFailed {
            throw TemplateError(
                .other, "the regular expression takes too long on this text; avoid nested repetition such as (a+)+",
                line: 0, column: 0)
        }
        return found
    }

    /// `re.subn`; a limit of 0 is none.
    package func replacing(
        _ text: String, limit: Int = 0, with replacement: (Match) -> String
    ) throws(TemplateError) -> (text: String, count: Int) {
        let source = NSString(string: text)
        var result = BoundedText()
        var position = 0
        var count = 0
        for found in try matches(in: text) {
            if limit > 0, count == limit { break }
            try result.append(
                source.substring(with: NSRange(location: position, length: found.range.lowerBound - position)))
            try result.append(replacement(found))
            position = found.range.upperBound
            count += 1
        }
        try result.append(source.substring(from: position))
        return (result.text, count)
    }

    /// `re.split`: the texts between the matches, and the groups of each match.
    package func split(_ text: String) throws(TemplateError) -> [String] {
        let source = NSString(string: text)
        var parts: [String] = []
        var position = 0
        for found in try matches(in: text) {
            parts.append(source.substring(with: NSRange(location: position, length: found.range.lowerBound - position)))
            parts += found.groups.dropFirst().compactMap { $0 }
            position = found.range.upperBound
        }
        parts.append(source.substring(from: position))
        return parts
    }

    private func match(_ found: NSTextCheckingResult, _ source: NSString) -> Match {
        let groups = (0..<found.numberOfRanges).map { index -> String? in
            let range = found.range(at: index)
            return range.location == NSNotFound ? nil : source.substring(with: range)
        }
        return Match(groups: groups, range: found.range.location..<(found.range.location + found.range.length))
    }
}

/// Rewrites a pattern of Python's dialect in ICU's.
private struct RegexTranslation {
    private let pattern: [UnicodeScalar]
    private var index = 0
    private(set) var options: PythonRegex.Options
    private(set) var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]
    private var result = ""
    private var openGroups: [Int] = []

    init(_ pattern: String, _ options: PythonRegex.Options) {
        self.pattern = Array(pattern.unicodeScalars)
        self.options = options
    }

    private var word: String { options.contains(.ascii) ? "A-Za-z0-9_" : "\\p{L}\\p{N}_" }
    private var digit: String { options.contains(.ascii) ? "0-9" : "\\p{Nd}" }
    private var space: String {
        options.contains(.ascii) ? "\\t\\n\\x0B\\f\\r\\x20" : "\\t\\n\\x0B\\f\\r\\x1C-\\x1F\\x85\\p{Z}"
    }

    private func fail(_ message: String, at position: Int) -> TemplateError {
        TemplateError(.other, "\(message) at position \(position)", line: 0, column: 0)
    }
    private func peek(_ offset: Int = 0) -> UnicodeScalar? {
        index + offset < pattern.count ? pattern[index + offset] : nil
    }

    mutating func run() throws(TemplateError) -> String {
        while let scalar = peek() {
            let start = index
            index += 1
            switch scalar {
            case "\\": try escape(inSet: false, start)
            case "[": try set(start)
            case "(": try group(start)
            case ")":
                guard openGroups.popLast() != nil else { throw fail("unbalanced parenthesis", at: start) }
                result += ")"
            case "{":
                if let end = quantifierEnd() {
                    guard start > 0 else { throw fail("nothing to repeat", at: start) }
                    let body = String(String.UnicodeScalarView(pattern[index..<end]))
                    result += body.hasPrefix(",") ? "{0\(body)}" : "{\(body)}"
                    index = end + 1
                } else {
                    result += "\\{"
                }
            case "}", "]": result += "\\\(scalar)"
            case "*", "+", "?":
                if start == 0 { throw fail("nothing to repeat", at: start) }
                result.unicodeScalars.append(scalar)
            case "#" where options.contains(.verbose): while let next = peek(), next != "\n" { index += 1 }
            case _ where options.contains(.verbose) && PythonText.isSpace(scalar): break
            default: result.unicodeScalars.append(scalar)
            }
        }
        if let open = openGroups.last { throw fail("missing ), unterminated subpattern", at: open) }
        return result
    }

    /// Where `{m,n}` ends, when it is a quantifier.
    private func quantifierEnd() -> Int? {
        var end = index
        var commas = 0
        var digits = 0
        while end < pattern.count, pattern[end] != "}" {
            if pattern[end] == "," {
                commas += 1
            } else if ("0"..."9").contains(pattern[end]) {
                digits += 1
            } else {
                return nil
            }
            end += 1
        }
        return end < pattern.count && commas <= 1 && digits + commas > 0 ? end : nil
    }

    private mutating func escape(inSet: Bool, _ start: Int) throws(TemplateError) {
        guard let scalar = peek() else { throw fail("bad escape (end of pattern)", at: start) }
        index += 1
        switch scalar {
        case "d": result += inSet ? digit : "[\(digit)]"
        case "D": result += "[^\(digit)]"
        case "w": result += inSet ? word : "[\(word)]"
        case "W": result += "[^\(word)]"
        case "s": result += inSet ? space : "[\(space)]"
        case "S": result += "[^\(space)]"
        case "a": result += "\\x07"
        case "v": result += "\\x0B"
        case "b" where inSet: result += "\\x08"
        case "A", "b", "B":
            if inSet { throw fail("bad escape \\\(scalar)", at: start) }
            result += "\\\(scalar)"
        case "Z":
            if inSet { throw fail("bad escape \\Z", at: start) }
            result += "\\z"
        case "f", "n", "r", "t": result += "\\\(scalar)"
        case "x", "u", "U":
            let width = scalar == "x" ? 2 : scalar == "u" ? 4 : 8
            let digits = String(String.UnicodeScalarView(pattern[index..<min(index + width, pattern.count)]))
            guard digits.unicodeScalars.count == width, let code = UInt32(digits, radix: 16) else {
                throw fail("incomplete escape \\\(scalar)\(digits)", at: start)
            }
            index += width
            result += "\\x{\(String(code, radix: 16))}"
        case "0": octal(0, start)
        case "1"..."9":
            var number = Int(scalar.value - 48)
            if inSet || (("0"..."3").contains(scalar) && isOctal(peek()) && isOctal(peek(1))) {
                octal(number, start)
                return
            }
            if let next = peek(), ("0"..."9").contains(next) {
                number = number * 10 + Int(next.value - 48)
                index += 1
            }
            guard number <= groupCount else { throw fail("invalid group reference \(number)", at: start + 1) }
            result += "(?:\\\(number))"
        default:
            if scalar.isASCII, ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) {
                throw fail("bad escape \\\(scalar)", at: start)
            }
            result += scalar.isASCII ? "\\\(scalar)" : String(scalar)
        }
    }
    private func isOctal(_ scalar: UnicodeScalar?) -> Bool { scalar.map { ("0"..."7").contains($0) } ?? false }
    private mutating func octal(_ first: Int, _ start: Int) {
        var code = first
        var count = 1
        while count < 3, isOctal(peek()), let next = peek() {
            code = code * 8 + Int(next.value - 48)
            index += 1
            count += 1
        }
        result += "\\x{\(String(code & 0xFF, radix: 16))}"
    }

    private mutating func set(_ start: Int) throws(TemplateError) {
        result += "["
        if peek() == "^" {
            result += "^"
            index += 1
        }
        var isFirst = true
        while let scalar = peek() {
            let place = index
            index += 1
            switch scalar {
            case "]" where !isFirst:
                result += "]"
                return
            case "\\": try escape(inSet: true, place)
            case "-":
                // At the ends a hyphen is itself; between two characters it makes a range.
                let isLast = peek() == "]"
                result += isFirst || isLast ? "\\-" : "-"
            case "[", "]", "&", "{", "}", "$", ":", "^", " ", "#", "~", "|": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
            isFirst = false
        }
        throw fail("unterminated character set", at: start)
    }

    private mutating func group(_ start: Int) throws(TemplateError) {
        guard peek() == "?" else {
            groupCount += 1
            openGroups.append(start)
            result += "("
            return
        }
        index += 1
        guard let kind = peek() else { throw fail("unexpected end of pattern", at: index) }
        index += 1
        switch kind {
        case ":", "=", "!", ">":
            openGroups.append(start)
            result += "(?\(kind)"
        case "<":
            guard let next = peek(), next == "=" || next == "!" else {
                throw fail("unknown extension ?<", at: start + 1)
            }
            index += 1
            openGroups.append(start)
            result += "(?<\(next)"
        case "#":
            while let next = peek(), next != ")" { index += 1 }
            guard peek() == ")" else { throw fail("missing ), unterminated comment", at: start) }
            index += 1
        case "P": try named(start)
        case "(": throw fail("conditional groups are not supported", at: start)
        default:
            index -= 1
            try flags(start)
        }
    }

    private mutating func named(_ start: Int) throws(TemplateError) {
        func name(until end: UnicodeScalar) throws(TemplateError) -> String {
            let first = index
            while let next = peek(), next != end { index += 1 }
            guard peek() == end else { throw fail("missing \(end), unterminated name", at: first) }
            defer { index += 1 }
            return String(String.UnicodeScalarView(pattern[first..<index]))
        }
        let kind = peek()
        index += 1
        if kind == "<" {
            let name = try name(until: ">")
            guard !name.isEmpty else { throw fail("missing group name", at: start + 4) }
            guard name.unicodeScalars.first.map({ $0 == "_" || $0.properties.isXIDStart }) == true,
                name.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
            else {
                throw fail("bad character in group name '\(name)'", at: start + 4)
            }
            guard groupNames[name] == nil else { throw fail("redefinition of group name '\(name)'", at: start + 4) }
            groupCount += 1
            groupNames[name] = groupCount
            openGroups.append(start)
            result += "("
        } else if kind == "=" {
            let name = try name(until: ")")
            guard let number = groupNames[name] else { throw fail("unknown group name '\(name)'", at: start + 4) }
            result += "(?:\\\(number))"
        } else {
            throw fail("unknown extension ?P", at: start + 1)
        }
    }

    private mutating func flags(_ start: Int) throws(TemplateError) {
        var on = ""
        var off = ""
        var isOff = false
        while let scalar = peek(), scalar != ")", scalar != ":" {
            index += 1
            switch scalar {
            case "-": isOff = true
            case "i", "m", "s", "x":
                if isOff { off.unicodeScalars.append(scalar) } else { on.unicodeScalars.append(scalar) }
            case "a": options.insert(.ascii)
            case "u", "L": break
            default: throw fail("unknown extension ?\(scalar)", at: start + 1)
            }
        }
        guard let end = peek() else { throw fail("missing -, : or )", at: index) }
        index += 1
        if end == ")" {
            guard start == 0 else { throw fail("global flags not at the start of the expression", at: start) }
            for (letter, option) in [
                ("i", PythonRegex.Options.ignoreCase), ("m", .multiline), ("s", .dotAll), ("x", .verbose),
            ] where on.contains(letter) { options.insert(option) }
        } else {
            openGroups.append(start)
            result += "(?\(on)\(off.isEmpty ? "" : "-" + off):"
        }
    }
}
