/// A macro, or the body of a `call` block.
final class MacroObject: NativeObject {
    private let definition: MacroDefinition
    /// Where it was defined: it sees those names. Frame and macro hold each other, so `RenderContext` empties its
    /// frames at the end.
    private let frame: Frame
    /// It is of a template that was imported without context.
    private let hidesVariables: Bool

    init(_ definition: MacroDefinition, _ frame: Frame, hidesVariables: Bool) {
        self.definition = definition
        self.frame = frame
        self.hidesVariables = hidesVariables
    }

    var typeName: String { "Macro" }
    var text: String { "<Macro '\(definition.name)'>" }

    func attribute(_ name: String, _ context: RenderContext) -> Object? {
        switch name {
        case "name": .string(definition.name)
        case "arguments": .tuple(definition.parameters.map { .string($0) })
        case "caller": .bool(definition.usesCaller)
        case "catch_varargs": .bool(definition.usesVarargs)
        case "catch_kwargs": .bool(definition.usesKwargs)
        default: nil
        }
    }

    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        try context.nested { () throws(TemplateError) in
            let inner = Frame(parent: frame)
            let outer = context.hidesVariables
            context.hidesVariables = hidesVariables
            defer { context.hidesVariables = outer }
            try bind(arguments, inner, context)
            return try context.capture(definition.body, inner)
        }
    }

    private func bind(_ arguments: CallArguments, _ inner: Frame, _ context: RenderContext) throws(TemplateError) {
        let parameters = definition.parameters
        var keywords = arguments.keywords
        for (index, name) in parameters.enumerated() {
            if index < arguments.positional.count {
                guard !keywords.contains(where: { $0.name == name }) else {
                    throw .other("macro '\(definition.name)' got multiple values for argument '\(name)'")
                }
                inner[name] = arguments.positional[index]
            } else if let given = keywords.firstIndex(where: { $0.name == name }) {
                inner[name] = keywords.remove(at: given).value
            } else {
                let fallback = index - (parameters.count - definition.defaults.count)
                inner[name] =
                    fallback >= 0
                    ? try context.evaluate(definition.defaults[fallback], inner)
                    : .undefined(Undefined(.hint("parameter '\(name)' was not provided")))
            }
        }
        if definition.usesCaller, !parameters.contains("caller") {
            if let caller = keywords.firstIndex(where: { $0.name == "caller" }) {
                inner["caller"] = keywords.remove(at: caller).value
            } else {
                inner["caller"] = .undefined(Undefined(.hint("no caller defined")))
            }
        }
        if definition.usesKwargs {
            let dict = DictObject()
            for (name, value) in keywords { dict.set(Key(.string(name)), value) }
            inner["kwargs"] = .dict(dict)
        } else if let unknown = keywords.first {
            throw .other(
                "macro '\(definition.name)' takes no keyword argument '\(unknown.name)'"
                    + Suggestion.text(for: unknown.name, among: parameters))
        }
        let surplus = arguments.positional.dropFirst(parameters.count)
        if definition.usesVarargs {
            inner["varargs"] = .list(Array(surplus))
        } else if !surplus.isEmpty {
            throw .other("macro '\(definition.name)' takes not more than \(parameters.count) argument(s)")
        }
    }
}
