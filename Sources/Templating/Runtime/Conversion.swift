import OrderedCollections
import YAML

extension Object {
    /// A variable's value; containers stay as they are until they are read. A text that is trusted and holds a template
    /// is rendered when it is read, and one that is encrypted is decrypted.
    init(_ value: Value) {
        switch value {
        case .null: self = .none
        case .bool(let flag, let provenance): self = .bool(flag, provenance)
        case .int(let number, let provenance): self = .int(number, provenance)
        case .bigInt(let number, let provenance): self = .integer(number, provenance)
        case .double(let number, let provenance): self = .double(number, provenance)
        case .string(let text, let provenance):
            self =
                Templar.isRendered(text, provenance)
                ? .deferred(text, provenance) : .string(text, provenance)
        case .bytes(let bytes): self = .bytes(bytes)
        case .date(let date): self = .date(date)
        case .dateTime(let moment): self = .dateTime(moment)
        case .list(let items): self = .list(ListObject(items))
        case .dict(let map): self = .dict(DictObject(map))
        case .set(let items): self = .set(items.map(Object.init(_:)))
        case .omit: self = .omit
        }
    }

    /// The value that leaves the template: undefined parts are errors, omitted entries are dropped, tuples become
    /// lists.
    func finalized(_ context: RenderContext) throws(TemplateError) -> Value {
        try context.step()
        switch self {
        case .none: return .null
        case .bool(let flag, let provenance): return .bool(flag, provenance)
        case .int(let number, let provenance): return .int(number, provenance)
        case .bigInt(let number, let provenance): return .bigInt(number, provenance)
        case .double(let number, let provenance): return .double(number, provenance)
        case .string(let text, let provenance): return .string(text, provenance)
        case .bytes(let bytes): return .bytes(bytes)
        case .date(let date): return .date(date)
        case .dateTime(let moment): return .dateTime(moment)
        case .omit: return .omit
        case .list(let list): return .list(try Object.finalized(list.items(context), context))
        case .tuple(let items): return .list(try Object.finalized(items, context))
        case .set(let items): return .set(try Object.finalized(items, context))
        case .dict(let dict):
            var map = ValueMap()
            try context.enterResult()
            defer { context.leaveResult() }
            for (key, value) in try dict.pairs(context) {
                if case .omit = value { continue }
                map[try key.object.finalized(context)] = try value.finalized(context)
            }
            return .dict(map)
        case .deferred(let text, let provenance): return try context.renderDeferred(text, provenance).finalized(context)
        case .undefined(let marker):
            if marker.isPlain { throw .unsupported("Undefined") }
            throw marker.error
        case .native(let native):
            if let module = native as? ModuleObject { return .string(module.text, module.provenance) }
            guard let items = native.iterate() else { throw .unsupported(typeName) }
            return .list(try Object.finalized(items, context))
        case .duration, .range:
            throw .unsupported(typeName)
        }
    }

    private static func finalized(_ items: [Object], _ context: RenderContext) throws(TemplateError) -> [Value] {
        var values: [Value] = []
        try context.enterResult()
        defer { context.leaveResult() }
        values.reserveCapacity(items.count)
        for item in items {
            if case .omit = item { continue }
            values.append(try item.finalized(context))
        }
        return values
    }
}

extension TemplateError {
    static func unsupported(_ typeName: String) -> TemplateError {
        .other("a template cannot result in a value of type '\(typeName)'")
    }
    /// An error whose place is filled in by the expression that was being evaluated.
    static func other(_ message: String) -> TemplateError { TemplateError(.other, message, line: 0, column: 0) }
}
