import YAML

/// What a keyword's template may give.
extension KeywordSpec {
    /// What is wrong with it; nil when it will do. Null and `omit` will: the keyword is then as if it were not there.
    package func problem(with value: Value) -> String? {
        guard !value.isNull, value != .omit, !accepts(value) else { return nil }
        let given = value.provenance.isSecret ? "a secret value" : value.string.map { "'\($0)'" } ?? value.kindInWords
        return "'\(name)' is \(type.words), and its template gives \(given)"
    }

    private func accepts(_ value: Value) -> Bool {
        switch type {
        case .flag: ArgumentBinder.bool(value) != nil
        case .number: Self.number(value) != nil
        case .percentage: Self.percentage(value) != nil
        case .choice(let words, _, _): value.string.map { words.contains($0) } ?? false
        case .variable: value.string.map(PlaybookReader.isIdentifier) ?? false
        default: true
        }
    }

    /// A number, also one in a text; nil for all else, and for what is no number at all.
    package static func number(_ value: Value) -> Double? {
        guard value.bool == nil, let number = ArgumentBinder.double(value), !number.isNaN else { return nil }
        return number
    }

    /// A number, with or without a sign `%` behind it.
    package static func percentage(_ value: Value) -> Double? {
        if let text = value.string, text.hasSuffix("%") {
            number(.string(String(text.dropLast())))
        } else {
            number(value)
        }
    }
}

extension KeywordSpec.Kind {
    /// After 'is', and in docs/keywords.md.
    package var words: String {
        switch self {
        case .flag: "yes or no"
        case .number: "a number"
        case .percentage: "a percentage"
        case .text: "a text"
        case .name: "a name"
        case .names: "a name or a list of names"
        case .variable: "the name of a variable"
        case .choice(let words, _, _): "one of " + words.joined(separator: ", ")
        case .shares: "a count or a percentage, or a list of them"
        case .pattern: "a pattern or a list of them"
        case .conditions: "a condition or a list of them"
        case .variables: "a mapping of names to values"
        case .files: "a path or a list of them"
        case .items: "a list"
        case .arguments: "a mapping of arguments"
        case .anything: "any value"
        case .environment: "a mapping of names to values, or a list of them"
        case .moduleDefaults: "a mapping of modules to arguments"
        case .loopControl: "a mapping (see below)"
        case .prompts: "a list of mappings (see below)"
        case .tasks: "a list of tasks"
        case .handlers: "a list of handlers"
        case .roles: "a list of roles"
        }
    }
}
