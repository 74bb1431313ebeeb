import YAML

extension Filters {
    static let jsonFilters: [String: Operation] = [
        "to_json": Operation(keywords: true) { operand throws(TemplateError) in
            var json = JSONText()
            try json.set(operand.keywords, operand.context)
            return .string(try json.text(operand.input, operand.context))
        },
        "to_nice_json": Operation(["indent", "sort_keys"], keywords: true) { operand throws(TemplateError) in
            var json = JSONText(
                indent: try JSONText.indent(operand[0] ?? .int(4)), sortsKeys: try operand.flag(1, default: true))
            try json.set(operand.keywords, operand.context)
            return .string(try json.text(operand.input, operand.context))
        },
        "from_json": Operation(keywords: true) { operand throws(TemplateError) in
            let bytes: [UInt8]
            switch operand.input {
            case .string(let text, _): bytes = Array(text.utf8)
            case .bytes(let raw): bytes = raw
            default: throw .other("the JSON object must be str, bytes or bytearray, not \(operand.input.typeName)")
            }
            return try parsed { () throws(Diagnostics) in Object(try JSON.parse(bytes)) }
        },
    ]

    /// A parser's complaint, without the place: it is within a value.
    static func parsed(_ parse: () throws(Diagnostics) -> Object) throws(TemplateError) -> Object {
        do throws(Diagnostics) {
            return try parse()
        } catch {
            guard let first = error.all.first else { throw .other("the text cannot be read") }
            throw .other(
                "the text cannot be read: \(first.problem)"
                    + (first.mark.map { " (line \($0.line), column \($0.column))" } ?? ""))
        }
    }
}

/// JSON as Python's `json.dumps` writes it.
struct JSONText {
    /// What each level of nesting puts before a line; nil: all on one line.
    var indent: String?
    var sortsKeys = false
    var isASCII = true
    var itemSeparator: String?, keySeparator = ": "

    init(indent: String? = nil, sortsKeys: Bool = false) {
        self.indent = indent
        self.sortsKeys = sortsKeys
    }

    static func indent(_ value: Object) throws(TemplateError) -> String? {
        switch value {
        case .none: return nil
        case .string(let text, _): return text
        default:
            guard let count = value.intValue else {
                throw .other("'\(value.typeName)' object cannot be interpreted as an integer")
            }
            return try BoundedText.repeating(" ", count)
        }
    }

    mutating func set(_ keywords: [(name: String, value: Object)], _ context: RenderContext) throws(TemplateError) {
        for (name, value) in keywords {
            switch name {
            case "indent": indent = try JSONText.indent(value)
            case "sort_keys": sortsKeys = try value.isTrue(context)
            case "ensure_ascii": isASCII = try value.isTrue(context)
            case "separators":
                let parts = try value.definedItems(context)
                guard parts.count == 2 else { throw .other("separators needs two texts") }
                guard case .string(let items, _) = parts[0], case .string(let keys, _) = parts[1] else {
                    throw .other("separators needs two texts")
                }
                for part in parts { part.spell(in: context) }
                (itemSeparator, keySeparator) = (items, keys)
            case "vault_to_text", "preprocess_unsafe", "skipkeys", "allow_nan", "check_circular", "default", "cls":
                break
            default:
                throw .other(
                    "unexpected keyword argument '\(name)'"
                        + Suggestion.text(for: name, among: ["indent", "sort_keys", "ensure_ascii", "separators"]))
            }
        }
    }

    func text(_ object: Object, _ context: RenderContext) throws(TemplateError) -> String {
        var result = ""
        try write(object, level: 0, &result, context)
        return result
    }

    private func write(
        _ object: Object, level: Int, _ result: inout String, _ context: RenderContext
    ) throws(TemplateError) {
        try context.step()
        guard result.utf8.count <= Bounds.text else { throw .tooLargeText }
        object.spell(in: context)
        switch object {
        case .none: result += "null"
        case .bool(let flag, _): result += flag ? "true" : "false"
        case .int(let number, _): result += String(number)
        case .bigInt(let number, _): result += String(number)
        case .double(let number, _):
            result +=
                number.isNaN
                ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : Value.pythonRepr(of: number)
        case .string(let text, _): quote(text, &result)
        case .date(let date): quote(date.isoText, &result)
        case .dateTime(let moment): quote(moment.text(separator: "T"), &result)
        case .list, .tuple, .set, .range: try writeItems(object.items(context), level, &result, context)
        case .dict(let dict): try writePairs(dict, level, &result, context)
        case .deferred(let text, let provenance):
            try write(context.renderDeferred(text, provenance), level: level, &result, context)
        case .undefined(let marker): throw marker.error
        case .native(let native):
            guard let items = native.iterate() else {
                throw .other("Object of type \(object.typeName) is not JSON serializable")
            }
            try writeItems(items, level, &result, context)
        case .bytes, .duration, .omit: throw .other("Object of type \(object.typeName) is not JSON serializable")
        }
    }

    private func newline(_ level: Int, _ result: inout String) throws(TemplateError) {
        guard let indent else { return }
        result += "\n" + (try BoundedText.repeating(indent, level))
        guard result.utf8.count <= Bounds.text else { throw .tooLargeText }
    }
    private var separator: String { itemSeparator ?? (indent == nil ? ", " : ",") }

    private func writeItems(
        _ items: [Object], _ level: Int, _ result: inout String, _ context: RenderContext
    ) throws(TemplateError) {
        if items.isEmpty {
            result += "[]"
            return
        }
        result += "["
        for (index, item) in items.enumerated() {
            if index > 0 { result += separator }
            try newline(level + 1, &result)
            try write(item, level: level + 1, &result, context)
        }
        try newline(level, &result)
        result += "]"
    }

    private func writePairs(
        _ dict: DictObject, _ level: Int, _ result: inout String, _ context: RenderContext
    ) throws(TemplateError) {
        var pairs: [(key: Object, value: Object)] = try dict.pairs(context).map { ($0.key.object, $0.value) }
        if pairs.isEmpty {
            result += "{}"
            return
        }
        if sortsKeys {
            let sorted = try Sorting.sorted(pairs.indices.map { .int($0) }, context) { index throws(TemplateError) in
                pairs[index.intValue ?? 0].key
            }
            pairs = sorted.map { pairs[$0.intValue ?? 0] }
        }
        result += "{"
        for (index, pair) in pairs.enumerated() {
            if index > 0 { result += separator }
            try newline(level + 1, &result)
            switch pair.key {
            case .string(let name, _):
                pair.key.spell(in: context)
                quote(name, &result)
            case .none, .bool, .int, .bigInt, .double:
                result += "\""
                try write(pair.key, level: 0, &result, context)
                result += "\""
            default: throw .other("keys must be str, int, float, bool or None, not \(pair.key.typeName)")
            }
            result += keySeparator
            try write(pair.value, level: level + 1, &result, context)
        }
        try newline(level, &result)
        result += "}"
    }

    private func quote(_ text: String, _ result: inout String) { result += JSON.quoted(text, ascii: isASCII) }
}
