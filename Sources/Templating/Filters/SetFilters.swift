extension Filters {
    /// Lists as sets: the first occurrence of each item, in order.
    static let setFilters: [String: Operation] = [
        "union": combining { left, right, context throws(TemplateError) in try distinct(left + right, context) },
        "intersect": combining { left, right, context throws(TemplateError) in
            try distinct(left, context) { item throws(TemplateError) in try right.contains(item, context) }
        },
        "difference": combining { left, right, context throws(TemplateError) in
            try distinct(left, context) { item throws(TemplateError) in try !right.contains(item, context) }
        },
        "symmetric_difference": combining { left, right, context throws(TemplateError) in
            try distinct(left, context) { item throws(TemplateError) in try !right.contains(item, context) }
                + distinct(right, context) { item throws(TemplateError) in try !left.contains(item, context) }
        },
    ]

    private typealias Keep = (Object) throws(TemplateError) -> Bool

    private static func combining(
        _ combine: @escaping @Sendable ([Object], [Object], RenderContext) throws(TemplateError) -> [Object]
    ) -> Operation {
        Operation(["b"], required: 1) { operand throws(TemplateError) in
            .list(try combine(operand.items(), (operand[0] ?? .none).definedItems(operand.context), operand.context))
        }
    }

    private static func distinct(
        _ items: [Object], _ context: RenderContext, where isKept: Keep = { _ throws(TemplateError) in true }
    ) throws(TemplateError) -> [Object] {
        var known: Set<Key> = []
        var others: [Object] = []
        var result: [Object] = []
        for item in items {
            guard try isKept(item) else { continue }
            if let key = Key(checking: item) {
                if known.insert(key).inserted { result.append(item) }
            } else if try !others.contains(item, context) {
                others.append(item)
                result.append(item)
            }
        }
        return result
    }
}
