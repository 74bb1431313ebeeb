extension Filters {
    static let sequenceFilters: [String: Operation] = [
        "first": Operation { operand throws(TemplateError) in
            if case .list(let list) = operand.input, list.count > 0 { return try list.item(0, operand.context) }
            return try operand.input.items(operand.context).first ?? empty("No first item, sequence was empty.")
        },
        "last": Operation { operand throws(TemplateError) in
            if case .list(let list) = operand.input, list.count > 0 {
                return try list.item(list.count - 1, operand.context)
            }
            return try operand.input.items(operand.context).last ?? empty("No last item, sequence was empty.")
        },
        "sort": Operation(["reverse", "case_sensitive", "attribute"]) { operand throws(TemplateError) in
            let key = try SortKey(operand[2], isCaseSensitive: operand.flag(1))
            return .list(
                try Sorting.sorted(operand.items(), reverse: operand.int(0) != 0, operand.context) {
                    item throws(TemplateError) in try key.key(item, operand.context)
                })
        },
        "unique": Operation(["case_sensitive", "attribute"]) { operand throws(TemplateError) in
            let items = try operand.items()
            let key = SortKey(operand[1], isCaseSensitive: try operand.flag(0))
            var known: Set<Key> = []
            var result: [Object] = []
            for item in items {
                let value: Object
                do throws(TemplateError) {
                    value = try key.key(item, operand.context)
                } catch {
                    throw .other(error.message)  // an attribute that is missing is no undefined value here
                }
                guard let hashable = Key(checking: value) else { return try uniqueByEquality(operand, items) }
                if known.insert(hashable).inserted { result.append(item) }
            }
            return .list(result)
        },
        "reverse": Operation { operand throws(TemplateError) in
            if case .string(let text, _) = operand.input {
                return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
            }
            return .list(try operand.items().reversed())
        },
        "min": extreme(isMin: true), "max": extreme(isMin: false),
        "sum": Operation(["attribute", "start"]) { operand throws(TemplateError) in
            var total = operand[1] ?? .int(0)
            if case .string = total { throw .other("sum() can't sum strings; use the filter 'join'") }
            for item in try operand.items() {
                let value =
                    if let attribute = operand[0], !attribute.isNone {
                        try AttributePath(attribute).value(of: item, operand.context)
                    } else { item }
                total = try operand.context.applying(.add, total, value)
            }
            return total
        },
        "flatten": Operation(["levels", "skip_nulls"]) { operand throws(TemplateError) in
            let levels: Int? = if let value = operand[0], !value.isNone { try operand.int(0) } else { nil }
            return .list(
                try flattened(operand.items(), levels, skipsNulls: operand.flag(1, default: true), operand.context))
        },
        "batch": Operation(["linecount", "fill_with"], required: 1) { operand throws(TemplateError) in
            let items = try operand.items()
            // A count that no row can have makes one row of all.
            let size = if let count = operand[0]?.intValue, count > 0 { count } else { max(items.count, 1) }
            guard size <= Bounds.items else { throw .tooLarge("a row", "\(Bounds.items) items") }
            var rows: [Object] = []
            for start in stride(from: 0, to: items.count, by: size) {
                var row = Array(items[start..<min(start + size, items.count)])
                if row.count < size, let fill = operand[1], !fill.isNone {
                    row += Array(repeating: fill, count: size - row.count)
                }
                rows.append(.list(row))
            }
            return .list(rows)
        },
        "slice": Operation(["slices", "fill_with"], required: 1) { operand throws(TemplateError) in
            let slices = try operand.int(0)
            guard slices > 0 else { throw .other("slices must be positive") }
            guard slices <= Bounds.rows else { throw .tooLarge("the list", "\(Bounds.rows) slices") }
            let items = try operand.items()
            let size = items.count / slices
            let longer = items.count % slices
            var offset = 0
            var rows: [Object] = []
            for index in 0..<slices {
                let start = offset + index * size
                if index < longer { offset += 1 }
                var row = Array(items[start..<(offset + (index + 1) * size)])
                if let fill = operand[1], !fill.isNone, index >= longer { row.append(fill) }
                rows.append(.list(row))
            }
            return .list(rows)
        },
        "groupby": Operation(["attribute", "default", "case_sensitive"], required: 1) { operand throws(TemplateError) in
            let path = AttributePath(operand[0] ?? .none)
            let fold = SortKey(nil, isCaseSensitive: try operand.flag(2))
            func key(_ item: Object) throws(TemplateError) -> Object {
                // 'default' is taken and does nothing: so it is in Ansible 2.19, where a missing attribute is an error
                // all the same.
                let value = try path.value(of: item, operand.context)
                if case .undefined(let marker) = value { throw marker.error }
                return value
            }
            let sorted = try Sorting.sorted(operand.items(), operand.context) { item throws(TemplateError) in
                try fold.key(key(item), operand.context)
            }
            var groups: [(folded: Object, grouper: Object, items: [Object])] = []
            for item in sorted {
                let value = try key(item)
                let folded = try fold.key(value, operand.context)
                if let last = groups.last, try last.folded.isEqual(folded, operand.context) {
                    groups[groups.count - 1].items.append(item)
                } else {
                    groups.append((folded, value, [item]))
                }
            }
            return .list(groups.map { .native(GroupObject($0.grouper, .list($0.items))) })
        },
        "zip": Operation(rest: true, keywords: true) { operand throws(TemplateError) in
            for (name, _) in operand.keywords where name != "strict" {
                throw .other("unexpected keyword argument '\(name)'" + Suggestion.text(for: name, among: ["strict"]))
            }
            var columns = [try operand.items()]
            for other in operand.rest { columns.append(try other.definedItems(operand.context)) }
            if try operand.keywords.first?.value.isTrue(operand.context) == true, Set(columns.map(\.count)).count > 1 {
                throw .other("the lists are not of the same length")
            }
            let count = columns.map(\.count).min() ?? 0
            return .list((0..<count).map { row in .tuple(columns.map { $0[row] }) })
        },
        "zip_longest": Operation(rest: true, keywords: true) { operand throws(TemplateError) in
            for (name, _) in operand.keywords where name != "fillvalue" {
                throw .other("unexpected keyword argument '\(name)'")
            }
            let fill = operand.keywords.first?.value ?? .none
            var columns = [try operand.items()]
            for other in operand.rest { columns.append(try other.definedItems(operand.context)) }
            let count = columns.map(\.count).max() ?? 0
            return .list((0..<count).map { row in .tuple(columns.map { row < $0.count ? $0[row] : fill }) })
        },
        "product": Operation(rest: true, keywords: true) { operand throws(TemplateError) in
            var columns = [try operand.items()]
            for other in operand.rest { columns.append(try other.definedItems(operand.context)) }
            for (name, _) in operand.keywords where name != "repeat" {
                throw .other("unexpected keyword argument '\(name)'" + Suggestion.text(for: name, among: ["repeat"]))
            }
            let times = operand.keywords.first?.value.intValue ?? 1
            guard max(0, times).saturatingProduct(columns.count) <= 1000 else {
                throw .tooLarge("the product", "1000 lists")
            }
            columns = Array(repeating: columns, count: max(0, times)).flatMap { $0 }
            var rows: [[Object]] = [[]]
            for (index, column) in columns.enumerated() {
                guard rows.count * max(1, column.count) <= Bounds.rows else {
                    throw .tooLarge("the product", "\(Bounds.rows) rows")
                }
                try operand.context.step(rows.count * column.count * (index + 1) >> 2)
                rows = rows.flatMap { row in column.map { row + [$0] } }
            }
            return .list(rows.map { .tuple($0) })
        },
        "permutations": Operation(["r"]) { operand throws(TemplateError) in
            let items = try operand.items()
            return .list(try arrangements(items, operand[0]?.intValue ?? items.count, ordered: true))
        },
        "combinations": Operation(["r"], required: 1) { operand throws(TemplateError) in
            .list(try arrangements(operand.items(), operand.int(0), ordered: false))
        },
        "subelements": Operation(["subelements", "skip_missing"], required: 1) { operand throws(TemplateError) in
            try Subelements.pairs(operand.input, operand[0] ?? .none, skipsMissing: operand.flag(1), operand.context)
        },
    ]

    /// `unique` where some item is a list or a dictionary: then all are compared as they are, with their case.
    private static func uniqueByEquality(_ operand: Operand, _ items: [Object]) throws(TemplateError) -> Object {
        if let flag = operand[0], try !flag.isTrue(operand.context) {
            throw .other("unique cannot ignore case where items are lists or dictionaries")
        }
        if let attribute = operand[1], !attribute.isNone {
            throw .other("unique cannot compare by an attribute that is a list or a dictionary")
        }
        var result: [Object] = []
        for item in items where try !result.contains(item, operand.context) { result.append(item) }
        return .list(result)
    }

    private static func empty(_ message: String) -> Object { .undefined(Undefined(.hint(message))) }

    private static func extreme(isMin: Bool) -> Operation {
        Operation(["case_sensitive", "attribute"]) { operand throws(TemplateError) in
            let key = SortKey(operand[1], isCaseSensitive: try operand.flag(0))
            var best: (key: Object, item: Object)?
            for item in try operand.items() {
                let value = try key.key(item, operand.context)
                guard let current = best else {
                    best = (value, item)
                    continue
                }
                if try isMin ? value.isLess(current.key, operand.context) : current.key.isLess(value, operand.context) {
                    best = (value, item)
                }
            }
            return best?.item ?? empty("No aggregated item, sequence was empty.")
        }
    }

    static func flattened(
        _ items: [Object], _ levels: Int?, skipsNulls: Bool, _ context: RenderContext
    ) throws(TemplateError) -> [Object] {
        try context.step()
        var result: [Object] = []
        for item in items {
            switch item {
            case .none where skipsNulls: continue
            case .string(let text, _) where skipsNulls && (text == "None" || text == "null"): continue
            case .list, .tuple:
                let inner = try item.definedItems(context)
                if let levels {
                    if levels >= 1 {
                        result += try flattened(inner, levels - 1, skipsNulls: skipsNulls, context)
                    } else {
                        result.append(item)
                    }
                } else {
                    result += try flattened(inner, nil, skipsNulls: skipsNulls, context)
                }
            default: result.append(item)
            }
        }
        return result
    }

    private static func arrangements(_ items: [Object], _ size: Int, ordered: Bool) throws(TemplateError) -> [Object] {
        guard size >= 0 else { throw .other("r must be non-negative") }
        var rows: [[Int]] = [[]]
        for count in 0..<min(size, items.count + 1) {
            // What one more item for each row takes.
            guard rows.count.saturatingProduct(items.count) <= 20 * Bounds.rows,
                rows.count.saturatingProduct(count) <= 20 * Bounds.rows
            else { throw .tooLarge("the result", "\(Bounds.rows) rows") }
            rows = rows.flatMap { row in
                items.indices.filter { index in ordered ? !row.contains(index) : index > row.last ?? -1 }.map {
                    row + [$0]
                }
            }
            guard rows.count <= Bounds.rows else { throw .tooLarge("the result", "\(Bounds.rows) rows") }
        }
        return size > items.count ? [] : rows.map { row in .tuple(row.map { items[$0] }) }
    }
}

