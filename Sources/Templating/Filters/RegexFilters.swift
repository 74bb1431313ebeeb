extension Filters {
    static let regexFilters: [String: Operation] = [
        "regex_replace": Operation(["pattern", "replacement", "ignorecase", "multiline", "count", "mandatory_count"]) {
            operand throws(TemplateError) in
            let expression = try RegexCache.expression(
                operand.string(0), options(ignoreCase: operand.flag(2), multiline: operand.flag(3)))
            let replacement = try RegexReplacement(operand.string(1), for: expression)
            let (text, count) = try expression.replacing(operand.text(), limit: operand.int(4)) {
                replacement.text(for: $0)
            }
            let wanted = try operand.int(5)
            if wanted > 0, count != wanted {
                throw .other("the pattern should match \(wanted) times, but matches \(count) times")
            }
            return .string(text)
        },
        "regex_search": Operation(["regex"], required: 1, rest: true, keywords: true) { operand throws(TemplateError) in
            var flags: PythonRegex.Options = []
            for (name, value) in operand.keywords {
                switch name {
                case "ignorecase": if try value.isTrue(operand.context) { flags.insert(.ignoreCase) }
                case "multiline": if try value.isTrue(operand.context) { flags.insert(.multiline) }
                default:
                    throw .other(
                        "unexpected keyword argument '\(name)'"
                            + Suggestion.text(for: name, among: ["ignorecase", "multiline"]))
                }
            }
            let expression = try RegexCache.expression(operand.string(0), flags)
            // What the arguments say counts only where there is a match, except for their form.
            let match = try expression.firstMatch(in: operand.text())
            var groups: [Int] = []
            for argument in operand.rest {
                guard case .string(let text, _) = argument else {
                    throw .other("a group is named by a string, not \(argument.typeName)")
                }
                if text.hasPrefix("\\g<"), text.hasSuffix(">") {
                    let name = String(text.dropFirst(3).dropLast())
                    guard let number = Int(name) ?? expression.groupNames[name] ?? (match == nil ? 0 : nil) else {
                        throw .other("no such group in the expression")
                    }
                    groups.append(number)
                } else if text.hasPrefix("\\"), let number = Int(text.dropFirst().prefix { $0.isASCII && $0.isNumber })
                {
                    groups.append(number)
                } else {
                    throw .other("unknown argument; groups are named '\\\\1' or '\\\\g<name>'")
                }
            }
            guard let match else { return .none }
            guard groups.allSatisfy({ $0 <= expression.groupCount }) else { throw .other("no such group") }
            if groups.isEmpty { return .string(match.groups[0] ?? "") }
            return .list(groups.map { match.groups[$0].map { .string($0) } ?? .none })
        },
        "regex_findall": Operation(["regex", "multiline", "ignorecase"], required: 1) { operand throws(TemplateError) in
            let expression = try RegexCache.expression(
                operand.string(0), options(ignoreCase: operand.flag(2), multiline: operand.flag(1)))
            return .list(
                try expression.matches(in: operand.text()).map { match in
                    switch expression.groupCount {
                    case 0: .string(match.groups[0] ?? "")
                    case 1: .string(match.groups[1] ?? "")
                    default: .tuple(match.groups.dropFirst().map { .string($0 ?? "") })
                    }
                })
        },
        "regex_escape": Operation(["re_type"]) { operand throws(TemplateError) in
            let text = try operand.text()
            switch try operand.text(0, default: "python") {
            case "python": return .string(escaped(text, Set(" \t\n\r\u{0B}\u{0C}#$&()*+-.?[\\]^{|}~".unicodeScalars)))
            case "posix_basic": return .string(escaped(text, Set("].[^$*\\".unicodeScalars)))
            case "posix_extended": throw .other("Regex type (posix_extended) not yet implemented")
            default: throw .other("invalid regex type; use python or posix_basic")
            }
        },
    ]

    private static func options(ignoreCase: Bool, multiline: Bool) -> PythonRegex.Options {
        var options: PythonRegex.Options = []
        if ignoreCase { options.insert(.ignoreCase) }
        if multiline { options.insert(.multiline) }
        return options
    }
    private static func escaped(_ text: String, _ special: Set<UnicodeScalar>) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if special.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
