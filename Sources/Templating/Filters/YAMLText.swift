import YAML

/// YAML as PyYAML's dumper over libyaml writes it: the rules of that emitter for indentation, flow style, quoting and
/// folding.
struct YAMLText {
    enum Flow { case always, never, leaves }
    var indent = 2, width = 80, sortsKeys = true
    var flow = Flow.leaves
    var escapesUnicode = false
    var isExplicitStart = false, isExplicitEnd = false
    /// `|`, `>`, `'` or `"` for every string.
    var style: Character?

    mutating func set(_ keywords: [(name: String, value: Object)], _ context: RenderContext) throws(TemplateError) {
        for (name, value) in keywords {
            switch name {
            case "indent": if let number = value.intValue { indent = number }
            case "width":
                if let number = value.intValue {
                    width = number
                } else if case .double(let number, _) = value {
                    width = Int(exactly: number.rounded()) ?? .max
                }
            case "sort_keys": sortsKeys = try value.isTrue(context)
            case "default_flow_style": flow = value.isNone ? .leaves : try value.isTrue(context) ? .always : .never
            case "allow_unicode": escapesUnicode = try !value.isTrue(context)
            case "explicit_start": isExplicitStart = try value.isTrue(context)
            case "explicit_end": isExplicitEnd = try value.isTrue(context)
            case "default_style": if case .string(let text, _) = value { style = text.first }
            case "canonical", "version", "tags":
                if try value.isTrue(context) { throw .other("'\(name)' is not supported") }
            case "vault_to_text", "line_break", "encoding", "dump_vault_tags": break
            default:
                throw .other(
                    "unexpected keyword argument '\(name)'"
                        + Suggestion.text(
                            for: name, among: ["indent", "width", "sort_keys", "default_flow_style", "explicit_start"]))
            }
        }
    }

    func text(_ object: Object, _ context: RenderContext) throws(TemplateError) -> String {
        let root = try node(object, context)
        var emitter = YAMLEmitter(
            indent: (2...9).contains(indent) ? indent : 2, width: width > indent.saturatingProduct(2) ? width : 80,
            escapesUnicode: escapesUnicode)
        if isExplicitStart { emitter.write("---") }
        emitter.document(root)
        if isExplicitEnd { emitter.raw("...\n") }
        return emitter.output
    }

    private func node(_ object: Object, _ context: RenderContext) throws(TemplateError) -> YAMLEmitter.Node {
        try context.step()
        object.spell(in: context)
        switch object {
        case .none: return plain("null")
        case .bool(let flag, _): return plain(flag ? "true" : "false")
        case .int(let number, _): return plain(String(number))
        case .bigInt(let number, _): return plain(String(number))
        case .double(let number, _): return plain(float(number))
        case .string(let text, _):
            return .scalar(text, style: style.map { .forced($0) } ?? (ScalarMeaning.isString(text) ? .plain : .quoted))
        case .date(let date): return plain(date.isoText)
        case .dateTime(let moment): return plain(moment.text(separator: " "))
        case .list, .tuple:
            var items: [YAMLEmitter.Node] = []
            for item in try object.definedItems(context) { items.append(try node(item, context)) }
            return .sequence(items, isFlow: isFlow(items))
        case .set(let values):
            var pairs: [(YAMLEmitter.Node, YAMLEmitter.Node)] = []
            for value in values { pairs.append((try node(value, context), plain("null"))) }
            return .mapping(pairs, isFlow: isFlow(pairs.flatMap { [$0, $1] }), tag: "!!set")
        case .dict(let dict):
            var entries: [(key: Object, value: Object)] = try dict.pairs(context).map { ($0.key.object, $0.value) }
            if sortsKeys,
                let order = try? Sorting.sorted(
                    entries.indices.map { .int($0) }, context,
                    by: { index throws(TemplateError) in entries[index.intValue ?? 0].key })
            {
                entries = order.map { entries[$0.intValue ?? 0] }
            }
            var pairs: [(YAMLEmitter.Node, YAMLEmitter.Node)] = []
            for (key, value) in entries { pairs.append((try node(key, context), try node(value, context))) }
            return .mapping(pairs, isFlow: isFlow(pairs.flatMap { [$0, $1] }), tag: nil)
        case .deferred(let text, let provenance): return try node(context.renderDeferred(text, provenance), context)
        case .undefined(let marker): throw marker.error
        case .native(let native):
            guard let items = native.iterate() else {
                throw .other("cannot represent a value of type '\(object.typeName)'")
            }
            return try node(.list(items), context)
        case .bytes(let bytes): return .scalar(Base64.encode(bytes), style: .plain)
        case .duration, .range, .omit: throw .other("cannot represent a value of type '\(object.typeName)'")
        }
    }

    private func plain(_ text: String) -> YAMLEmitter.Node {
        .scalar(text, style: style.map { $0 == "\"" || $0 == "'" ? .forced($0) : .plain } ?? .plain)
    }
    private func isFlow(_ children: [YAMLEmitter.Node]) -> Bool {
        switch flow {
        case .always: true
        case .never: children.isEmpty
        case .leaves:
            children.allSatisfy {
                if case .scalar(_, .plain) = $0 { true } else if case .scalar(_, .quoted) = $0 { true } else { false }
            }
        }
    }
    private func float(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        let text = Value.pythonRepr(of: number)
        // YAML 1.1 takes a number for a float only with a dot in it.
        guard !text.contains("."), let mark = text.firstIndex(of: "e") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }
}

/// What a plain scalar would be read as, by YAML 1.1's rules.
enum ScalarMeaning {
    static func isString(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            UInt8(ascii: "~"):
            return !words.contains(text)
        case UInt8(ascii: "="), UInt8(ascii: "<"): return text != "=" && text != "<<"
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return !isNumberOrTime(text)
        default: return true
        }
    }
    private static let words: Set<String> = [
        "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON",
        "off", "Off", "OFF", "~", "null", "Null", "NULL",
    ]
    private static let pattern = """
        [-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+\
        |[-+]?(?:[0-9][0-9_]*)\\.[0-9_]*(?:[eE][-+][0-9]+)?|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*\
        |[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)\
        |[0-9]{4}-[0-9]{2}-[0-9]{2}\
        |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:[ \\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?
        """
    private static func isNumberOrTime(_ text: String) -> Bool {
        // The pattern is the program's own; should it fail to compile, quoting more than needed is the safe side.
        do { return try RegexCache.expression("(?:\(pattern))\\Z").firstMatch(in: text, anchored: true) != nil } catch {
            return true
        }
    }
}
