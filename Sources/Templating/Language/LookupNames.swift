/// Looks for lookups that there aren't, among those that a template names in so many words and that are certain to be
/// evaluated:
/// what an `if` may leave out is an error only when it is reached.
enum LookupNames {
    static func check(_ template: ParsedTemplate) throws(TemplateError) {
        for statement in template.body {
            switch statement.kind {
            case .output(let expression), .set(_, let expression): try check(expression)
            case .loop(let loop): try check(loop.sequence)
            case .conditional(let branches, _): if let first = branches.first { try check(first.condition) }
            default: break
            }
        }
    }

    static func check(_ root: Expression) throws(TemplateError) {
        var waiting = [root]
        while let expression = waiting.popLast() {
            if case .call(let function, let arguments) = expression.kind, case .name(let called) = function.kind,
                ["lookup", "query", "q"].contains(called),
                let argument = arguments.positional.first, case .constant(.string(let fullName)) = argument.kind
            {
                let name = LookupFunction.shortName(fullName)
                guard Lookups.table[name] != nil else {
                    throw TemplateError(
                        missing: .lookup, fullName, among: Lookups.table.keys.sorted(), line: argument.position.line,
                        column: argument.position.column)
                }
            }
            waiting += expression.certainParts
        }
    }
}

extension Expression {
    /// Those directly inside of it that are evaluated whenever it is.
    fileprivate var certainParts: [Expression] {
        switch kind {
        case .constant, .name: []
        case .list(let items), .tuple(let items), .concat(let items): items
        case .dict(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .attribute(let base, _): [base]
        case .item(let base, let key): [base, key]
        case .slice(let base, let start, let stop, let step): [base] + [start, stop, step].compactMap { $0 }
        case .call(let function, let arguments): [function] + arguments.parts
        case .filter(let input, _, let arguments): [input].compactMap { $0 } + arguments.parts
        case .test(let input, _, let arguments): [input] + arguments.parts
        case .not(let inner), .negate(let inner), .plus(let inner): [inner]
        case .binary(_, let left, let right): [left, right]
        case .compare(let first, let rest): [first] + rest.prefix(1).map { $0.operand }
        case .and(let left, _), .or(let left, _): [left]
        case .conditional(_, let condition, _): [condition]
        }
    }
}

extension Expression.Arguments {
    fileprivate var parts: [Expression] {
        positional + keywords.map { $0.value } + [star, doubleStar].compactMap { $0 }
    }
}
