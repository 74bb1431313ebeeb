/// Splits a command line into words as a POSIX shell does, with quotes and backslashes and nothing else of a shell's language.
enum ShellWords {
    /// nil when a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = [], word: String?, quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (quote, character) {
            case ("'", "'"), ("\"", "\""):
                quote = nil
            case ("'", _):
                word?.append(character)
            case ("\"", "\\"):
                guard let next = characters.next() else { return nil }
                if next != "\"", next != "\\" { word?.append("\\") }
                word?.append(next)
            case ("\"", _):
                word?.append(character)
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, "\\"):
                guard let next = characters.next() else { return nil }
                word = (word ?? "") + String(next)
            case (nil, _) where character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let finished = word { words.append(finished) }
        return words
    }
}
