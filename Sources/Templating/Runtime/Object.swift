import BigInt
import YAML

/// A value while a template runs: what `Value` holds, plus what only exists inside of templates (undefined, tuples, ranges, functions) and
/// containers that are shared by reference, as in Python.
enum Object {
    case none
    case bool(Bool, Provenance = .data)
    case int(Int, Provenance = .data)
    /// Never one that fits `Int`.
    case bigInt(BigInt, Provenance = .data)
    case double(Double, Provenance = .data)
    case string(String, Provenance = .data)
    case bytes([UInt8])
    indirect case date(CalendarDate)
    indirect case dateTime(CalendarDateTime)
    case duration(Duration)
    case list(ListObject)
    case tuple([Object])
    case dict(DictObject)
    /// Without duplicates.
    case set([Object])
    case range(RangeObject)
    case omit
    case undefined(Undefined)
    /// A trusted text that is a template and has not been rendered yet; containers replace it when it is read.
    case deferred(String, Provenance)
    /// Functions, bound methods, `loop`, `namespace`, macros, imported templates.
    case native(any NativeObject)
}

/// What exists only while a template runs and has attributes or can be called.
protocol NativeObject: AnyObject {
    /// Python's name of the type, for messages.
    var typeName: String { get }
    /// `str()` of it.
    var text: String { get }
    func attribute(_ name: String, _ context: RenderContext) throws(TemplateError) -> Object?
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object
    func iterate() -> [Object]?
}

extension NativeObject {
    var text: String { "<\(typeName)>" }
    func attribute(_ name: String, _ context: RenderContext) throws(TemplateError) -> Object? { nil }
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        throw TemplateError(.other, "'\(typeName)' object is not callable")
    }
    func iterate() -> [Object]? { nil }
}

/// The arguments of a call, a filter or a test.
struct CallArguments {
    var positional: [Object] = []
    var keywords: [(name: String, value: Object)] = []

    func keyword(_ name: String) -> Object? { keywords.first { $0.name == name }?.value }
    var isEmpty: Bool { positional.isEmpty && keywords.isEmpty }
    /// The first argument that is undefined and must not be used.
    var undefined: Undefined? {
        for case .undefined(let marker) in positional where !marker.isPlain { return marker }
        for case (_, .undefined(let marker)) in keywords where !marker.isPlain { return marker }
        return nil
    }
}

/// `range(start, stop, step)`.
struct RangeObject: Equatable {
    var start: Int, stop: Int, step: Int
    var count: Int {
        if step > 0 { return start < stop ? (stop - start - 1) / step + 1 : 0 }
        return start > stop ? (start - stop - 1) / -step + 1 : 0
    }
    subscript(index: Int) -> Int { start + index * step }
    var text: String { step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))" }
}

/// A function or a method bound to its object.
final class FunctionObject: NativeObject {
    typealias Body = (CallArguments, RenderContext) throws(TemplateError) -> Object
    let typeName: String
    let name: String
    let body: Body
    init(_ name: String, typeName: String = "builtin_function_or_method", _ body: @escaping Body) {
        self.name = name
        self.typeName = typeName
        self.body = body
    }
    var text: String { typeName == "function" ? "<function \(name)>" : "<built-in method \(name)>" }
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object { try body(arguments, context) }
}

extension Object {
    /// The value's type as Python names it.
    var typeName: String {
        switch self {
        case .none: "NoneType"
        case .bool: "bool"
        case .int, .bigInt: "int"
        case .double: "float"
        case .string, .deferred: "str"
        case .bytes: "bytes"
        case .date: "date"
        case .dateTime: "datetime"
        case .duration: "timedelta"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .set: "set"
        case .range: "range"
        case .omit: "_OmitType"
        case .undefined(let marker): marker.isPlain ? "Undefined" : "UndefinedMarker"
        case .native(let object): object.typeName
        }
    }

    static func list(_ items: [Object]) -> Object { .list(ListObject(items)) }
    static func integer(_ value: BigInt, _ provenance: Provenance = .data) -> Object { if let small = Int(exactly: value) { .int(small, provenance) } else { .bigInt(value, provenance) } }
    static func strings(_ items: some Sequence<some StringProtocol>) -> Object { .list(ListObject(items.map { Object.string(String($0)) } as [Object])) }

    var isUndefined: Bool { if case .undefined = self { true } else { false } }
    /// Undefined, and not what an inline `if` without `else` gives.
    var isMarker: Bool { if case .undefined(let marker) = self { !marker.isPlain } else { false } }
    var isNone: Bool { if case .none = self { true } else { false } }

    /// Booleans count as 0 and 1, as in Python.
    var intValue: Int? {
        switch self {
        case .int(let number, _): number
        case .bool(let flag, _): flag ? 1 : 0
        default: nil
        }
    }
}
