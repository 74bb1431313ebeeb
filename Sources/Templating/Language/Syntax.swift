/// A place in a template's text, from 1.
struct Position: Sendable, Equatable {
    var line: Int, column: Int
}

/// An expression and where it begins. Immutable, so that one parsed template serves any number of threads.
final class Expression: Sendable {
    indirect enum Kind: Sendable {
        case constant(Constant)
        case name(String)
        case list([Expression])
        case tuple([Expression])
        case dict([(key: Expression, value: Expression)])
        case attribute(Expression, String)
        case item(Expression, Expression)
        case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
        case call(Expression, Arguments)
        /// The input is nil for the body of a filter block.
        case filter(Expression?, name: String, Arguments)
        case test(Expression, name: String, Arguments)
        case not(Expression)
        case negate(Expression)
        case plus(Expression)
        case binary(BinaryOperator, Expression, Expression)
        case compare(Expression, [(operation: Comparison, operand: Expression)])
        case and(Expression, Expression)
        case or(Expression, Expression)
        case concat([Expression])
        case conditional(then: Expression, condition: Expression, otherwise: Expression?)
    }
    enum Constant: Sendable {
        case none
        case bool(Bool)
        case int(String)
        case smallInt(Int)
        case double(Double)
        case string(String)
    }
    enum Comparison: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
    }
    struct Arguments: Sendable {
        var positional: [Expression] = []
        var keywords: [(name: String, value: Expression)] = []
        var star: Expression?, doubleStar: Expression?
    }

    let kind: Kind
    let position: Position
    /// How many expressions stand within each other below this one: what runs them, and what frees them, goes down as
    /// far.
    let height: Int
    init(_ kind: Kind, at position: Position) {
        self.kind = kind
        self.position = position
        height = kind.height + 1
    }
}

extension Expression.Kind {
    /// Of the highest part.
    fileprivate var height: Int {
        switch self {
        case .constant, .name: 0
        case .list(let items), .tuple(let items), .concat(let items): items.height
        case .dict(let pairs): pairs.lazy.map { max($0.key.height, $0.value.height) }.max() ?? 0
        case .attribute(let base, _): base.height
        case .item(let base, let key): max(base.height, key.height)
        case .slice(let base, let start, let stop, let step):
            max(base.height, start?.height ?? 0, stop?.height ?? 0, step?.height ?? 0)
        case .call(let function, let arguments): max(function.height, arguments.height)
        case .filter(let input, _, let arguments): max(input?.height ?? 0, arguments.height)
        case .test(let input, _, let arguments): max(input.height, arguments.height)
        case .not(let operand), .negate(let operand), .plus(let operand): operand.height
        case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right):
            max(left.height, right.height)
        case .compare(let first, let rest): max(first.height, rest.lazy.map(\.operand.height).max() ?? 0)
        case .conditional(let then, let condition, let otherwise):
            max(then.height, condition.height, otherwise?.height ?? 0)
        }
    }
}

extension Expression.Arguments {
    fileprivate var height: Int {
        max(positional.height, keywords.lazy.map(\.value.height).max() ?? 0, star?.height ?? 0, doubleStar?.height ?? 0)
    }
}

extension [Expression] {
    fileprivate var height: Int { lazy.map(\.height).max() ?? 0 }
}

/// What an assignment writes to.
indirect enum AssignmentTarget: Sendable {
    case name(String)
    case attribute(of: String, String)
    case tuple([AssignmentTarget])

    var names: [String] {
        switch self {
        case .name(let name): [name]
        case .attribute: []
        case .tuple(let parts): parts.flatMap(\.names)
        }
    }
}

struct MacroDefinition: Sendable {
    var name: String
    var parameters: [String]
    /// The defaults of the last parameters.
    var defaults: [Expression]
    var body: [Statement]
    var usesCaller: Bool, usesVarargs: Bool, usesKwargs: Bool
}

/// A statement and where it begins.
final class Statement: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        case output(Expression)
        case conditional([(condition: Expression, body: [Statement])], otherwise: [Statement])
        case loop(Loop)
        case set(AssignmentTarget, Expression)
        /// `filter` is the chain that the captured text goes through.
        case setBlock(AssignmentTarget, filter: Expression?, [Statement])
        case macro(MacroDefinition)
        case call(Expression, MacroDefinition)
        case filter(Expression, [Statement])
        case with([(AssignmentTarget, Expression)], [Statement])
        case include(Expression, ignoreMissing: Bool, withContext: Bool)
        case importTemplate(Expression, name: String, withContext: Bool)
        case importNames(Expression, [(name: String, alias: String)], withContext: Bool)
        case extends(Expression)
        case block(name: String, scoped: Bool, required: Bool, [Statement])
        case scope([Statement])
    }
    struct Loop: Sendable {
        var target: AssignmentTarget
        var sequence: Expression
        var filter: Expression?
        var isRecursive: Bool
        var body: [Statement], otherwise: [Statement]
    }
    let kind: Kind
    let position: Position
    init(_ kind: Kind, at position: Position) {
        self.kind = kind
        self.position = position
    }
}

/// A parsed template.
final class ParsedTemplate: Sendable {
    let body: [Statement]
    let blocks: [String: [Statement]]
    /// How many newlines the text ends with; Ansible keeps them.
    let trailingNewlines: Int
    init(body: [Statement], blocks: [String: [Statement]], trailingNewlines: Int) {
        self.body = body
        self.blocks = blocks
        self.trailingNewlines = trailingNewlines
    }
}
