extension Filters {
    static let textFilters: [String: Operation] = [
        "upper": Operation { operand throws(TemplateError) in .string(try operand.text().uppercased()) },
        "lower": Operation { operand throws(TemplateError) in .string(try operand.text().lowercased()) },
        "capitalize": Operation { operand throws(TemplateError) in .string(PythonText.capitalized(try operand.text()))
        },
        "title": Operation { operand throws(TemplateError) in .string(jinjaTitle(try operand.text())) },
        "trim": Operation(["chars"]) { operand throws(TemplateError) in
            let set =
                if let chars = operand[0], !chars.isNone { Set(try operand.string(0).unicodeScalars) } else {
                    Set<UnicodeScalar>?.none
                }
            return .string(PythonText.trimmed(try operand.text(), set))
        },
        "replace": Operation(["old", "new", "count"], required: 2) { operand throws(TemplateError) in
            let limit = if let count = operand[2], !count.isNone { try operand.int(2) } else { -1 }
            return .string(try PythonText.replaced(operand.text(), operand.text(0), operand.text(1), limit: limit))
        },
        "split": Operation(["sep", "maxsplit"]) { operand throws(TemplateError) in
            guard case .string(let text, _) = operand.input else {
                throw .other("split expects a string, got \(operand.input.typeName)")
            }
            let separator: String? = if let value = operand[0], !value.isNone { try operand.string(0) } else { nil }
            return .strings(try PythonText.split(text, separator, limit: operand.int(1, default: -1)))
        },
        "join": Operation(["d", "attribute"]) { operand throws(TemplateError) in
            var parts: [String] = []
            for item in try operand.items() {
                let value =
                    if let attribute = operand[1], !attribute.isNone {
                        try AttributePath(attribute).value(of: item, operand.context)
                    } else { item }
                if case .undefined(let marker) = value, !marker.isPlain { throw marker.error }
                parts.append(try value.text(operand.context))
            }
            return .string(try BoundedText.joining(parts, operand.text(0)))
        },
        "format": Operation(rest: true, keywords: true) { operand throws(TemplateError) in
            guard operand.rest.isEmpty || operand.keywords.isEmpty else {
                throw .other("can't handle positional and keyword arguments at the same time")
            }
            if !operand.keywords.isEmpty {
                let dict = DictObject()
                for (name, value) in operand.keywords { dict.set(Key(.string(name)), value) }
                return .string(try PercentFormat.format(operand.text(), .dict(dict), operand.context))
            }
            return .string(try PercentFormat.format(operand.text(), .tuple(operand.rest), operand.context))
        },
        "length": length, "count": length,
        "wordcount": Operation { operand throws(TemplateError) in
            let text = try operand.text()
            var count = 0
            var isInWord = false
            for scalar in text.unicodeScalars {
                let isWord = PythonText.isAlphanumeric(scalar) || scalar == "_"
                if isWord, !isInWord { count += 1 }
                isInWord = isWord
            }
            return .int(count)
        },
        "quote": Operation { operand throws(TemplateError) in
            .string(ShellQuote.quote(operand.input.isNone ? "" : try operand.text()))
        },
        "attr": Operation(["name"], required: 1) { operand throws(TemplateError) in
            let name = try operand.string(0)
            if let found = try Attributes.find(name, of: operand.input, operand.context) { return found }
            return .undefined(Undefined(.attribute(typeName: operand.input.typeName, key: nil)))
        },
    ]

    private static let length = Operation { operand throws(TemplateError) in
        .int(try operand.input.length(operand.context))
    }

    /// Words begin after whitespace, hyphens and opening brackets.
    private static func jinjaTitle(_ text: String) -> String {
        var result = ""
        var starts = true
        for scalar in text.unicodeScalars {
            result += starts ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            starts = PythonText.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
        }
        return result
    }
}

/// Quoting for a POSIX shell, as Python's `shlex.quote`.
enum ShellQuote {
    static func quote(_ text: String) -> String {
        if text.isEmpty { return "''" }
        let isSafe = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte | 0x20) && byte < 0x80
                || "@%+=:,./-_".utf8.contains(byte)
        }
        return isSafe ? text : "'" + text.replacingText("'", with: "'\"'\"'") + "'"
    }
}

/// The `attribute` argument of filters: `a.b.0`, or an index.
struct AttributePath {
    private let steps: [Object]

    init(_ path: Object) {
        if case .string(let text, _) = path {
            steps = text.split(separator: ".", omittingEmptySubsequences: false).map { step in
                !step.isEmpty && step.utf8.allSatisfy { (48...57).contains($0) }
                    ? Int(step).map { .int($0) } ?? .string(String(step)) : .string(String(step))
            }
        } else {
            steps = [path]
        }
    }

    func value(
        of object: Object, default fallback: Object? = nil, _ context: RenderContext
    ) throws(TemplateError) -> Object {
        var value = object
        for step in steps {
            // The path may be a variable's value.
            value = try context.item(step, of: value, showsKey: false)
            if value.isUndefined, let fallback, !fallback.isNone { value = fallback }
        }
        return value
    }
}
