import BigInt
import YAML

/// A value while a template runs: what `Value` holds, plus what only exists inside of templates (undefined, tuples,
/// ranges, functions) and
/// containers that are shared by reference, as in Python.
enum Object {
    case none
    case bool(Bool, Provenance = .data)
    case int(Int, Provenance = .data)
    /// Never one that fits `Int`.
    indirect case bigInt(BigInt, Provenance = .data)
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
    /// See `Object.level`.
    var level: Int { get }
}

extension NativeObject {
    var text: String { "<\(typeName)>" }
    func attribute(_ name: String, _ context: RenderContext) throws(TemplateError) -> Object? { nil }
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        throw TemplateError(.other, "'\(typeName)' object is not callable")
    }
    func iterate() -> [Object]? { nil }
    var level: Int { 1 }
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
        guard step > 0 ? start < stop : start > stop else { return 0 }
        // As unsigned numbers: the distance of two integers may be larger than any.
        let distance = UInt(bitPattern: step > 0 ? stop &- start : start &- stop)
        return Int(clamping: (distance - 1) / step.magnitude).saturatingSum(1)
    }
    subscript(index: Int) -> Int { start &+ index &* step }
    var text: String { step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))" }
}

extension Int {
    /// The nearest number that there is.
    func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
    func saturatingProduct(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

/// A function or a method bound to its object.
final class FunctionObject: NativeObject {
    typealias Body = (CallArguments, RenderContext) throws(TemplateError) -> Object
    let typeName: String
    let name: String
    let body: Body
    let level: Int
    /// - Parameter level: of what the body holds.
    init(_ name: String, typeName: String = "builtin_function_or_method", level: Int = 0, _ body: @escaping Body) {
        self.name = name
        self.level = level + 1
        self.typeName = typeName
        self.body = body
    }
    var text: String { typeName == "function" ? "<function \(name)>" : "<built-in method \(name)>" }
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        try body(arguments, context)
    }
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
    static func integer(_ value: BigInt, _ provenance: Provenance = .data) -> Object {
        if let small = Int(exactly: value) { .int(small, provenance) } else { .bigInt(value, provenance) }
    }
    static func strings(_ items: some Sequence<some StringProtocol>) -> Object {
        .list(ListObject(items.map { Object.string(String($0)) } as [Object]))
    }

    /// How many objects hold each other in a row below this one: what is freed frees what it holds, and that takes the
    /// stack.
    ///
    /// What is put into a list or dictionary later counts for that one only; the rendering takes those apart at its
    /// end.
    var level: Int {
        switch self {
        case .list(let list): list.level
        case .dict(let dict): dict.level
        case .native(let native): native.level
        case .tuple(let items), .set(let items): Object.level(of: items)
        default: 0
        }
    }
    static func level(of items: [Object]) -> Int {
        var size = 0
        return level(of: items, above: 0, &size)
    }
    private static func level(of items: [Object], above: Int, _ size: inout Int) -> Int {
        // A tuple of tuples of one tuple is small, and looking at it is not: such a one counts as too deep.
        guard above <= Bounds.nesting, size < 1_000_000 else { return Bounds.nesting + 1 }
        var most = 0
        for item in items {
            if case .tuple(let inner) = item {
                size += inner.count
                most = max(most, level(of: inner, above: above + 1, &size))
            } else {
                most = max(most, item.level)
            }
            if most > Bounds.nesting { break }
        }
        return most + 1
    }

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
