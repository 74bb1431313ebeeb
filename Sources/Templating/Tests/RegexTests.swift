extension TemplateTests {
    static let regexTests: [String: Operation] = [
        "match": Operation(["pattern", "ignorecase", "multiline"]) { operand throws(TemplateError) in
            try holds(operand, "match", flags: (1, 2))
        },
        "search": Operation(["pattern", "ignorecase", "multiline"]) { operand throws(TemplateError) in
            try holds(operand, "search", flags: (1, 2))
        },
        "regex": Operation(["pattern", "ignorecase", "multiline", "match_type"]) { operand throws(TemplateError) in
            try holds(operand, operand.text(3, default: "search"), flags: (1, 2))
        },
    ]

    private static func holds(_ operand: Operand, _ kind: String, flags: (Int, Int)) throws(TemplateError) -> Object {
        var options: PythonRegex.Options = []
        if try operand.flag(flags.0) { options.insert(.ignoreCase) }
        if try operand.flag(flags.1) { options.insert(.multiline) }
        let pattern = try operand.string(0)
        let text = try operand.text()
        switch kind {
        case "match":
            return .bool(try RegexCache.expression(pattern, options).firstMatch(in: text, anchored: true) != nil)
        case "search", "findall": return .bool(try RegexCache.expression(pattern, options).firstMatch(in: text) != nil)
        case "fullmatch":
            return .bool(try RegexCache.expression(full(pattern), options).firstMatch(in: text, anchored: true) != nil)
        default: throw .other("unknown match_type; use match, search or fullmatch")
        }
    }

    /// The pattern, to the end of the text; flags at its start stay there.
    private static func full(_ pattern: String) -> String {
        if pattern.hasPrefix("(?"), let close = pattern.firstIndex(of: ")"),
            pattern[..<close].dropFirst(2).allSatisfy(\.isLetter)
        {
            return "\(pattern[...close])(?:\(pattern[pattern.index(after: close)...]))\\Z"
        }
        return "(?:\(pattern))\\Z"
    }
}
