import AnsibleVault
import Templating
import YAML

/// `-e`: `key=value` pairs, a JSON or YAML mapping, or `@file`.
package enum ExtraVariables {
    package static func parse(_ texts: [String], vault: VaultKeyring = .empty) throws(Diagnostics) -> ValueMap {
        var merged = ValueMap()
        for text in texts { merged.merge(try parse(text, vault)) }
        return merged
    }

    static func parse(_ text: String, _ vault: VaultKeyring = .empty) throws(Diagnostics) -> ValueMap {
        if text.hasPrefix("@") { return try VariableFile.load(String(text.dropFirst()), vault: vault) }
        if text.hasPrefix("{") || text.hasPrefix("[") {
            guard
                case .dict(let values) = try YAMLParser.parse(Array(text.utf8), file: "-e", isTrusted: true).root.value
            else {
                throw Diagnostics([
                    Diagnostic("-e takes a mapping, not a list", at: nil, remedy: "write -e '{\"name\": \"value\"}'")
                ])
            }
            return values
        }
        var values = ValueMap()
        for word in try words(of: text) {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw Diagnostics([
                    Diagnostic(
                        "-e has a word without '='", at: nil,
                        remedy: "write -e name=value, -e '{\"name\": …}' or -e @file.yml")
                ])
            }
            values[String(word[..<equals])] = .string(String(word[word.index(after: equals)...]), .trusted)
        }
        return values
    }

    /// Parted at blanks; quotes and backslashes keep a blank inside of a word. Blanks inside of `{{ }}` don't part.
    private static func words(of text: String) throws(Diagnostics) -> [String] {
        var words: [String] = []
        var word = ""
        var hasWord = false
        var quote: Character?
        var braces = 0
        var previous: Character = " "
        var isEscaped = false
        for character in text {
            if isEscaped {
                word.append(character)
                isEscaped = false
                continue
            }
            switch character {
            case "\\" where quote != "'":
                isEscaped = true
                hasWord = true
            case _ where quote == character: quote = nil
            case _ where (character == "'" || character == "\"") && quote == nil && braces == 0:
                quote = character
                hasWord = true
            case " ", "\t", "\n":
                if quote != nil || braces > 0 {
                    word.append(character)
                } else if hasWord {
                    words.append(word)
                    word = ""
                    hasWord = false
                }
            default:
                if character == "{" && previous == "{" { braces += 1 }
                if character == "}" && previous == "}" { braces = max(0, braces - 1) }
                word.append(character)
                hasWord = true
            }
            previous = character
        }
        guard quote == nil else {
            throw Diagnostics([Diagnostic("-e has a quote that is not closed", at: nil, remedy: "close it")])
        }
        if hasWord { words.append(word) }
        return words
    }
}
