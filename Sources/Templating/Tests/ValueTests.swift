import AnsibleVault

extension TemplateTests {
    private static func test(
        _ parameters: [String] = [], required: Int = 0, acceptsUndefined: Bool = false,
        _ holds: @escaping @Sendable (Operand) throws(TemplateError) -> Bool
    ) -> Operation {
        Operation(parameters, required: required, acceptsUndefined: acceptsUndefined) { operand throws(TemplateError) in
            .bool(try holds(operand))
        }
    }
    private static func integer(_ operand: Operand) throws(TemplateError) -> Object {
        switch operand.input {
        case .int, .bigInt, .bool, .double: return operand.input
        default:
            throw .other(
                "not all arguments converted during string formatting or unsupported operand type(s) for %: '\(operand.input.typeName)' and 'int'"
            )
        }
    }
    private static func remainder(_ operand: Operand, _ divisor: Object) throws(TemplateError) -> Object {
        try integer(operand).applying(.modulo, divisor, operand.context)
    }

    private static let isNaN = test { Number($0.input)?.double.isNaN ?? false }

    /// What kind of value it is.
    static let valueTests: [String: Operation] = [
        "defined": test(acceptsUndefined: true) { !$0.input.isUndefined },
        "undefined": test(acceptsUndefined: true) { $0.input.isUndefined },
        "none": test { $0.input.isNone },
        "boolean": test { if case .bool = $0.input { true } else { false } },
        "true": test { if case .bool(true, _) = $0.input { true } else { false } },
        "false": test { if case .bool(false, _) = $0.input { true } else { false } },
        "integer": test {
            switch $0.input {
            case .int, .bigInt: true
            default: false
            }
        },
        "float": test { if case .double = $0.input { true } else { false } },
        "number": test { Number($0.input) != nil },
        "string": test { if case .string = $0.input { true } else { false } },
        "mapping": test { if case .dict = $0.input { true } else { false } },
        "sequence": test {
            switch $0.input {
            case .string, .bytes, .list, .tuple, .dict, .range, .set, .undefined: true
            default: false
            }
        },
        "iterable": test { operand throws(TemplateError) in try operand.input.iterated(operand.context) != nil },
        "callable": test {
            if case .native(let object) = $0.input {
                object is FunctionObject || object is MacroObject || object is LookupFunction
            } else {
                false
            }
        },
        "odd": test { operand throws(TemplateError) in try remainder(operand, .int(2)).isEqual(.int(1), operand.context)
        },
        "even": test { operand throws(TemplateError) in
            try remainder(operand, .int(2)).isEqual(.int(0), operand.context)
        },
        "divisibleby": test(["num"], required: 1) { operand throws(TemplateError) in
            try remainder(operand, operand[0] ?? .int(0)).isEqual(.int(0), operand.context)
        },
        "upper": test { operand throws(TemplateError) in PythonText.isUpper(try operand.text()) },
        "lower": test { operand throws(TemplateError) in PythonText.isLower(try operand.text()) },
        "nan": isNaN, "isnan": isNaN,
        "escaped": test { _ in false },
        "filter": test { operand throws(TemplateError) in try isKnown(operand) { Filters.named($0) != nil } },
        "test": test { operand throws(TemplateError) in try isKnown(operand) { TemplateTests.named($0) != nil } },
        "truthy": test(["convert_bool"]) { operand throws(TemplateError) in try truth(operand) },
        "falsy": test(["convert_bool"]) { operand throws(TemplateError) in try !truth(operand) },
        "vault_encrypted": test { operand in operand.input.provenance.isDecrypted },
        "vaulted_file": test { operand throws(TemplateError) in
            guard
                let path = SearchPath.find(
                    try operand.text(), in: operand.context.environment.searchPath, subfolder: "files")
            else { throw .other("the file was not found") }
            return VaultText.begins(try SearchPath.bytes(path))
        },
    ]

    /// What is no string counts as known, as in Ansible.
    private static func isKnown(_ operand: Operand, _ named: (String) -> Bool) throws(TemplateError) -> Bool {
        guard case .string(let name, _) = operand.input else {
            guard Key(checking: operand.input) != nil else {
                throw .other("unhashable type: '\(operand.input.typeName)'")
            }
            return true
        }
        return named(name)
    }

    private static func truth(_ operand: Operand) throws(TemplateError) -> Bool {
        if try operand.flag(0), case .string(let text, _) = operand.input {
            switch text.lowercased() {
            case "y", "yes", "on", "1", "true", "t", "1.0": return true
            case "n", "no", "off", "0", "false", "f", "0.0": return false
            default: break
            }
        }
        return try operand.input.isTrue(operand.context)
    }
}
