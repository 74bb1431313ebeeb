import BigInt

extension Filters {
    static let conversionFilters: [String: Operation] = [
        "int": Operation(["default", "base"]) { operand throws(TemplateError) in
            let fallback = operand[0] ?? .int(0)
            switch operand.input {
            case .int, .bigInt: return operand.input
            case .bool(let flag, _): return .int(flag ? 1 : 0)
            case .double(let number, _): return number.isFinite ? .integer(BigInt(number)) : fallback
            case .string(let text, _):
                if let base = (operand[1] ?? .int(10)).intValue, let number = PythonText.integer(text, base: base) {
                    return .integer(number)
                }
                if let number = PythonText.float(text), number.isFinite { return .integer(BigInt(number)) }
                return fallback
            case .undefined(let marker): throw marker.error
            default: return fallback
            }
        },
        "float": Operation(["default"]) { operand throws(TemplateError) in
            if let number = Number(operand.input) { return .double(number.double) }
            if case .string(let text, _) = operand.input, let number = PythonText.float(text) { return .double(number) }
            if case .undefined(let marker) = operand.input { throw marker.error }
            return operand[0] ?? .double(0)
        },
        "bool": Operation { operand throws(TemplateError) in
            switch operand.input {
            case .bool: return operand.input
            case .string(let text, _): return .bool(["yes", "on", "1", "true"].contains(text.lowercased()))
            default:
                guard let number = Number(operand.input) else {
                    // What a warning reports must have nothing undefined in it.
                    if !operand.input.isUndefined { _ = try operand.input.finalized(operand.context) }
                    return .bool(false)
                }
                return .bool(number.order(.small(1)) == 0)
            }
        },
        "string": Operation { operand throws(TemplateError) in .string(try operand.text()) },
        "list": Operation { operand throws(TemplateError) in .list(try operand.items()) },
        "tojson": Operation(["indent"]) { operand throws(TemplateError) in
            let text = try JSONText(indent: try JSONText.indent(operand[0] ?? .none), sortsKeys: true).text(
                operand.input, operand.context)
            return .string(
                text.replacingText("<", with: "\\u003c").replacingText(">", with: "\\u003e").replacingText(
                    "&", with: "\\u0026"
                ).replacingText("'", with: "\\u0027"))
        },
    ]
}
