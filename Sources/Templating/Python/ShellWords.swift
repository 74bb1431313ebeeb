/// Splits a line into words as a POSIX shell quotes them, with nothing else of its language. As Python's `shlex.split`.
package enum ShellWords {
    package struct Word {
        package let text: String
        /// Where it begins, in characters from the line's begin.
        package let offset: Int
    }
    /// A line that ends too early, and where what it does not end begins.
    package struct Unfinished: Error {
        package enum Kind: Sendable { case quote, backslash }
        package let kind: Kind
        package let offset: Int
        package var problem: String {
            switch kind {
            case .quote: "a quote that is not closed"
            case .backslash: "a backslash at the line's end"
            }
        }
    }

    /// - Parameter comments: whether `#` begins a comment, inside of a word too.
    package static func split(_ line: String, comments: Bool = false) throws(Unfinished) -> [Word] {
        let scalars = Array(line.unicodeScalars)
        var words: [Word] = []
        var index = 0
        while index < scalars.count {
            if isBlank(scalars[index]) {
                index += 1
                continue
            }
            if comments, scalars[index] == "#" { break }
            let start = index
            var text = String.UnicodeScalarView()
            var quoted = false
            var commented = false
            while index < scalars.count, !isBlank(scalars[index]), !commented {
                let scalar = scalars[index]
                index += 1
                switch scalar {
                case "#" where comments:
                    commented = true
                case "\\":
                    guard index < scalars.count else { throw Unfinished(kind: .backslash, offset: index - 1) }
                    text.append(scalars[index])
                    index += 1
                case "'", "\"":
                    quoted = true
                    let opening = index - 1
                    while true {
                        guard index < scalars.count else { throw Unfinished(kind: .quote, offset: opening) }
                        let inner = scalars[index]
                        index += 1
                        if inner == scalar { break }
                        if scalar == "\"", inner == "\\" {
                            guard index < scalars.count else { throw Unfinished(kind: .quote, offset: opening) }
                            if scalars[index] != "\"", scalars[index] != "\\" { text.append(inner) }
                            text.append(scalars[index])
                            index += 1
                        } else {
                            text.append(inner)
                        }
                    }
                default: text.append(scalar)
                }
            }
            if quoted || !text.isEmpty { words.append(Word(text: String(text), offset: start)) }
            if commented { break }
        }
        return words
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }
}
