/// A filter or a test: its parameters, and what it does.
struct Operation: Sendable {
    typealias Body = @Sendable (Operand) throws(TemplateError) -> Object
    let parameters: [String]
    /// How many of the parameters must be given.
    let required: Int
    /// More positional arguments than parameters go to `rest`; unknown keywords to `keywords`.
    let takesRest: Bool, takesKeywords: Bool
    /// Whether it wants to see undefined values; otherwise its result is undefined when its input or an argument is.
    let acceptsUndefined: Bool
    let body: Body

    init(
        _ parameters: [String] = [], required: Int = 0, rest: Bool = false, keywords: Bool = false,
        acceptsUndefined: Bool = false, _ body: @escaping Body
    ) {
        self.parameters = parameters
        self.required = required
        takesRest = rest
        takesKeywords = keywords
        self.acceptsUndefined = acceptsUndefined
        self.body = body
    }

    func bind(
        _ name: String, _ input: Object, _ arguments: CallArguments, _ context: RenderContext
    ) throws(TemplateError) -> Operand {
        var operand = Operand(input: input, context: context, values: Array(repeating: nil, count: parameters.count))
        for (index, value) in arguments.positional.enumerated() {
            if index < parameters.count {
                operand.values[index] = value
            } else if takesRest {
                operand.rest.append(value)
            } else {
                throw .other("takes at most \(parameters.count) argument(s), got \(arguments.positional.count)")
            }
        }
        for (keyword, value) in arguments.keywords {
            if let index = parameters.firstIndex(of: keyword) {
                guard operand.values[index] == nil else {
                    throw .other("got multiple values for argument '\(keyword)'")
                }
                operand.values[index] = value
            } else if takesKeywords {
                operand.keywords.append((keyword, value))
            } else {
                throw .other(
                    "unexpected keyword argument '\(keyword)'" + Suggestion.text(for: keyword, among: parameters))
            }
        }
        for index in 0..<required where operand.values[index] == nil {
            throw .other("missing argument '\(parameters[index])'")
        }
        return operand
    }
}

/// What a filter or a test is applied to.
struct Operand {
    let input: Object
    let context: RenderContext
    fileprivate(set) var values: [Object?]
    fileprivate(set) var rest: [Object] = []
    fileprivate(set) var keywords: [(name: String, value: Object)] = []

    /// The argument of a parameter, by its place; nil when it was not given.
    subscript(index: Int) -> Object? { values[index] }

    func text() throws(TemplateError) -> String { try input.text(context) }
    func items() throws(TemplateError) -> [Object] { try input.definedItems(context) }
    func flag(_ index: Int, default fallback: Bool = false) throws(TemplateError) -> Bool {
        try values[index]?.isTrue(context) ?? fallback
    }
    func text(_ index: Int, default fallback: String = "") throws(TemplateError) -> String {
        try values[index]?.text(context) ?? fallback
    }
    /// The input, for what does not turn other values into text by itself.
    func string() throws(TemplateError) -> String { try Operand.string(input) }
    func string(_ index: Int, default fallback: String = "") throws(TemplateError) -> String {
        try values[index].map(Operand.string) ?? fallback
    }
    private static func string(_ object: Object) throws(TemplateError) -> String {
        guard case .string(let text, _) = object else { throw .other("a string is expected, not \(object.typeName)") }
        return text
    }
    /// As `text`, and `none` counts as not given.
    func optionalText(_ index: Int) throws(TemplateError) -> String? {
        guard let value = values[index], !value.isNone else { return nil }
        return try value.text(context)
    }
    func int(_ index: Int, default fallback: Int = 0) throws(TemplateError) -> Int {
        guard let value = values[index] else { return fallback }
        guard let number = value.intValue else {
            throw .other("'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return number
    }
}

/// A table of filters or tests by name; `ansible.builtin.` names work as well.
struct OperationTable: Sendable {
    private let operations: [String: Operation]
    let names: [String]

    init(_ families: [[String: Operation]]) {
        var all: [String: Operation] = [:]
        for family in families { all.merge(family) { first, _ in first } }
        operations = all
        names = all.keys.sorted()
    }
    func named(_ name: String) -> Operation? {
        if let known = operations[name] { return known }
        for prefix in ["ansible.builtin.", "ansible.legacy."] where name.hasPrefix(prefix) {
            return operations[String(name.dropFirst(prefix.utf8.count))]
        }
        return nil
    }
}
