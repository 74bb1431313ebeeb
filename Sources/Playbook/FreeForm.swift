import YAML

/// Reads a module's arguments written as one line of text: `apt: name=curl state=present`, `command: make chdir=/src`.
///
/// The rules are Ansible's: blanks part the words except inside quotes and inside `{{ }}`, `{% %}`, `{# #}`; a word
/// with an `=` is an
/// argument; its value loses its quotes, and `\n`, `\t`, `\xHH`, `\uHHHH` and their like in it are replaced. Command
/// modules take only a
/// few arguments of their own out of the line; the rest, with its blanks and line ends as written, becomes
/// `_raw_params`.
package enum FreeForm {
    package struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        package let problem: String
        package let remedy: String?
        /// Whether the words make no arguments for the module, where else the text can't be parted into words.
        package var isOfArguments = false
        package var description: String { remedy.map { "\(problem); \($0)" } ?? problem }
    }

    /// What a command line hands over to its module; anything else with an `=` in it belongs to the command.
    static let commandOptions: Set<String> = [
        "creates", "removes", "chdir", "executable", "stdin", "stdin_add_newline", "strip_empty_ends",
    ]

    /// - Parameter provenance: the line's, which its parts have, too.
    /// - Throws: `ParseError` when quotes or template braces do not close, or when words without `=` stand where only
    ///   pairs may.
    package static func parse(_ text: String, _ provenance: Provenance, spec: ModuleSpec) throws(ParseError) -> ValueMap
    {
        var arguments = ValueMap()
        var words: [String] = []
        for word in try split(text) {
            guard let (name, value) = pair(in: word), spec.freeForm != .command || commandOptions.contains(name) else {
                words.append(word)
                continue
            }
            arguments[name] = .string(value, provenance)
        }
        switch spec.freeForm {
        case .command:
            let command = joined(words)
            if !command.isEmpty { arguments["_raw_params"] = .string(command, provenance) }
        case .file:
            let file = unquoted(trimmed(joined(words)))
            if !file.isEmpty { arguments["_raw_params"] = .string(file, provenance) }
        case .pairs:
            let rest = trimmed(joined(words))
            if spec.acceptsAnyKey || rest.holdsTemplate {
                // A template that gives all arguments; `set_fact` takes any word.
                if !rest.isEmpty { arguments["_raw_params"] = .string(rest, provenance) }
            } else if let stray = words.first(where: { !$0.allSatisfy(\.isWhitespace) }) {
                throw ParseError(
                    problem: "'\(trimmed(stray))' is not key=value, and module '\(spec.name)' takes no free text",
                    remedy: "write the arguments as key: value lines", isOfArguments: true)
            }
        }
        return arguments
    }

    /// The line's words. Runs of blanks stay with the word before them, and line ends with the line's last word, so
    /// that `joined` gives the text back.
    static func split(_ text: String) throws(ParseError) -> [String] {
        var words: [String] = []
        var word = ""
        var hasWord = false
        var quote: Character?
        var depth = 0
        var previous: Character?
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            var taken = 1
            if quote == nil, character == "{", next == "{" || next == "%" || next == "#" {
                depth += 1
                taken = 2
            } else if quote == nil, depth > 0, character == "}" || character == "%" || character == "#", next == "}" {
                depth -= 1
                taken = 2
            } else if depth == 0, character == "\"" || character == "'", previous != "\\" {
                if quote == nil { quote = character } else if quote == character { quote = nil }
            } else if depth == 0, quote == nil, character == " " {
                if previous == " " || !hasWord {
                    if words.isEmpty { word.append(" ") } else { words[words.count - 1].append(" ") }
                } else {
                    words.append(word)
                    word = ""
                    hasWord = false
                }
                previous = character
                index += 1
                continue
            } else if depth == 0, quote == nil, character == "\n" {
                // The line's end belongs to its last word.
                if hasWord {
                    words.append(word + "\n")
                } else if words.isEmpty {
                    words.append("\n")
                } else {
                    words[words.count - 1].append("\n")
                }
                word = ""
                hasWord = false
                previous = character
                index += 1
                continue
            }
            for offset in 0..<taken { word.append(characters[index + offset]) }
            hasWord = true
            previous = character
            index += taken
        }
        guard quote == nil, depth == 0 else {
            throw ParseError(
                problem: "\(quote == nil ? "template braces" : "quotes") do not close in '\(text)'", remedy: nil)
        }
        if hasWord { words.append(word) }
        return words
    }

    private static func joined(_ words: [String]) -> String {
        var text = ""
        for word in words {
            if !text.isEmpty, !text.hasSuffix("\n") { text.append(" ") }
            text += word
        }
        return text
    }

    /// `name` and `value` of a word `name=value`; nil when the word has no `=` that counts (not the first character,
    /// not after a backslash).
    private static func pair(in word: String) -> (String, String)? {
        let characters = Array(word)
        guard
            let position = characters.indices.dropFirst().first(where: {
                characters[$0] == "=" && characters[$0 - 1] != "\\"
            })
        else { return nil }
        let name = trimmed(String(characters[..<position]))
        return (name, unquoted(trimmed(unescaped(String(characters[(position + 1)...])))))
    }

    private static func trimmed(_ text: String) -> String {
        var part = text[...]
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count > 1, let first = text.first, first == "\"" || first == "'", text.last == first,
            !text.dropLast().hasSuffix("\\")
        else { return text }
        return String(text.dropFirst().dropLast())
    }

    private static let simpleEscapes: [Character: Character] = [
        "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t",
        "v": "\u{b}",
    ]

    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\", let kind = rest.first else {
                result.append(character)
                continue
            }
            let digits: Int? =
                switch kind {
                case "x": 2
                case "u": 4
                case "U": 8
                default: nil
                }
            if let digits, let code = UInt32(rest.dropFirst().prefix(digits), radix: 16), rest.count > digits,
                let scalar = Unicode.Scalar(code)
            {
                result.unicodeScalars.append(scalar)
                rest.removeFirst(digits + 1)
            } else if let replacement = simpleEscapes[kind] {
                result.append(replacement)
                rest.removeFirst()
            } else {
                result.append(character)
            }
        }
        return result
    }
}
