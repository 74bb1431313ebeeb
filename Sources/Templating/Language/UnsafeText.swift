public import YAML

/// `!unsafe` says that a text is no template whatever it holds.
extension Node {
    /// The value as playbooks and inventories mean it: a text with the tag `!unsafe` is a template that renders to itself.
    public var variableValue: Value { holdsUnsafeTemplate ? fenced : value }

    private var holdsUnsafeTemplate: Bool {
        switch content {
        case .scalar: tag == "!unsafe" && value.string.map(TemplateText.mayBeTemplate) == true
        case .sequence(let items): items.contains(where: \.holdsUnsafeTemplate)
        case .mapping(let entries): entries.contains { $0.value.holdsUnsafeTemplate }
        }
    }

    private var fenced: Value {
        switch content {
        case .scalar: return holdsUnsafeTemplate ? .string(TemplateText.fenced(value.string ?? "")) : value
        case .sequence(let items): return .list(items.map(\.fenced))
        case .mapping(let entries):
            guard case .dict = value else { return value }
            var map = ValueMap()
            for entry in entries { map[entry.key.value] = entry.value.fenced }
            return .dict(map)
        }
    }
}

extension Value {
    /// The value with its `!unsafe` texts as they were written, for showing it.
    public var unfenced: Value {
        switch self {
        case .string(let text): .string(TemplateText.unfenced(text) ?? text)
        case .list(let items): .list(items.map(\.unfenced))
        case .dict(let map): .dict(ValueMap(map.pairs.mapValues(\.unfenced)))
        default: self
        }
    }
}

extension TemplateText {
    /// Ends a text that was fenced; as a comment it is nothing.
    private static let mark = "{#!unsafe#}"

    /// A template that renders to `text`: what would open a block, comment or expression stands in a literal.
    static func fenced(_ text: String) -> String {
        var result = "", rest = text.unicodeScalars[...]
        while let brace = rest.firstIndex(of: "{") {
            result += String(rest[..<brace])
            let opening = String(rest[brace...].prefix(2))
            // A brace at the end would make an opening together with the mark.
            result += mayBeTemplate(opening) || opening == "{" ? literal(opening) : "{"
            rest = rest[brace...].dropFirst(mayBeTemplate(opening) ? 2 : 1)
        }
        return result + String(rest) + mark
    }

    /// nil for a text that was not fenced.
    static func unfenced(_ text: String) -> String? {
        guard text.hasSuffix(mark) else { return nil }
        return ["{{", "{%", "{#", "{"].reduce(String(text.dropLast(mark.count))) { $0.replacingText(literal($1), with: $1) }
    }

    private static func literal(_ opening: String) -> String { "{{ '\(opening)' }}" }
}
