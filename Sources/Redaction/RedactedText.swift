/// Text that has gone through a `Redactor` or stands in the source: the only text that may be printed, logged, stored
/// or served.
///
/// It holds no control character but tab and line feed from anything that was redacted. Interpolation takes other
/// redacted text and
/// numbers, so that a plain `String` in it is a compile error:
///
///     let line: RedactedText = "\(RedactedText(host, secrets: secrets)): \(count) changed"
package struct RedactedText: Sendable, Hashable, CustomStringConvertible, Encodable {
    package private(set) var description: String

    init(alreadyRedacted text: String) { description = text }

    /// A whole text, redacted in one go.
    package init(_ text: String, secrets: SecretSet) {
        var redactor = Redactor(secrets)
        self = redactor.finish(text.utf8)
    }
    /// Whole output of a command, redacted in one go.
    package init(_ bytes: some Collection<UInt8>, secrets: SecretSet) {
        var redactor = Redactor(secrets)
        self = redactor.finish(bytes)
    }

    /// A text that comes again and again, such as a key of results or the name of a host: it is searched once, and
    /// again when another secret has joined.
    package init(name text: String, secrets: SecretSet) { self = secrets.redacted(name: text) }

    /// Texts that were the lines of one, such as `stdout_lines`, or may have been: a secret that continues from one to
    /// the next is found.
    package static func lines(of texts: [String], secrets: SecretSet) -> [RedactedText] {
        if secrets.isEmpty { return texts.map { RedactedText(alreadyRedacted: TerminalSafe.text($0)) } }
        var shown = RedactedText(texts.joined(separator: "\n"), secrets: secrets).description
        return shown.withUTF8 { shown in
            var start = 0
            return texts.map { text in
                // Redaction keeps every line's end: those of the text, and the one that it was joined with.
                let begin = min(start, shown.count)
                var end = shown.firstIndex(of: .lineFeed, from: begin)
                for _ in 0..<text.lineFeeds { end = shown.firstIndex(of: .lineFeed, from: end + 1) }
                start = end + 1
                return RedactedText(alreadyRedacted: String(decoding: shown[begin..<end], as: UTF8.self))
            }
        }
    }

    package var isEmpty: Bool { description.isEmpty }

    /// A part of redacted text is redacted.
    package subscript(range: some RangeExpression<String.Index>) -> RedactedText {
        RedactedText(alreadyRedacted: String(description[range]))
    }

    /// Without the line ends; a text that ends in one has no empty last line.
    package var lines: [RedactedText] {
        var lines = description.split(separator: "\n", omittingEmptySubsequences: false).map {
            RedactedText(alreadyRedacted: String($0))
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Several lines as one, for a message: the first, and the last ones. What others said is redacted with all its
    /// lines, since a secret may continue from one to the next.
    package func onOneLine(last count: Int = 3) -> RedactedText {
        let lines = lines
        return (lines.count <= count + 1 ? lines : [lines[0], "…"] + lines.suffix(count)).joined(separator: " / ")
    }

    /// What ends with the last line's end, and what comes after it.
    package var dividedAfterLastLineEnd: (whole: RedactedText, rest: RedactedText) {
        guard let end = description.utf8.lastIndex(of: .lineFeed) else { return ("", self) }
        let start = description.utf8.index(after: end)
        return (self[..<start], self[start...])
    }

    package mutating func append(_ other: RedactedText) { description += other.description }
    package static func += (left: inout RedactedText, right: RedactedText) { left.append(right) }
    package static func + (left: RedactedText, right: RedactedText) -> RedactedText {
        RedactedText(alreadyRedacted: left.description + right.description)
    }
    package static func repeating(_ text: RedactedText, count: Int) -> RedactedText {
        RedactedText(alreadyRedacted: String(repeating: text.description, count: count))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String {
    fileprivate var lineFeeds: Int {
        withSecretBytes { text in
            var count = 0
            var position = text.firstIndex(of: .lineFeed, from: 0)
            while position < text.count {
                count += 1
                position = text.firstIndex(of: .lineFeed, from: position + 1)
            }
            return count
        }
    }
}

extension Sequence<RedactedText> {
    package func joined(separator: RedactedText = "") -> RedactedText {
        RedactedText(alreadyRedacted: map(\.description).joined(separator: separator.description))
    }
}

extension RedactedText: ExpressibleByStringInterpolation {
    /// Text that is written in the source: `StaticString` is what only a literal can be.
    package init(stringLiteral constant: StaticString) { description = constant.description }
    package init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }
        package mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
        package mutating func appendInterpolation(_ part: RedactedText) { text += part.description }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }
        package mutating func appendInterpolation(_ flag: Bool) { text += flag ? "true" : "false" }
        /// Rounded to so many digits after the point.
        package mutating func appendInterpolation(_ number: Double, decimals: Int) {
            text += number.text(decimals: decimals)
        }
    }
}

extension Double {
    /// `String(format:)` would need Foundation; what is shown here are seconds and percentages.
    fileprivate func text(decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (magnitude * scale).rounded()
        guard scaled < 1e15 else { return String(self) }
        let digits = String(Int(scaled))
        let sign = self < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
