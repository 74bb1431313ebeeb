/// Parts a command line into words as a POSIX shell's quoting does, without expanding anything (Python's `shlex.split`).
enum CommandLine {
    /// - Throws: when a quote does not close or a backslash ends the text.
    static func split(_ text: String) throws -> [String] {
        var words: [String] = []
        var word = ""
        var inWord = false
        var quote: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch (quote, scalar) {
            case (nil, " "), (nil, "\t"), (nil, "\n"), (nil, "\r"):
                if inWord { words.append(word) }
                word = ""; inWord = false
            case (nil, "'"), (nil, "\""):
                quote = scalar; inWord = true
            case (nil, "\\"):
                guard let next = scalars.next() else { throw ModuleFailure("No escaped character") }
                word.unicodeScalars.append(next); inWord = true
            case ("'", "'"), ("\"", "\""):
                quote = nil
            case ("\"", "\\"):
                guard let next = scalars.next() else { throw ModuleFailure("No escaped character") }
                if next != "\"", next != "\\" { word.unicodeScalars.append("\\") }
                word.unicodeScalars.append(next)
            default:
                word.unicodeScalars.append(scalar); inWord = true
            }
        }
        guard quote == nil else { throw ModuleFailure("No closing quotation") }
        if inWord { words.append(word) }
        return words
    }
}
