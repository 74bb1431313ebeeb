extension Filters {
    /// What deals with undefined values.
    static let undefinedFilters: [String: Operation] = [
        "default": fallback, "d": fallback,
        "mandatory": Operation(["msg"], acceptsUndefined: true) { operand throws(TemplateError) in
            guard case .undefined(let marker) = operand.input else { return operand.input }
            if let message = try operand.optionalText(0) { throw .other(message) }
            throw .other(
                marker.name.map { "Mandatory variable '\($0)' not defined." } ?? "Mandatory variable not defined.")
        },
        "type_debug": Operation(acceptsUndefined: true) { operand throws(TemplateError) in
            .string(operand.input.typeName)
        },
        "ternary": Operation(["true_val", "false_val", "none_val"], required: 2, acceptsUndefined: true) {
            operand throws(TemplateError) in
            if operand.input.isMarker { return operand.input }
            if operand.input.isNone, let value = operand[2], !value.isNone { return value }
            return try operand.input.isTrue(operand.context) ? operand[0] ?? .none : operand[1] ?? .none
        },
    ]

    private static let fallback = Operation(["default_value", "boolean"], acceptsUndefined: true) {
        operand throws(TemplateError) in
        let value = operand[0] ?? .string("")
        if let flag = operand[1], flag.typeName != "bool" {
            throw .other("the 'boolean' argument must be of type 'bool', not '\(flag.typeName)'")
        }
        if operand.input.isMarker { return value }
        if try operand.flag(1), try !operand.input.isTrue(operand.context) { return value }
        return operand.input
    }
}
