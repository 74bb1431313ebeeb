import YAML

/// `str`.
enum StringMethods {
    private typealias Body = @Sendable (String, CallArguments, RenderContext) throws(TemplateError) -> Object

    private static func method(_ body: @escaping Body) -> Attributes.Method {
        { object, arguments, context throws(TemplateError) in
            guard case .string(let text, _) = object else { return .none }
            return try body(text, arguments, context)
        }
    }
    private static func plain(_ change: @escaping @Sendable (String) -> String) -> Attributes.Method {
        method { text, arguments, _ throws(TemplateError) in
            guard arguments.isEmpty else { throw .other("takes no arguments (\(arguments.positional.count) given)") }
            return .string(change(text))
        }
    }
    private static func question(_ holds: @escaping @Sendable (String) -> Bool) -> Attributes.Method {
        method { text, _, _ throws(TemplateError) in .bool(holds(text)) }
    }
    private static func padding(
        _ pad: @escaping @Sendable (String, Int, UnicodeScalar) throws(TemplateError) -> String
    ) -> Attributes.Method {
        method { text, arguments, _ throws(TemplateError) in
            let fill = try arguments.optionalText(1, "fillchar") ?? " "
            guard let scalar = fill.unicodeScalars.first, fill.unicodeScalars.count == 1 else {
                throw .other("The fill character must be exactly one character long")
            }
            _ = try arguments.required(0, "width")
            return .string(try pad(text, arguments.int(0, "width", default: 0), scalar))
        }
    }
    private static func strip(left: Bool, right: Bool) -> Attributes.Method {
        method { text, arguments, _ throws(TemplateError) in
            .string(
                PythonText.trimmed(
                    text, try arguments.optionalText(0, "chars").map { Set($0.unicodeScalars) }, left: left,
                    right: right))
        }
    }

    /// `start` and `end` arguments, as code points.
    private static func bounds(
        _ text: String, _ arguments: CallArguments
    ) throws(TemplateError) -> (text: String, offset: Int, isWithin: Bool) {
        let count = PythonText.count(text)
        func resolve(_ index: Int, _ name: String, _ fallback: Int) throws(TemplateError) -> Int {
            guard let value = arguments.optional(index, name), !value.isNone else { return fallback }
            guard let number = value.intValue else { throw .other("slice indices must be integers or None") }
            return number < 0 ? max(0, number + count) : number
        }
        let start = try resolve(1, "start", 0)
        let end = min(try resolve(2, "end", count), count)
        return (PythonText.slice(text, start, end), start, start <= end)
    }

    private static func position(_ text: String, _ arguments: CallArguments, last: Bool) throws(TemplateError) -> Int? {
        let part = try arguments.text(0, "sub")
        let (range, offset, isWithin) = try bounds(text, arguments)
        guard isWithin else { return nil }
        let haystack = Array(range.unicodeScalars)
        let needle = Array(part.unicodeScalars)
        guard needle.count <= haystack.count else { return nil }
        let starts = 0...(haystack.count - needle.count)
        func matches(_ start: Int) -> Bool { haystack[start..<(start + needle.count)].elementsEqual(needle) }
        return (last ? starts.last(where: matches) : starts.first(where: matches)).map { $0 + offset }
    }

    private static func affix(_ holds: @escaping @Sendable (String, String) -> Bool) -> Attributes.Method {
        method { text, arguments, context throws(TemplateError) in
            let affix = try arguments.required(0, "prefix")
            let (range, _, isWithin) = try bounds(text, arguments)
            guard isWithin else { return .bool(false) }
            if case .tuple(let choices) = affix {
                for case .string(let choice, _) in choices where holds(range, choice) { return .bool(true) }
                return .bool(false)
            }
            guard case .string(let part, _) = affix else {
                throw .other("first arg must be str or a tuple of str, not \(affix.typeName)")
            }
            return .bool(holds(range, part))
        }
    }

