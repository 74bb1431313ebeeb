/// Splits a line into words as a POSIX shell quotes them; `#` begins a comment, inside of a word too. As Python's `shlex.split` with comments.
enum ShellWords {
    struct Word {
        let text: String
        /// Where it begins, in characters from the line's begin.
        let offset: Int
    }
    struct Unfinished: Error {
        let problem: String
        let offset: Int
    }

    static func split(_ line: String) throws(Unfinished) -> [Word] {
        let scalars = Array(line.unicodeScalars)
        var words: [Word] = [], index = 0
        while index < scalars.count {
            if isBlank(scalars[index]) { index += 1; continue }
            if scalars[index] == "#" { break }
            let start = index
            var text = String.UnicodeScalarView(), quoted = false, commented = false
            while index < scalars.count, !isBlank(scalars[index]), !commented {
                let scalar = scalars[index]
                index += 1
                switch scalar {
                case "#":
                    commented = true
                case "\\":
                    guard index < scalars.count else { throw Unfinished(problem: "a backslash at the line's end", offset: index - 1) }
                    text.append(scalars[index])
                    index += 1
                case "'", "\"":
                    quoted = true
                    let opening = index - 1
                    while true {
                        guard index < scalars.count else { throw Unfinished(problem: "a quote that is not closed", offset: opening) }
                        let inner = scalars[index]
                        index += 1
                        if inner == scalar { break }
                        if scalar == "\"", inner == "\\" {
                            guard index < scalars.count else { throw Unfinished(problem: "a quote that is not closed", offset: opening) }
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

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" }
}
