import BigInt

/// Reads expressions, with Jinja's precedence: conditional, or, and, not, comparisons, `+ -`, `~`, `* / // %`, `**`,
/// unary, postfix, filters and tests.
struct Parser {
    var tokens: [Token]
    var index = 0
    /// Filters and tests that do not exist. In a branch that may not run that is an error only when it runs, as in
    /// Jinja:
    /// what was found inside of a conditional is forgotten at its end.
    var unknownNames: [TemplateError] = []
    var depth = 0
    var blocks: [String: [Statement]] = [:]

    /// Deeper than any sane template, shallow enough for a thread's stack.
    static let largestDepth = 100
    static let longestChain = 300

    /// An expression that can be run, and freed, on a thread's stack.
    private func checked(_ expression: Expression) throws(TemplateError) -> Expression {
        guard expression.height <= Bounds.expressionHeight else {
            throw fail("the expression is nested too deeply, or is too long")
        }
        return expression
    }

    init(_ tokens: [Token]) { self.tokens = tokens }

    // MARK: Tokens

    var current: Token { tokens[min(index, tokens.count - 1)] }
    var next: Token { tokens[min(index + 1, tokens.count - 1)] }
    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    func fail(_ message: String, at token: Token? = nil) -> TemplateError {
        let position = (token ?? current).position
        return TemplateError(.syntax, message, line: position.line, column: position.column)
    }
    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
    func isName(_ name: String) -> Bool { current.kind == .name(name) }
    mutating func skip(symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }
    mutating func skip(name: String) -> Bool {
        guard isName(name) else { return false }
        advance()
        return true
    }
    mutating func expect(symbol: String) throws(TemplateError) {
        guard skip(symbol: symbol) else { throw fail("expected '\(symbol)', got '\(current.label)'") }
    }
    mutating func expect(name: String) throws(TemplateError) {
        guard skip(name: name) else { throw fail("expected '\(name)', got '\(current.label)'") }
    }
    mutating func anyName(_ what: String) throws(TemplateError) -> String {
        guard case .name(let name) = current.kind else { throw fail("expected \(what), got '\(current.label)'") }
        advance()
        return name
    }
    private func position() -> Position { current.position }

    // MARK: Expressions

    mutating func expression() throws(TemplateError) -> Expression { try conditional() }

