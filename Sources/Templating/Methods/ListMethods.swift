/// `list` and `tuple`.
enum ListMethods {
    private typealias Body = @Sendable (ListObject, CallArguments, RenderContext) throws(TemplateError) -> Object
    private static func method(_ body: @escaping Body) -> Attributes.Method {
        { object, arguments, context throws(TemplateError) in
            guard case .list(let list) = object else { return .none }
            return try body(list, arguments, context)
        }
    }

    private static func position(
        of needle: Object, in items: [Object], _ context: RenderContext
    ) throws(TemplateError) -> Int? {
        for (index, item) in items.enumerated() where try item.isEqual(needle, context) { return index }
        return nil
    }
    private static let count: Attributes.Method = { object, arguments, context throws(TemplateError) in
        let needle = try arguments.required(0, "value")
        // Ansible 2.19 counts in a variable's list only what was read before; what means something there means the same
        // here.
        if case .list(let list) = object, list.isUnread { return .int(0) }
        var count = 0
        for item in try object.items(context) where try item.isEqual(needle, context) { count += 1 }
        return .int(count)
    }
    private static let index: Attributes.Method = { object, arguments, context throws(TemplateError) in
        let items = try object.items(context)
        let start = try arguments.int(1, "start", default: 0)
        let stop = try arguments.int(2, "stop", default: items.count)
        func clamp(_ index: Int) -> Int { min(max(index < 0 ? index + items.count : index, 0), items.count) }
        let range = clamp(start)..<max(clamp(start), clamp(stop))
        guard let found = try position(of: arguments.required(0, "value"), in: Array(items[range]), context) else {
            throw .other("the value is not in the list")
        }
        return .int(found + range.lowerBound)
    }

    static let tupleTable: [String: Attributes.Method] = ["count": count, "index": index]

    static let table: [String: Attributes.Method] = [
        "count": count, "index": index,
        "append": method { list, arguments, context throws(TemplateError) in
            let item = try arguments.required(0, "object")
            try list.modify(context, adding: [item]) { items throws(TemplateError) in items.append(item) }
            return .none
        },
        "extend": method { list, arguments, context throws(TemplateError) in
            let more = try arguments.required(0, "iterable").items(context)
            try list.modify(context, adding: more) { items throws(TemplateError) in items += more }
            return .none
        },
        "insert": method { list, arguments, context throws(TemplateError) in
            let index = try arguments.int(0, "index", default: 0)
            let item = try arguments.required(1, "object")
            try list.modify(context, adding: [item]) { items throws(TemplateError) in
                items.insert(item, at: min(max(index < 0 ? index + items.count : index, 0), items.count))
            }
            return .none
        },
        "pop": method { list, arguments, context throws(TemplateError) in
            let index = try arguments.int(0, "index", default: -1)
            return try list.modify(context) { items throws(TemplateError) in
                if items.isEmpty { throw .other("pop from empty list") }
                let position = index < 0 ? index + items.count : index
                guard items.indices.contains(position) else { throw .other("pop index out of range") }
                return items.remove(at: position)
            }
        },
        "remove": method { list, arguments, context throws(TemplateError) in
            guard let found = try position(of: arguments.required(0, "value"), in: list.items(context), context) else {
                throw .other("list.remove(x): x not in list")
            }
            try list.modify(context) { items throws(TemplateError) in _ = items.remove(at: found) }
            return .none
        },
        "reverse": method { list, _, context throws(TemplateError) in
            try list.modify(context) { items throws(TemplateError) in items.reverse() }
            return .none
        },
        "sort": method { list, arguments, context throws(TemplateError) in
            let sorted = try Sorting.sorted(
                list.items(context), reverse: arguments.keyword("reverse")?.isTrue(context) ?? false, context)
            try list.modify(context) { items throws(TemplateError) in items = sorted }
            return .none
        },
        "clear": method { list, _, context throws(TemplateError) in
            try list.modify(context) { items throws(TemplateError) in items = [] }
            return .none
        },
        "copy": method { list, _, context throws(TemplateError) in .list(try list.items(context)) },
    ]
}

/// Stable sorting with comparisons that can fail.
enum Sorting {
    static func sorted(
        _ items: [Object], reverse: Bool = false, _ context: RenderContext,
        by key: (Object) throws(TemplateError) -> Object = { item throws(TemplateError) in item }
    ) throws(TemplateError) -> [Object] {
        var keyed: [(key: Object, item: Object)] = []
        for item in items { keyed.append((try key(item), item)) }
        if reverse { keyed.reverse() }
        try sort(&keyed, context)
        if reverse { keyed.reverse() }
        return keyed.map(\.item)
    }

    /// Merge sort: stable, and what it compares is in order of the input, so that errors are too.
    private static func sort(
        _ items: inout [(key: Object, item: Object)], _ context: RenderContext
    ) throws(TemplateError) {
        guard items.count > 1 else { return }
        var left = Array(items[..<(items.count / 2)])
        var right = Array(items[(items.count / 2)...])
        try sort(&left, context)
        try sort(&right, context)
        var merged: [(key: Object, item: Object)] = []
        merged.reserveCapacity(items.count)
        var l = 0
        var r = 0
        while l < left.count, r < right.count {
            if try right[r].key.isLess(left[l].key, context) {
                merged.append(right[r])
                r += 1
            } else {
                merged.append(left[l])
                l += 1
            }
        }
        items = merged + left[l...] + right[r...]
    }
}
