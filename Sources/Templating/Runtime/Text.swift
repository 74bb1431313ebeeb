import YAML

extension Object {
    /// Python's `str()`.
    func text(_ context: RenderContext) throws(TemplateError) -> String {
        switch self {
        case .string(let text, let provenance):
            context.spelled(text, provenance)
            return text
        case .deferred(let text, let provenance): return try context.renderDeferred(text, provenance).text(context)
        case .date(let date): return date.isoText
        case .dateTime(let moment): return moment.text(separator: " ")
        case .duration(let duration): return DurationText.text(duration)
        default: return try representation(context)
        }
    }

    /// Python's `repr()`.
    func representation(_ context: RenderContext) throws(TemplateError) -> String {
        try context.step()
        spell(in: context)
        switch self {
        case .none: return "None"
        case .bool(let flag, _): return flag ? "True" : "False"
        case .int(let number, _): return String(number)
        case .bigInt(let number, _):
            let text = number.bitWidth > Bounds.digits * 4 ? "" : String(number)
            guard !text.isEmpty, text.utf8.count - (number < 0 ? 1 : 0) <= Bounds.digits else {
                throw .other("Exceeds the limit (\(Bounds.digits) digits) for integer string conversion")
            }
            return text
        case .double(let number, _): return Value.pythonRepr(of: number)
        case .string(let text, _): return Value.pythonRepr(of: text)
        case .deferred(let text, let provenance):
            return try context.renderDeferred(text, provenance).representation(context)
        case .bytes(let bytes): return Value.pythonRepr(of: bytes)
        case .date(let date): return "datetime.date(\(date.year), \(date.month), \(date.day))"
        case .dateTime(let moment): return moment.representation
        case .duration(let duration): return DurationText.representation(duration)
        case .list(let list): return "[" + (try Object.joined(list.items(context), context)) + "]"
        case .tuple(let items): return "(" + (try Object.joined(items, context)) + (items.count == 1 ? ",)" : ")")
        case .set(let items): return items.isEmpty ? "set()" : "{" + (try Object.joined(items, context)) + "}"
        case .dict(let dict):
            var parts: [String] = []
            for (key, value) in try dict.pairs(context) {
                parts.append(try key.object.representation(context) + ": " + value.representation(context))
            }
            return "{" + (try BoundedText.joining(parts, ", ")) + "}"
        case .range(let range): return range.text
        case .omit: return "<<Omit>>"
        case .native(let object):
            if let module = object as? ModuleObject { context.spelled(module.text, module.provenance) }
            guard let items = object.iterate() else { return object.text }
            return try Object.tuple(items).representation(context)
        case .undefined(let marker): if marker.isPlain { return "" } else { throw marker.error }
        }
    }

    private static func joined(_ items: [Object], _ context: RenderContext) throws(TemplateError) -> String {
        var parts: [String] = []
        for item in items { parts.append(try item.representation(context)) }
        return try BoundedText.joining(parts, ", ")
    }
}
