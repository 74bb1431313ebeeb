import YAML

extension Object {
    /// Python's `str()`.
    func text(_ context: RenderContext) throws(TemplateError) -> String {
        switch self {
        case .string(let text): text
        case .deferred(let text): try context.renderDeferred(text).text(context)
        case .date(let date): date.isoText
        case .dateTime(let moment): moment.text(separator: " ")
        case .duration(let duration): DurationText.text(duration)
        default: try representation(context)
        }
    }

    /// Python's `repr()`.
    func representation(_ context: RenderContext) throws(TemplateError) -> String {
        switch self {
        case .none: return "None"
        case .bool(let flag): return flag ? "True" : "False"
        case .int(let number): return String(number)
        case .bigInt(let number): return String(number)
        case .double(let number): return FloatText.representation(number)
        case .string(let text): return PythonText.representation(text)
        case .deferred(let text): return try context.renderDeferred(text).representation(context)
        case .bytes(let bytes): return PythonText.representation(bytes: bytes)
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
            return "{" + parts.joined(separator: ", ") + "}"
        case .range(let range): return range.text
        case .omit: return "<<Omit>>"
        case .native(let object):
            guard let items = object.iterate() else { return object.text }
            return try Object.tuple(items).representation(context)
        case .undefined(let marker): if marker.isPlain { return "" } else { throw marker.error }
        }
    }

    private static func joined(_ items: [Object], _ context: RenderContext) throws(TemplateError) -> String {
        var parts: [String] = []
        for item in items { parts.append(try item.representation(context)) }
        return parts.joined(separator: ", ")
    }
}

/// Floats as Python writes them.
enum FloatText {
    /// The shortest text that reads back as the same number; `1e+16` from 16 digits on, `1e-05` below four zeros.
    static func representation(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        if number == 0 { return number.sign == .minus ? "-0.0" : "0.0" }
        var text = number.magnitude.description
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = String(text[..<mark])
        }
        var whole = text, fraction = ""
        if let dot = text.firstIndex(of: ".") {
            whole = String(text[..<dot])
            fraction = String(text[text.index(after: dot)...])
        }
        var digits = whole + fraction
        var point = whole.utf8.count + exponent
        while digits.hasPrefix("0"), digits.utf8.count > 1 { digits.removeFirst(); point -= 1 }
        while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
        let sign = number < 0 ? "-" : ""
        if point > 16 || point <= -4 {
            let power = point - 1
            let mantissa = digits.utf8.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
            let magnitude = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
            return "\(sign)\(mantissa)e\(power < 0 ? "-" : "+")\(magnitude)"
        }
        if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
        if digits.utf8.count <= point { return "\(sign)\(digits)\(String(repeating: "0", count: point - digits.utf8.count)).0" }
        return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }
}
