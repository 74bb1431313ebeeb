/// Turns what libyaml says into a diagnostic that points at the cause, with a remedy for the mistakes that people make
/// most.
enum SyntaxAdvice {
    static func diagnostic(for failure: LibYAML.Failure, in text: [UInt8], file: String) -> Diagnostic {
        guard let place = failure.place else {
            return Diagnostic(
                "\(failure.problem)", at: TextEncoding.mark(ofByte: failure.offset, in: text, file: file),
                remedy: "remove the control character, or write it as an escape in a double-quoted text")
        }
        // What ends with the text is best shown where it begins.
        if failure.problem.contains("unexpected end of stream"), let start = failure.contextPlace {
            return Diagnostic("a quoted text that never ends", at: mark(start, file), remedy: "close the quote")
        }
        let lines = Lines(text)
        var problem = failure.problem
        if let context = failure.context {
            problem = context + ", " + problem
            if let start = failure.contextPlace, start.line != place.line {
                problem += " (it begins at line \(start.line + 1))"
            }
        }
        return Diagnostic(problem, at: mark(place, file), remedy: remedy(for: failure, at: place, in: lines))
    }

    private static func mark(_ place: LibYAML.Place, _ file: String) -> SourceMark {
        SourceMark(file: file, line: place.line + 1, column: place.column + 1)
    }

    private static func remedy(for failure: LibYAML.Failure, at place: LibYAML.Place, in lines: Lines) -> String? {
        let line = lines[place.line]
        // The place is often the line after the one that is wrong.
        let suspects = [line, lines[failure.contextPlace?.line ?? place.line], lines[place.line - 1]]
        if suspects.contains(where: beginsWithTemplate) {
            return "quote the whole value that holds a template: \"{{ … }}\""
        }
        switch failure.problem {
        case "found character that cannot start any token":
            let character = line.dropFirst(place.column).first
            if character == "\t" { return "indent with spaces, not with tabs" }
            return character.map { "a value that begins with '\($0)' must be quoted" }
        case "mapping values are not allowed in this context":
            return "quote the whole value if it holds ': ', else check the indentation"
        case "block sequence entries are not allowed in this context":
            return "put the list's first '- ' on a line of its own"
        case "could not find expected ':'":
            return "check the indentation, and that the line before is complete"
        case "did not find expected key", "did not find expected '-' indicator":
            return
                "check the indentation of this line and of the one before; a value that continues after its closing quote must be quoted as a whole"
        case "did not find expected alphabetic or numeric character":
            return "a value that begins with '*' or '&' must be quoted"
        case "found unknown escape character":
            return "write '\\\\' for a backslash, or use single quotes"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            return "close the bracket"
        default:
            return nil
        }
    }

    /// `key: {{ …` or `- {{ …`, without quotes.
    private static func beginsWithTemplate(_ line: Substring) -> Bool {
        for opening in [": {{", "- {{"] where line.contains(opening) { return true }
        return false
    }

    /// The text's lines, by number; empty outside of it.
    private struct Lines {
        private let lines: [Substring]
        init(_ text: [UInt8]) {
            lines = String(decoding: text, as: UTF8.self).split(omittingEmptySubsequences: false) {
                $0 == "\n" || $0 == "\r\n"
            }
        }
        subscript(number: Int) -> Substring { lines.indices.contains(number) ? lines[number] : "" }
    }
}
