extension TemplateTests {
    private static func ordered(_ operation: String, _ holds: @escaping @Sendable (Int) -> Bool) -> Operation {
        Operation(["other"], required: 1) { operand throws(TemplateError) in
            .bool(try operand.input.order(operand[0] ?? .none, operation, operand.context).map(holds) ?? false)
        }
    }
    private static let equal = Operation(["other"], required: 1) { operand throws(TemplateError) in
        .bool(try operand.input.isEqual(operand[0] ?? .none, operand.context))
    }
    private static let notEqual = Operation(["other"], required: 1) { operand throws(TemplateError) in
        .bool(try !operand.input.isEqual(operand[0] ?? .none, operand.context))
    }
    private static let less = ordered("<") { $0 < 0 }
    private static let lessOrEqual = ordered("<=") { $0 <= 0 }
    private static let greater = ordered(">") { $0 > 0 }
    private static let greaterOrEqual = ordered(">=") { $0 >= 0 }

    static let comparisonTests: [String: Operation] = [
        "eq": equal, "equalto": equal, "==": equal, "ne": notEqual, "!=": notEqual,
        "lt": less, "lessthan": less, "<": less, "le": lessOrEqual, "<=": lessOrEqual,
        "gt": greater, "greaterthan": greater, ">": greater, "ge": greaterOrEqual, ">=": greaterOrEqual,
        "sameas": Operation(["other"], required: 1) { operand throws(TemplateError) in
            let other = operand[0] ?? .none
            switch (operand.input, other) {
            case (.list(let left), .list(let right)): return .bool(left === right)
            case (.dict(let left), .dict(let right)): return .bool(left === right)
            case (.bool, .int), (.int, .bool), (.double, .int), (.int, .double): return .bool(false)
            default: return .bool(operand.input.typeName == other.typeName && scalarsEqual(operand.input, other))
            }
        },
        "in": Operation(["seq"], required: 1) { operand throws(TemplateError) in
            .bool(try (operand[0] ?? .none).contains(operand.input, operand.context))
        },
    ]
}