    private static func partition(last: Bool) -> Attributes.Method {
        method { text, arguments, _ throws(TemplateError) in
            let separator = try arguments.text(0, "sep")
            let parts =
                last
                ? try PythonText.splitFromRight(text, separator, limit: 1)
                : try PythonText.split(text, separator, limit: 1)
            if parts.count == 2 { return .tuple([.string(parts[0]), .string(separator), .string(parts[1])]) }
            return .tuple(
                last ? [.string(""), .string(""), .string(text)] : [.string(text), .string(""), .string("")])
        }
    }

    static let table: [String: Attributes.Method] = [
        "lower": plain { $0.lowercased() }, "upper": plain { $0.uppercased() }, "casefold": plain { $0.caseFolded },
        "title": plain(PythonText.title), "capitalize": plain(PythonText.capitalized),
        "swapcase": plain(PythonText.swapCase),
        "strip": strip(left: true, right: true), "lstrip": strip(left: true, right: false),
        "rstrip": strip(left: false, right: true),
        "ljust": padding { (text, width, fill) throws(TemplateError) in
            try PythonText.padded(text, to: width, fill, alignment: "<")
        },
        "rjust": padding { (text, width, fill) throws(TemplateError) in
            try PythonText.padded(text, to: width, fill, alignment: ">")
        },
        "center": padding { (text, width, fill) throws(TemplateError) in try PythonText.centered(text, width, fill) },
        "zfill": method { text, arguments, _ throws(TemplateError) in
            let width = try arguments.int(0, "width", default: 0)
            let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.prefix(1)) : ""
            return .string(
                sign
                    + (try PythonText.padded(
                        String(text.dropFirst(sign.count)), to: max(width, 0) - sign.count, "0", alignment: ">")))
        },
        "split": method { text, arguments, _ throws(TemplateError) in
            .strings(
                try PythonText.split(
                    text, arguments.optionalText(0, "sep"), limit: arguments.int(1, "maxsplit", default: -1)))
        },
        "rsplit": method { text, arguments, _ throws(TemplateError) in
            .strings(
                try PythonText.splitFromRight(
                    text, arguments.optionalText(0, "sep"), limit: arguments.int(1, "maxsplit", default: -1)))
        },
        "splitlines": method { text, arguments, context throws(TemplateError) in
            .strings(
                PythonText.splitLines(text, keepEnds: try arguments.optional(0, "keepends")?.isTrue(context) ?? false))
        },
        "partition": partition(last: false), "rpartition": partition(last: true),
        "join": method { text, arguments, context throws(TemplateError) in
            var parts: [String] = []
            for (index, item) in try arguments.required(0, "iterable").definedItems(context).enumerated() {
                guard case .string(let part, _) = item else {
                    throw .other("sequence item \(index): expected str instance, \(item.typeName) found")
                }
                item.spell(in: context)
                parts.append(part)
            }
            return .string(try BoundedText.joining(parts, text))
        },
        "replace": method { text, arguments, _ throws(TemplateError) in
            .string(
                try PythonText.replaced(
                    text, arguments.text(0, "old"), arguments.text(1, "new"),
                    limit: arguments.int(2, "count", default: -1)))
        },
        "removeprefix": method { text, arguments, _ throws(TemplateError) in
            let prefix = try arguments.text(0, "prefix")
            return .string(
                text.utf8.starts(with: prefix.utf8) ? PythonText.text(text.utf8.dropFirst(prefix.utf8.count)) : text)
        },
        "removesuffix": method { text, arguments, _ throws(TemplateError) in
            let suffix = try arguments.text(0, "suffix")
            return .string(
                !suffix.isEmpty && text.utf8.reversed().starts(with: suffix.utf8.reversed())
                    ? PythonText.text(text.utf8.dropLast(suffix.utf8.count)) : text)
        },
        "startswith": affix { $0.utf8.starts(with: $1.utf8) },
        "endswith": affix { $0.utf8.reversed().starts(with: $1.utf8.reversed()) },
        "find": method { text, arguments, _ throws(TemplateError) in
            .int(try position(text, arguments, last: false) ?? -1)
        },
        "rfind": method { text, arguments, _ throws(TemplateError) in
            .int(try position(text, arguments, last: true) ?? -1)
        },
        "index": method { text, arguments, _ throws(TemplateError) in
            guard let found = try position(text, arguments, last: false) else { throw .other("substring not found") }
            return .int(found)
        },
        "rindex": method { text, arguments, _ throws(TemplateError) in
            guard let found = try position(text, arguments, last: true) else { throw .other("substring not found") }
            return .int(found)
        },
        "count": method { text, arguments, _ throws(TemplateError) in
            let (range, _, isWithin) = try bounds(text, arguments)
            let part = try arguments.text(0, "sub")
            guard isWithin else { return .int(0) }
            return .int(part.isEmpty ? PythonText.count(range) + 1 : try PythonText.split(range, part).count - 1)
        },
        "format": method { text, arguments, context throws(TemplateError) in
            .string(try BraceFormat.format(text, arguments, context))
        },
        "format_map": method { text, arguments, context throws(TemplateError) in
            guard case .dict(let dict) = try arguments.required(0, "mapping") else {
                throw .other("format_map() needs a mapping")
            }
            var keywords: [(name: String, value: Object)] = []
            for (key, value) in try dict.pairs(context) {
                if case .string(let name, _) = key.object { keywords.append((name, value)) }
            }
            return .string(try BraceFormat.format(text, CallArguments(keywords: keywords), context))
        },
        "encode": method { text, arguments, _ throws(TemplateError) in
            .bytes(try TextEncoding.encode(text, arguments.optionalText(0, "encoding") ?? "utf-8"))
        },
        "expandtabs": method { text, arguments, _ throws(TemplateError) in
            let size = try arguments.int(0, "tabsize", default: 8)
            guard size <= Bounds.repetition, max(0, size).saturatingProduct(text.utf8.count { $0 == 9 }) <= Bounds.text
            else { throw .tooLargeText }
            var result = ""
            var column = 0
            for scalar in text.unicodeScalars {
                if scalar == "\t" {
                    let spaces = size > 0 ? size - column % size : 0
                    result += String(repeating: " ", count: spaces)
                    column += spaces
                } else {
                    result.unicodeScalars.append(scalar)
                    column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
                }
            }
            return .string(result)
        },
        "isdigit": question { PythonText.all($0, PythonText.isDigit) },
        "isdecimal": question { PythonText.all($0, PythonText.isDecimal) },
        "isnumeric": question { PythonText.all($0, PythonText.isNumeric) },
        "isalpha": question { PythonText.all($0, PythonText.isLetter) },
        "isalnum": question { PythonText.all($0, PythonText.isAlphanumeric) },
        "isspace": question { PythonText.all($0, PythonText.isSpace) },
        "isupper": question(PythonText.isUpper), "islower": question(PythonText.isLower),
        "istitle": question(PythonText.isTitle),
        "isascii": question { $0.utf8.allSatisfy { $0 < 0x80 } },
        "isprintable": question { $0.unicodeScalars.allSatisfy(\.isPrintableInPython) },
        "isidentifier": question { text in
            guard let first = text.unicodeScalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && text.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
        },
        "translate": method { text, arguments, context throws(TemplateError) in
            guard case .dict(let dict) = try arguments.required(0, "table") else {
                throw .other("translate() needs a mapping")
            }
            var result = BoundedText()
            for scalar in text.unicodeScalars {
                switch try dict.value(Key(.int(Int(scalar.value))), context) {
                case nil: try result.append(String(scalar))
                case .some(.none): break
                case .some(let replacement):
                    if let code = replacement.intValue, let other = UInt32(exactly: code).flatMap(UnicodeScalar.init) {
                        try result.append(String(other))
                    } else {
                        try result.append(replacement.text(context))
                    }
                }
            }
            return .string(result.text)
        },
    ]
}

extension String {
    /// Full case folding, for comparisons without case; what lowercasing leaves is rare enough to be listed.
    var caseFolded: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "ß", "ẞ": result += "ss"
            case "ς": result += "σ"
            case "ſ": result += "s"
            case "ﬀ": result += "ff"
            case "ﬁ": result += "fi"
            case "ﬂ": result += "fl"
            default: result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }
}
