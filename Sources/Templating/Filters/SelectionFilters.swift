extension Filters {
    /// `map`, `select` and their relatives.
    static let selectionFilters: [String: Operation] = [
        "map": Operation(rest: true, keywords: true, acceptsUndefined: true) { operand throws(TemplateError) in
            if operand.input.isMarker { return operand.input }
            if case .undefined(let marker)? = operand.rest.first { return .undefined(marker) }
            guard let items = try selectable(operand) else { return .list([]) }
            var result: [Object] = []
            if operand.rest.isEmpty, let attribute = operand.keywords.first(where: { $0.name == "attribute" })?.value {
                for (name, _) in operand.keywords where name != "attribute" && name != "default" {
                    throw .other("unexpected keyword argument '\(name)'")
                }
                let path = AttributePath(attribute)
                let fallback = operand.keywords.first { $0.name == "default" }?.value
                for item in items { result.append(try path.value(of: item, default: fallback, operand.context)) }
                return .list(result)
            }
            guard case .string(let name, _)? = operand.rest.first else {
                throw .other("map requires a filter argument")
            }
            guard Filters.named(name) != nil else {
                throw .other("No filter named '\(name)'." + Suggestion.text(for: name, among: Filters.names))
            }
            let arguments = CallArguments(positional: Array(operand.rest.dropFirst()), keywords: operand.keywords)
            for item in items {
                let value = try operand.context.applyFilter(name, to: item, arguments)
                if case .undefined(let marker) = value, marker.isFailure { throw marker.error }
                result.append(value)
            }
            return .list(result)
        },
        "select": selection(keeps: true, byAttribute: false), "reject": selection(keeps: false, byAttribute: false),
        "selectattr": selection(keeps: true, byAttribute: true),
        "rejectattr": selection(keeps: false, byAttribute: true),
    ]

    /// What there is to go through; nil when the input is empty or false, whatever it is and whatever the arguments
    /// are.
    private static func selectable(_ operand: Operand) throws(TemplateError) -> [Object]? {
        guard try operand.input.isTrue(operand.context) else { return nil }
        return try operand.input.items(operand.context)
    }

    private static func selection(keeps: Bool, byAttribute: Bool) -> Operation {
        Operation(rest: true, keywords: true, acceptsUndefined: true) { operand throws(TemplateError) in
            if operand.input.isMarker { return operand.input }
            if case .undefined(let marker)? = operand.rest.first { return .undefined(marker) }
            guard let items = try selectable(operand) else { return .list([]) }
            var arguments = operand.rest[...]
            var path: AttributePath?
            if byAttribute {
                guard let attribute = arguments.popFirst() else { throw .other("missing the attribute to select by") }
                path = AttributePath(attribute)
            }
            var test: String?
            if let first = arguments.popFirst() {
                guard case .string(let name, _) = first else { throw .other("the name of a test must be a string") }
                guard TemplateTests.named(name) != nil else {
                    throw .other("No test named '\(name)'." + Suggestion.text(for: name, among: TemplateTests.names))
                }
                test = name
            }
            let call = CallArguments(positional: Array(arguments), keywords: operand.keywords)
            var result: [Object] = []
            for item in items {
                let value = try path?.value(of: item, operand.context) ?? item
                let holds =
                    if let test { try operand.context.applyTest(test, to: value, call) } else {
                        try value.isTrue(operand.context)
                    }
                if holds == keeps { result.append(item) }
            }
            return .list(result)
        }
    }
}
