extension TemplateTests {
    static let collectionTests: [String: Operation] = [
        "subset": subset, "issubset": subset, "superset": superset, "issuperset": superset,
        "contains": Operation(["value"], required: 1) { operand throws(TemplateError) in
            .bool(try operand.input.contains(operand[0] ?? .none, operand.context))
        },
        "any": Operation { operand throws(TemplateError) in
            for item in try operand.items() where try item.isTrue(operand.context) { return .bool(true) }
            return .bool(false)
        },
        "all": Operation { operand throws(TemplateError) in
            for item in try operand.items() where try !item.isTrue(operand.context) { return .bool(false) }
            return .bool(true)
        },
    ]
    private static let subset = Operation(["b"], required: 1) { operand throws(TemplateError) in
        .bool(try contains((operand[0] ?? .none).definedItems(operand.context), operand.items(), operand.context))
    }
    private static let superset = Operation(["b"], required: 1) { operand throws(TemplateError) in
        .bool(try contains(operand.items(), (operand[0] ?? .none).definedItems(operand.context), operand.context))
    }
    private static func contains(
        _ items: [Object], _ others: [Object], _ context: RenderContext
    ) throws(TemplateError) -> Bool {
        let known = Set(try items.map { item throws(TemplateError) in try hashable(item) })
        for other in others where try !known.contains(hashable(other)) { return false }
        return true
    }
    private static func hashable(_ item: Object) throws(TemplateError) -> Key {
        guard let key = Key(checking: item) else { throw .other("unhashable type: '\(item.typeName)'") }
        return key
    }
}