/// What `sort`, `min`, `unique` and `groupby` compare: attributes, without case unless asked for.
struct SortKey {
    private let paths: [AttributePath]
    private let isCaseSensitive: Bool

    init(_ attribute: Object?, isCaseSensitive: Bool) {
        self.isCaseSensitive = isCaseSensitive
        switch attribute {
        case nil, .some(.none): paths = []
        case .string(let text, _):
            paths = text.split(separator: ",", omittingEmptySubsequences: false).map {
                AttributePath(.string(String($0)))
            }
        case .some(let other): paths = [AttributePath(other)]
        }
    }

    func key(_ item: Object, _ context: RenderContext) throws(TemplateError) -> Object {
        if paths.isEmpty { return fold(item) }
        var values: [Object] = []
        for path in paths {
            let value = try path.value(of: item, context)
            if case .undefined(let marker) = value { throw marker.error }
            values.append(fold(value))
        }
        return values.count == 1 ? values[0] : .list(values)
    }
    private func fold(_ value: Object) -> Object {
        if !isCaseSensitive, case .string(let text, _) = value { return .string(text.lowercased()) }
        return value
    }
}

/// A group of `groupby`: a pair whose parts have names.
final class GroupObject: NativeObject {
    let grouper: Object, list: Object
    init(_ grouper: Object, _ list: Object) {
        self.grouper = grouper
        self.list = list
    }
    var typeName: String { "_GroupTuple" }
    var level: Int { max(grouper.level, list.level) + 1 }
    func attribute(_ name: String, _ context: RenderContext) -> Object? {
        switch name {
        case "grouper": grouper
        case "list": list
        default: nil
        }
    }
    func iterate() -> [Object]? { [grouper, list] }
}

