import YAML

/// The names that every template knows; a variable of the same name wins.
enum Globals {
    static let names = [
        "range", "dict", "namespace", "cycler", "joiner", "lookup", "query", "q", "now", "undef", "omit", "secrets",
        "vars", "lipsum",
    ]

    static func named(_ name: String, _ context: RenderContext) -> Object? {
        switch name {
        case "omit": .omit
        case "range": function("range", typeName: "type", range)
        case "dict": function("dict", typeName: "type", dict)
        case "namespace":
            function("namespace", typeName: "type") { arguments, context throws(TemplateError) in
                let namespace = NamespaceObject()
                context.keep(namespace)
                guard case .dict(let dict) = try Globals.dict(arguments, context) else { return .none }
                for (key, value) in try dict.pairs(context) { namespace.values[try key.object.text(context)] = value }
                return .native(namespace)
            }
        case "cycler":
            function("cycler", typeName: "type") { arguments, _ throws(TemplateError) in
                guard !arguments.positional.isEmpty else { throw .other("at least one item has to be provided") }
                return .native(CyclerObject(arguments.positional))
            }
        case "joiner":
            function("joiner", typeName: "type") { arguments, _ throws(TemplateError) in
                .native(JoinerObject(arguments.positional.first ?? arguments.keyword("sep") ?? .string(", ")))
            }
        case "lookup": .native(LookupFunction(wantsList: false))
        case "query", "q": .native(LookupFunction(wantsList: true))
        case "now": function("now", now)
        case "undef":
            function("undef") { arguments, _ throws(TemplateError) in
                var hint = "Mandatory variable has not been overridden"
                switch arguments.positional.first ?? arguments.keyword("hint") {
                case nil, .some(.none): break
                case .string(let text, _): hint = text
                case .some(let other):
                    throw .other("the 'hint' argument must be of type 'str', not '\(other.typeName)'")
                }
                return .undefined(Undefined(.hint(hint)))
            }
        case "secrets": .native(SecretsObject())
        default: nil
        }
    }

    private static func function(
        _ name: String, typeName: String = "function", _ body: @escaping FunctionObject.Body
    ) -> Object {
        .native(FunctionObject(name, typeName: typeName, body))
    }

    private static func range(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        var numbers: [Int] = []
        for argument in arguments.positional {
            if case .undefined(let marker) = argument { return .undefined(marker) }
            guard let number = argument.intValue else {
                throw .other("'\(argument.typeName)' object cannot be interpreted as an integer")
            }
            numbers.append(number)
        }
        guard (1...3).contains(numbers.count) else {
            throw .other("range expected 1 to 3 arguments, got \(numbers.count)")
        }
        let range =
            numbers.count == 1
            ? RangeObject(start: 0, stop: numbers[0], step: 1)
            : RangeObject(start: numbers[0], stop: numbers[1], step: numbers.count == 3 ? numbers[2] : 1)
        if range.step == 0 { throw .other("range() arg 3 must not be zero") }
        guard range.count <= Bounds.items else { throw .other("the range is too long") }
        return .range(range)
    }

    private static func dict(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        let result = DictObject()
        if let source = arguments.positional.first {
            if case .dict(let dict) = source {
                for (key, value) in try dict.pairs(context) { result.set(key, value) }
            } else {
                for pair in try source.items(context) {
                    let parts = try pair.items(context)
                    guard parts.count == 2, let key = Key(checking: parts[0]) else {
                        throw .other("dict() needs pairs of a key and a value")
                    }
                    result.set(key, parts[1])
                }
            }
        }
        for (name, value) in arguments.keywords { result.set(Key(.string(name)), value) }
        return .dict(result)
    }

    private static func now(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        let isUTC = try (arguments.positional.first ?? arguments.keyword("utc") ?? .bool(false)).isTrue(context)
        let moment = CalendarDateTime.now(utc: isUTC)
        if let format = arguments.positional.dropFirst().first ?? arguments.keyword("fmt"),
            case .string(let format, _) = format, !format.isEmpty
        {
            return .string(TimeFormat.format(format, moment))
        }
        return .dateTime(moment)
    }
}

/// `secrets.provider.field`, read from the vault when a template gets there.
final class SecretsObject: NativeObject {
    private let provider: String?
    init(provider: String? = nil) { self.provider = provider }
    var typeName: String { "secrets" }

    func attribute(_ name: String, _ context: RenderContext) throws(TemplateError) -> Object? {
        guard let provider else { return .native(SecretsObject(provider: name)) }
        return try Secrets.read(provider, [name], context)
    }
}

enum Secrets {
    static func read(_ provider: String, _ fields: [String], _ context: RenderContext) throws(TemplateError) -> Object {
        do {
            return Object(try context.environment.secret(provider, fields))
        } catch let error as TemplateError {
            throw error
        } catch {
            throw .other("\(error)")
        }
    }
}