    /// An expression, or several with commas between them: a tuple.
    mutating func expressionList(allowsConditional: Bool = true) throws(TemplateError) -> Expression {
        let place = position()
        let first = allowsConditional ? try conditional() : try or()
        guard isSymbol(",") else { return first }
        var items = [first]
        while skip(symbol: ",") {
            if endsList { break }
            items.append(allowsConditional ? try conditional() : try or())
        }
        return Expression(.tuple(items), at: place)
    }
    private var endsList: Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .end, .symbol(")"): true
        default: false
        }
    }

    private mutating func nested<Result>(
        _ parse: (inout Parser) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Parser.largestDepth else { throw fail("the expression is nested too deeply") }
        return try parse(&self)
    }

    private mutating func conditional() throws(TemplateError) -> Expression {
        try nested { parser throws(TemplateError) in
            let known = parser.unknownNames.count
            var result = try parser.or()
            var count = 0
            while parser.isName("if") {
                count += 1
                guard count < Parser.longestChain else { throw parser.fail("the expression is too long") }
                parser.advance()
                let condition = try parser.or()
                let otherwise: Expression? = parser.skip(name: "else") ? try parser.conditional() : nil
                parser.unknownNames.removeLast(parser.unknownNames.count - known)
                result = try parser.checked(
                    Expression(
                        .conditional(then: result, condition: condition, otherwise: otherwise), at: result.position))
            }
            return result
        }
    }
    private mutating func chain(
        _ operand: (inout Parser) throws(TemplateError) -> Expression,
        _ combine: (inout Parser, Expression) throws(TemplateError) -> Expression?
    ) throws(TemplateError) -> Expression {
        var left = try operand(&self)
        var count = 0
        while let combined = try combine(&self, left) {
            left = try checked(combined)
            count += 1
            guard count < Parser.longestChain else { throw fail("the expression is too long") }
        }
        return left
    }

    private mutating func or() throws(TemplateError) -> Expression {
        try chain({ parser throws(TemplateError) in try parser.and() }) { parser, left throws(TemplateError) in
            parser.skip(name: "or") ? Expression(.or(left, try parser.and()), at: left.position) : nil
        }
    }

    private mutating func and() throws(TemplateError) -> Expression {
        try chain({ parser throws(TemplateError) in try parser.not() }) { parser, left throws(TemplateError) in
            parser.skip(name: "and") ? Expression(.and(left, try parser.not()), at: left.position) : nil
        }
    }

    private mutating func not() throws(TemplateError) -> Expression {
        guard isName("not") else { return try comparison() }
        let place = position()
        advance()
        return try nested { parser throws(TemplateError) in Expression(.not(try parser.not()), at: place) }
    }

    private mutating func comparison() throws(TemplateError) -> Expression {
        let first = try sum()
        var rest: [(operation: Expression.Comparison, operand: Expression)] = []
        while let operation = comparisonOperator() {
            rest.append((operation, try sum()))
            guard rest.count < Parser.longestChain else { throw fail("the expression is too long") }
        }
        return rest.isEmpty ? first : Expression(.compare(first, rest), at: first.position)
    }
    private mutating func comparisonOperator() -> Expression.Comparison? {
        switch current.kind {
        case .symbol(let symbol):
            guard let operation = Expression.Comparison(rawValue: symbol) else { return nil }
            advance()
            return operation
        case .name("in"):
            advance()
            return .isIn
        case .name("not") where next.kind == .name("in"):
            advance()
            advance()
            return .isNotIn
        default: return nil
        }
    }

    private mutating func sum() throws(TemplateError) -> Expression {
        try chain({ parser throws(TemplateError) in try parser.concatenation() }) {
            parser, left throws(TemplateError) in
            for operation in [BinaryOperator.add, .subtract] where parser.skip(symbol: operation.rawValue) {
                return Expression(.binary(operation, left, try parser.concatenation()), at: left.position)
            }
            return nil
        }
    }

    private mutating func concatenation() throws(TemplateError) -> Expression {
        let first = try product()
        guard isSymbol("~") else { return first }
        var parts = [first]
        while skip(symbol: "~") { parts.append(try product()) }
        return Expression(.concat(parts), at: first.position)
    }

    private mutating func product() throws(TemplateError) -> Expression {
        try chain({ parser throws(TemplateError) in try parser.power() }) { parser, left throws(TemplateError) in
            for operation in [BinaryOperator.multiply, .divide, .floorDivide, .modulo]
            where parser.skip(symbol: operation.rawValue) {
                return Expression(.binary(operation, left, try parser.power()), at: left.position)
            }
            return nil
        }
    }

    private mutating func power() throws(TemplateError) -> Expression {
        try chain({ parser throws(TemplateError) in try parser.unary(withFilters: true) }) {
            parser, left throws(TemplateError) in
            parser.skip(symbol: "**")
                ? Expression(.binary(.power, left, try parser.unary(withFilters: true)), at: left.position) : nil
        }
    }

    private mutating func unary(withFilters: Bool) throws(TemplateError) -> Expression {
        try nested { parser throws(TemplateError) in
            let place = parser.position()
            var result: Expression
            if parser.skip(symbol: "-") {
                result = Expression(.negate(try parser.unary(withFilters: false)), at: place)
            } else if parser.skip(symbol: "+") {
                result = Expression(.plus(try parser.unary(withFilters: false)), at: place)
            } else {
                result = try parser.primary()
            }
            result = try parser.postfix(result)
            return withFilters ? try parser.filtersAndTests(result) : result
        }
    }

    private mutating func primary() throws(TemplateError) -> Expression {
        let token = current
        let place = token.position
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return Expression(.constant(.bool(true)), at: place)
            case "false", "False": return Expression(.constant(.bool(false)), at: place)
            case "none", "None": return Expression(.constant(.none), at: place)
            default: return Expression(.name(name), at: place)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text += more
                advance()
            }
            return Expression(.constant(.string(text)), at: place)
        case .integer(let text):
            advance()
            return Expression(.constant(try Parser.integer(text, at: place)), at: place)
        case .float(let number):
            advance()
            return Expression(.constant(.double(number)), at: place)
        case .symbol("("):
            advance()
            if skip(symbol: ")") { return Expression(.tuple([]), at: place) }
            let inner = try expressionList()
            try expect(symbol: ")")
            return inner
        case .symbol("["):
            advance()
            var items: [Expression] = []
            while !isSymbol("]") {
                if !items.isEmpty { try expect(symbol: ",") }
                if isSymbol("]") { break }
                items.append(try expression())
            }
            try expect(symbol: "]")
            return Expression(.list(items), at: place)
        case .symbol("{"):
            advance()
            var pairs: [(key: Expression, value: Expression)] = []
            while !isSymbol("}") {
                if !pairs.isEmpty { try expect(symbol: ",") }
                if isSymbol("}") { break }
                let key = try expression()
                try expect(symbol: ":")
                pairs.append((key, try expression()))
            }
            try expect(symbol: "}")
            return Expression(.dict(pairs), at: place)
        case .variableEnd, .blockEnd, .end: throw fail("expected an expression, got '\(token.label)'")
        default: throw fail("unexpected '\(token.label)'")
        }
    }

    private static func integer(_ text: String, at place: Position) throws(TemplateError) -> Expression.Constant {
        let parts = text.split(separator: ":")
        let radix = Int(parts[0]) ?? 10
        if let small = Int(parts[1], radix: radix) { return .smallInt(small) }
        guard parts[1].utf8.count <= 4300, let big = BigInt(String(parts[1]), radix: radix) else {
            throw TemplateError(.syntax, "the number is too long", line: place.line, column: place.column)
        }
        return .int(String(big))
    }

    private mutating func postfix(_ start: Expression) throws(TemplateError) -> Expression {
        try chain({ _ in start }) { parser, left throws(TemplateError) in
            switch parser.current.kind {
            case .symbol("."):
                parser.advance()
                switch parser.current.kind {
                case .name(let name):
                    parser.advance()
                    return Expression(.attribute(left, name), at: left.position)
                case .integer(let text):
                    let place = parser.position()
                    parser.advance()
                    return Expression(
                        .item(left, Expression(.constant(try Parser.integer(text, at: place)), at: place)),
                        at: left.position)
                default: throw parser.fail("expected name or number")
                }
            case .symbol("["):
                parser.advance()
                let place = parser.position()
                let first = try parser.subscripted(of: left)
                guard !parser.isSymbol("]") else {
                    parser.advance()
                    return first
                }
                // Several subscripts are one tuple.
                guard case .item(_, let key) = first.kind else {
                    throw parser.fail("expected ']', got '\(parser.current.label)'")
                }
                var keys = [key]
                while parser.skip(symbol: ",") { keys.append(try parser.expression()) }
                try parser.expect(symbol: "]")
                return Expression(.item(left, Expression(.tuple(keys), at: place)), at: left.position)
            case .symbol("("):
                return Expression(.call(left, try parser.arguments()), at: left.position)
            default: return nil
            }
        }
    }

    private mutating func subscripted(of base: Expression) throws(TemplateError) -> Expression {
        func isEnd(_ parser: Parser) -> Bool { parser.isSymbol("]") || parser.isSymbol(",") }
        var start: Expression?
        if !isSymbol(":") {
            let key = try expression()
            if !isSymbol(":") { return Expression(.item(base, key), at: base.position) }
            start = key
        }
        advance()
        let stop: Expression? = isSymbol(":") || isEnd(self) ? nil : try expression()
        var step: Expression?
        if skip(symbol: ":"), !isEnd(self) { step = try expression() }
        return Expression(.slice(base, start: start, stop: stop, step: step), at: base.position)
    }

    mutating func arguments() throws(TemplateError) -> Expression.Arguments {
        try expect(symbol: "(")
        var result = Expression.Arguments()
        var isFirst = true
        while !isSymbol(")") {
            if !isFirst {
                try expect(symbol: ",")
                if isSymbol(")") { break }
            }
            isFirst = false
            if skip(symbol: "*") {
                guard result.star == nil, result.doubleStar == nil else {
                    throw fail("invalid syntax for function call expression")
                }
                result.star = try expression()
            } else if skip(symbol: "**") {
                guard result.doubleStar == nil else { throw fail("invalid syntax for function call expression") }
                result.doubleStar = try expression()
            } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
                guard result.doubleStar == nil else { throw fail("invalid syntax for function call expression") }
                advance()
                advance()
                result.keywords.append((name, try expression()))
            } else {
                guard result.star == nil, result.doubleStar == nil, result.keywords.isEmpty else {
                    throw fail("a positional argument follows a keyword argument")
                }
                result.positional.append(try expression())
            }
        }
        try expect(symbol: ")")
        return result
    }

    private mutating func filtersAndTests(_ start: Expression) throws(TemplateError) -> Expression {
        try chain({ _ in start }) { parser, left throws(TemplateError) in
            switch parser.current.kind {
            case .symbol("|"): return try parser.filter(left)
            case .name("is"): return try parser.test(left)
            case .symbol("("): return Expression(.call(left, try parser.arguments()), at: left.position)
            default: return nil
            }
        }
    }

    private mutating func dottedName(_ what: String) throws(TemplateError) -> String {
        var name = try anyName(what)
        while isSymbol("."), case .name(let part) = next.kind {
            name += "." + part
            advance()
            advance()
        }
        return name
    }

    /// `| name(arguments)`; the current token is the bar.
    private mutating func filter(_ input: Expression?) throws(TemplateError) -> Expression {
        try expect(symbol: "|")
        return try filterName(input)
    }
    private mutating func filterName(_ input: Expression?) throws(TemplateError) -> Expression {
        let token = current
        let name = try dottedName("the name of a filter")
        if Filters.named(name) == nil { unknownNames.append(unknown(.filter, name, Filters.names, at: token)) }
        let arguments = isSymbol("(") ? try self.arguments() : Expression.Arguments()
        return Expression(.filter(input, name: name, arguments), at: token.position)
    }
    /// The chain of a filter block: `upper | replace("a", "b")`.
    mutating func filterChain() throws(TemplateError) -> Expression {
        var result = try filterName(nil)
        while isSymbol("|") { result = try checked(filter(result)) }
        return result
    }

    private mutating func test(_ input: Expression) throws(TemplateError) -> Expression {
        let place = position()
        advance()
        let isNegated = skip(name: "not")
        let token = current
        let name = try dottedName("the name of a test")
        if TemplateTests.named(name) == nil {
            unknownNames.append(unknown(.test, name, TemplateTests.names, at: token))
        }
        var arguments = Expression.Arguments()
        switch current.kind {
        case .symbol("("): arguments = try self.arguments()
        case .name("else"), .name("or"), .name("and"): break
        case .name("is"): throw fail("tests cannot be chained with 'is'")
        case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
            // `x is divisibleby 3`; a keyword that continues the expression is no argument.
            if isName("if") || isName("in") || isName("not") { break }
            arguments.positional = [try postfix(primary())]
        default: break
        }
        let result = Expression(.test(input, name: name, arguments), at: token.position)
        return isNegated ? Expression(.not(result), at: place) : result
    }

    private func unknown(
        _ kind: TemplateError.Missing.Kind, _ name: String, _ names: [String], at token: Token
    ) -> TemplateError {
        TemplateError(
            missing: kind, name, among: names, line: token.position.line, column: token.position.column)
    }
}
