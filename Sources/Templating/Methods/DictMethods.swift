/// `dict`.
enum DictMethods {
    private typealias Body = @Sendable (DictObject, CallArguments, RenderContext) throws(TemplateError) -> Object
    private static func method(_ body: @escaping Body) -> Attributes.Method {
        { object, arguments, context throws(TemplateError) in
            guard case .dict(let dict) = object else { return .none }
            return try body(dict, arguments, context)
        }
    }
    private static func key(_ arguments: CallArguments) throws(TemplateError) -> Key {
        let object = try arguments.required(0, "key")
        guard let key = Key(checking: object) else { throw .other("unhashable type: '\(object.typeName)'") }
        return key
    }
    /// `values` and `items`: an undefined value makes the whole undefined.
    private static func rendered(
        _ dict: DictObject, _ context: RenderContext, _ make: (Key, Object) -> Object
    ) throws(TemplateError) -> Object {
        var result: [Object] = []
        for (key, value) in try dict.pairs(context) {
            if case .undefined = value { return value }
            result.append(make(key, value))
        }
        return .list(result)
    }

    static let table: [String: Attributes.Method] = [
        "get": method { dict, arguments, context throws(TemplateError) in
            try dict.value(key(arguments), context) ?? arguments.optional(1, "default") ?? .none
        },
        "keys": method { dict, _, _ throws(TemplateError) in .list(dict.keys) },
        "values": method { dict, _, context throws(TemplateError) in try rendered(dict, context) { $1 } },
        "items": method { dict, _, context throws(TemplateError) in
            try rendered(dict, context) { .tuple([$0.object, $1]) }
        },
        "copy": method { dict, _, context throws(TemplateError) in .dict(DictObject(try dict.pairs(context))) },
        "pop": method { dict, arguments, context throws(TemplateError) in
            let key = try key(arguments)
            guard let value = try dict.value(key, context) else {
                if let fallback = arguments.optional(1, "default") { return fallback }
                throw .other("pop(): the key is not in the dictionary")
            }
            dict.removeValue(key)
            return value
        },
        "popitem": method { dict, _, context throws(TemplateError) in
            guard let last = try dict.pairs(context).elements.last else {
                throw .other("popitem(): dictionary is empty")
            }
            dict.removeValue(last.key)
            return .tuple([last.key.object, last.value])
        },
        "setdefault": method { dict, arguments, context throws(TemplateError) in
            let key = try key(arguments)
            if let value = try dict.value(key, context) { return value }
            let value = arguments.optional(1, "default") ?? .none
            context.keep(dict)
            dict.set(key, value)
            return value
        },
        "update": method { dict, arguments, context throws(TemplateError) in
            context.keep(dict)
            if let source = arguments.positional.first {
                if case .dict(let other) = source {
                    for (key, value) in try other.pairs(context) { dict.set(key, value) }
                } else {
                    for pair in try source.items(context) {
                        let parts = try pair.items(context)
                        guard parts.count == 2, let key = Key(checking: parts[0]) else {
                            throw .other("dictionary update sequence needs pairs")
                        }
                        dict.set(key, parts[1])
                    }
                }
            }
            for (name, value) in arguments.keywords { dict.set(Key(.string(name)), value) }
            return .none
        },
        "clear": method { dict, _, _ throws(TemplateError) in
            dict.removeAll()
            return .none
        },
    ]
}
