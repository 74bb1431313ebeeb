extension Lookups {
    /// Lookups over values.
    static let dataLookups: [String: Body] = [
        "items": { call throws(TemplateError) in try Filters.flattened(call.terms, 1, skipsNulls: false, call.context)
        },
        "list": { call throws(TemplateError) in call.terms },
        "indexed_items": { call throws(TemplateError) in
            try Filters.flattened(call.terms, 1, skipsNulls: false, call.context).enumerated().map {
                .tuple([.int($0.offset), $0.element])
            }
        },
        "dict": { call throws(TemplateError) in
            var result: [Object] = []
            for term in call.terms {
                guard case .dict(let dict) = term else { throw .other("with_dict expects a dict") }
                for (key, value) in try dict.pairs(call.context) {
                    result.append(.dict(DictObject([Key(.string("key")): key.object, Key(.string("value")): value])))
                }
            }
            return result
        },
        "together": { call throws(TemplateError) in
            guard !call.terms.isEmpty else { throw .other("with_together requires at least one element in each list") }
            var columns: [[Object]] = []
            for term in call.terms { columns.append(try term.items(call.context)) }
            let count = columns.map(\.count).max() ?? 0
            return (0..<count).map { row in .list(columns.map { row < $0.count ? $0[row] : Object.none }) }
        },
        "nested": { call throws(TemplateError) in try product(call) },
        "cartesian": { call throws(TemplateError) in try product(call) },
        "subelements": { call throws(TemplateError) in
            guard call.terms.count >= 2 else { throw .other("subelements lookup expects a list of two or three items") }
            var skips = try call.flag("skip_missing")
            if call.terms.count > 2, case .dict(let flags) = call.terms[2],
                let value = try flags.value("skip_missing", call.context)
            {
                skips = try value.isTrue(call.context)
            }
            let pairs = try Subelements.pairs(call.terms[0], call.terms[1], skipsMissing: skips, call.context).items(
                call.context)
            guard case .string(let path, _) = call.terms[1], !path.contains(".") else { return pairs }
            // The lookup, unlike the filter, leaves the list out of the item beside its elements.
            return try pairs.map { pair throws(TemplateError) in
                guard case .tuple(let parts) = pair, case .dict(let dict) = parts[0] else { return pair }
                let rest = DictObject(try dict.pairs(call.context))
                rest.removeValue(Key(.string(path)))
                return .tuple([.dict(rest), parts[1]])
            }
        },
        "random_choice": { call throws(TemplateError) in
            call.terms.randomElement().map { [$0] } ?? []
        },
        "sequence": { call throws(TemplateError) in
            // Each term is a sequence of its own, and the options are its start values.
            let terms = call.terms.isEmpty && !call.options.isEmpty ? [.string("")] : call.terms
            var result: [Object] = []
            for term in terms { result += try Sequence(term, call).items() }
            return result
        },
    ]

    private static func product(_ call: Call) throws(TemplateError) -> [Object] {
        guard !call.terms.isEmpty else { throw .other("requires at least one element in the nested list") }
        var rows: [[Object]] = [[]]
        for term in call.terms {
            let column = try term.items(call.context)
            guard rows.count * max(1, column.count) <= Bounds.rows else {
                throw .tooLarge("the product", "\(Bounds.rows) rows")
            }
            try call.context.step(rows.count * column.count)
            rows = rows.flatMap { row in column.map { row + [$0] } }
        }
        return rows.map { .list($0) }
    }

    /// `start=1 end=10 stride=2 format=host%02d`, or `1-10/2:host%02d`.
    private struct Sequence {
        var start = 1, end: Int?, count: Int?, stride = 1, format = "%d"
        let context: RenderContext

        init(_ term: Object, _ call: Call) throws(TemplateError) {
            context = call.context
            for (name, value) in call.options { try set(name, value) }
            for word in try PythonText.split(call.text(term), nil) {
                if let equals = word.firstIndex(of: "=") {
                    try set(
                        call.part(word[..<equals], of: term),
                        .string(call.part(word[word.index(after: equals)...], of: term)))
                } else {
                    try readShortcut(word)
                }
            }
            if let count {
                guard end == nil else { throw .other("can't specify both count and end in with_sequence") }
                end = count == 0 ? nil : start.saturatingSum((count.saturatingSum(-1)).saturatingProduct(stride))
                if count == 0 { stride = 0 }
            } else if end == nil {
                throw .other("must specify count or end in with_sequence")
            }
        }

        private mutating func set(_ name: String, _ value: Object) throws(TemplateError) {
            if name == "format" {
                format = try value.text(context)
                return
            }
            let number: Int? =
                if let number = value.intValue { number } else {
                    PythonText.integer(try value.text(context)).flatMap { Int(exactly: $0) }
                }
            guard let number else { throw .other("can't parse arg \(name) as integer") }
            switch name {
            case "start": start = number
            case "end": end = number
            case "count": count = number
            case "stride": stride = number
            default: throw .other("unrecognized arguments to with_sequence: \(name)")
            }
        }
        private mutating func readShortcut(_ word: String) throws(TemplateError) {
            guard
                let match = try RegexCache.expression(
                    "(?:(0?x?[0-9a-f]+)-)?(0?x?[0-9a-f]+)(?:/(0?x?[0-9a-f]+))?(?::(.+))?\\Z", .ignoreCase
                ).firstMatch(in: word, anchored: true)
            else {
                throw .other("unknown error parsing with_sequence arguments")
            }
            if let text = match.groups[1] { try set("start", .string(text)) }
            if let text = match.groups[2] { try set("end", .string(text)) }
            if let text = match.groups[3] { try set("stride", .string(text)) }
            if let text = match.groups[4] { format = text }
        }
        func items() throws(TemplateError) -> [Object] {
            guard let end, stride != 0 else { return [] }
            if stride > 0, end < start { throw .other("to count backwards make stride negative") }
            if stride < 0, end > start { throw .other("to count forward don't make stride negative") }
            var result: [Object] = []
            for number in Swift.stride(from: start, through: end, by: stride) {
                guard result.count < Bounds.rows else { throw .other("the sequence is too long") }
                result.append(.string(try PercentFormat.format(format, .int(number), context)))
            }
            return result
        }
    }
}
