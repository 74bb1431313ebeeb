/// Attributes and methods of values: one table per type.
enum Attributes {
    typealias Method = @Sendable (Object, CallArguments, RenderContext) throws(TemplateError) -> Object

    /// The attribute, or the method bound to the object; nil when the type has none of this name.
    static func find(_ name: String, of object: Object, _ context: RenderContext) throws(TemplateError) -> Object? {
        if case .native(let native) = object { return try native.attribute(name, context) }
        let table: [String: Method] =
            switch object {
            case .string: StringMethods.table
            case .list: ListMethods.table
            case .tuple: ListMethods.tupleTable
            case .dict: DictMethods.table
            case .int, .bigInt, .bool: NumberMethods.integerTable
            case .double: NumberMethods.floatTable
            case .bytes: BytesMethods.table
            case .dateTime, .date: DateMethods.table
            case .duration: DateMethods.durationTable
            case .set: SetMethods.table
            default: [:]
            }
        if let method = table[name] {
            return .native(
                FunctionObject(name, level: object.level) { arguments, context throws(TemplateError) in
                    if let marker = arguments.undefined { return .undefined(marker) }
                    if !arguments.isEmpty, withoutArguments.contains(name) {
                        throw .other("\(name)() takes no arguments")
                    }
                    if !lookingAtArgumentsAlone.contains(name) { try context.pay(for: object) }
                    return try method(object, arguments, context)
                })
        }
        return property(name, of: object)
    }

    private static let withoutArguments: Set<String> = [
        "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable",
        "isspace", "istitle", "isupper",
        "clear", "copy", "items", "keys", "popitem", "reverse", "values",
    ]

    /// What they cost does not depend on how much there is already.
    private static let lookingAtArgumentsAlone: Set<String> = ["append", "extend"]

    private static func property(_ name: String, of object: Object) -> Object? {
        switch object {
        case .int, .bigInt, .bool:
            switch name {
            case "real", "numerator": Number(object)?.object
            case "imag": .int(0)
            case "denominator": .int(1)
            default: nil
            }
        case .double:
            switch name {
            case "real": object
            case "imag": .double(0)
            default: nil
            }
        case .dateTime(let moment): DateMethods.property(name, of: moment)
        case .date(let date): DateMethods.property(name, of: date)
        case .duration(let duration): DateMethods.property(name, of: duration)
        case .range(let range):
            switch name {
            case "start": .int(range.start)
            case "stop": .int(range.stop)
            case "step": .int(range.step)
            default: nil
            }
        default: nil
        }
    }
}