/// The items of a list inside of each item, each beside the item it is in.
enum Subelements {
    static func pairs(
        _ input: Object, _ path: Object, skipsMissing: Bool, _ context: RenderContext
    ) throws(TemplateError) -> Object {
        let elements: [Object]
        switch input {
        case .dict(let dict): elements = Array(try dict.pairs(context).values)
        case .list: elements = try input.definedItems(context)
        default: throw .other("obj must be a list of dicts or a nested dict")
        }
        let keys: [Object]
        switch path {
        case .string(let text, let provenance):
            keys = text.split(separator: ".").map { .string(String($0), provenance) }
        case .list: keys = try path.items(context)
        default: throw .other("subelements must be a list or a string")
        }
        var result: [Object] = []
        for element in elements {
            var value: Object? = element
            for key in keys {
                guard case .dict(let dict)? = value else { throw .other("the key should point to a dictionary") }
                guard let hashable = Key(checking: key), let next = try dict.value(hashable, context) else {
                    if skipsMissing {
                        value = nil
                        break
                    }
                    throw .other("could not find \(try key.representation(context)) key in iterated item")
                }
                value = next
            }
            guard let value else { continue }
            guard case .list(let list) = value else {
                throw .other("the key \(try keys.last?.representation(context) ?? "") should point to a list")
            }
            for item in try list.items(context) { result.append(.tuple([element, item])) }
        }
        return .list(result)
    }
}

extension [Object] {
    /// Whether an equal item is in it.
    func contains(_ needle: Object, _ context: RenderContext) throws(TemplateError) -> Bool {
        for item in self where try item.isEqual(needle, context) { return true }
        return false
    }
}
