extension Filters {
    /// HTML's; task arguments and files are never escaped by themselves.
    static let markupFilters: [String: Operation] = [
        "escape": Operation { operand throws(TemplateError) in .string(Markup.escape(try operand.text())) },
        "e": Operation { operand throws(TemplateError) in .string(Markup.escape(try operand.text())) },
        "forceescape": Operation { operand throws(TemplateError) in .string(Markup.escape(try operand.text())) },
        "safe": Operation { operand throws(TemplateError) in .string(try operand.text()) },
        "striptags": Operation { operand throws(TemplateError) in .string(try Markup.withoutTags(operand.text())) },
        "xmlattr": Operation(["autospace"]) { operand throws(TemplateError) in
            guard case .dict(let dict) = operand.input else {
                throw .other("xmlattr requires a dictionary, got \(operand.input.typeName)")
            }
            var parts: [String] = []
            for (key, value) in try dict.pairs(operand.context) where !value.isNone && !value.isUndefined {
                let name = try key.object.text(operand.context)
                if name.contains(where: { $0.isWhitespace || "/>=".contains($0) }) {
                    throw .other("invalid character in attribute name")
                }
                parts.append("\(Markup.escape(name))=\"\(Markup.escape(try value.text(operand.context)))\"")
            }
            let text = parts.joined(separator: " ")
            return .string(try operand.flag(0, default: true) && !text.isEmpty ? " " + text : text)
        },
        "urlize": Operation(["trim_url_limit", "nofollow", "target", "rel"]) { operand throws(TemplateError) in
            var rel = Set((try operand.optionalText(3) ?? "").split(separator: " ").map(String.init)).union(["noopener"]
            )
            if try operand.flag(1) { rel.insert("nofollow") }
            let attributes =
                " rel=\"\(Markup.escape(rel.sorted().joined(separator: " ")))\""
                + (try operand.optionalText(2).map { " target=\"\(Markup.escape($0))\"" } ?? "")
            let links = try LinkedText(limit: operand[0]?.intValue, attributes: attributes)
            return .string(try links.text(operand.text()))
        },
        "pprint": Operation { operand throws(TemplateError) in
            .string(try operand.input.representation(operand.context))
        },
    ]
}

enum Markup {
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "'": result += "&#39;"
            case "\"": result += "&#34;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
    static func withoutTags(_ text: String) throws(TemplateError) -> String {
        let bare = try RegexCache.expression("(?s)<!--.*?-->|<[^>]*>").replacing(text) { _ in "" }.text
        let words = try PythonText.split(bare, nil).joined(separator: " ")
        return [
            ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", "\""), ("&quot;", "\""), ("&nbsp;", "\u{A0}"),
            ("&amp;", "&"),
        ].reduce(words) { $0.replacingText($1.0, with: $1.1) }
    }
}
