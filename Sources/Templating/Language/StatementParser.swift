/// Reads statements: everything between `{%` and `%}`.
extension Parser {
    /// A whole template.
    static func template(_ text: String, _ delimiters: Delimiters) throws(TemplateError) -> ParsedTemplate {
        var parser = Parser(try Lexer.template(text, delimiters))
        let body = try parser.statements(until: [])
        if let unknown = parser.unknownNames.first { throw unknown }
        return ParsedTemplate(body: body, blocks: parser.blocks, trailingNewlines: trailingNewlines(text))
    }

    /// An expression that is a whole text.
    static func condition(_ text: String) throws(TemplateError) -> Expression {
        var parser = Parser(try Lexer.expression(text))
        let result = try parser.expression()
        guard parser.current.kind == .end else {
            throw parser.fail("unexpected '\(parser.current.label)' after the expression")
        }
        if let unknown = parser.unknownNames.first { throw unknown }
        return result
    }

    static func trailingNewlines(_ text: String) -> Int {
        var count = 0
        for byte in text.utf8.reversed() {
            guard byte == UInt8(ascii: "\n") else { break }
            count += 1
        }
        return count
    }

    /// Statements up to one of the tags, whose name is then the current token.
    mutating func statements(until ends: [String]) throws(TemplateError) -> [Statement] {
        let opening = current
        depth += 1
        defer { depth -= 1 }
        guard depth <= Parser.largestDepth else { throw fail("the template is nested too deeply") }
        var result: [Statement] = []
        while true {
            let token = current
            switch token.kind {
            case .text(let text):
                advance()
                result.append(Statement(.text(text), at: token.position))
            case .variableBegin:
                advance()
                let value = try expressionList()
                guard current.kind == .variableEnd else {
                    throw fail("expected 'end of print statement', got '\(current.label)'")
                }
                advance()
                result.append(Statement(.output(value), at: value.position))
            case .blockBegin:
                advance()
                if case .name(let name) = current.kind, ends.contains(name) { return result }
                if let statement = try statement() { result.append(statement) }
            case .end:
                guard ends.isEmpty else {
                    throw fail("unexpected end of template; missing '\(ends.last ?? "")'", at: opening)
                }
                return result
            default: throw fail("unexpected '\(token.label)'")
            }
        }
    }

    private mutating func endBlock() throws(TemplateError) {
        guard current.kind == .blockEnd else { throw fail("expected 'end of statement block', got '\(current.label)'") }
        advance()
    }
    /// The end of a tag that a body follows; as in Python it may have a colon.
    private mutating func beginBody() throws(TemplateError) {
        _ = skip(symbol: ":")
        try endBlock()
    }
    /// The body of a statement, up to its end tag and past it.
    private mutating func body(until end: String) throws(TemplateError) -> [Statement] {
        try beginBody()
        let result = try statements(until: [end])
        advance()
        return result
    }

    private mutating func statement() throws(TemplateError) -> Statement? {
        let place = current.position
        let token = current
        let tag = try anyName("a tag name")
        let kind: Statement.Kind
        switch tag {
        case "if": kind = try conditional()
        case "for": kind = try loop()
        case "set": kind = try assignment()
        case "macro": kind = .macro(try macro())
        case "call": kind = try callBlock()
        case "filter":
            let chain = try filterChain()
            kind = .filter(chain, try body(until: "endfilter"))
            try endBlock()
        case "with":
            var assignments: [(AssignmentTarget, Expression)] = []
            while current.kind != .blockEnd {
                if !assignments.isEmpty { try expect(symbol: ",") }
                let target = try assignmentTarget()
                try expect(symbol: "=")
                assignments.append((target, try expression()))
            }
            kind = .with(assignments, try body(until: "endwith"))
            try endBlock()
        case "autoescape":
            _ = try expression()
            kind = .scope(try body(until: "endautoescape"))
            try endBlock()
        case "include":
            let template = try expression()
            let ignoresMissing = isName("ignore") && next.kind == .name("missing")
            if ignoresMissing {
                advance()
                advance()
            }
            kind = .include(template, ignoreMissing: ignoresMissing, withContext: contextKeyword() ?? true)
            try endBlock()
        case "import":
            let template = try expression()
            try expect(name: "as")
            let name = try anyName("a name")
            kind = .importTemplate(template, name: name, withContext: contextKeyword() ?? false)
            try endBlock()
        case "from": kind = try fromImport()
        case "extends":
            kind = .extends(try expression())
            try endBlock()
        case "block": kind = try block()
        case "print":
            var values: [Statement] = []
            while current.kind != .blockEnd {
                if !values.isEmpty { try expect(symbol: ",") }
                let value = try expression()
                values.append(Statement(.output(value), at: value.position))
            }
            kind = .scope(values)
            try endBlock()
        default:
            throw fail(
                "unknown tag '\(tag)'"
                    + Suggestion.text(
                        for: tag,
                        among: [
                            "if", "for", "set", "macro", "call", "filter", "with", "include", "import", "from",
                            "extends", "block", "raw", "elif", "else", "endif", "endfor", "endset", "endmacro",
                        ]), at: token)
        }
        return Statement(kind, at: place)
    }

    private mutating func contextKeyword() -> Bool? {
        guard next.kind == .name("context") else { return nil }
        if skip(name: "with") {
            advance()
            return true
        }
        if skip(name: "without") {
            advance()
            return false
        }
        return nil
    }

    private mutating func contextKeyword(into withContext: inout Bool) -> Bool {
        guard let given = contextKeyword() else { return false }
        withContext = given
        return true
    }

    private mutating func conditional() throws(TemplateError) -> Statement.Kind {
        var branches: [(condition: Expression, body: [Statement])] = []
        var otherwise: [Statement] = []
        let known = unknownNames.count
        defer { unknownNames.removeLast(unknownNames.count - known) }
        while true {
            let condition = try expressionList(allowsConditional: false)
            try beginBody()
            branches.append((condition, try statements(until: ["elif", "else", "endif"])))
            if skip(name: "elif") { continue }
            if skip(name: "else") {
                try beginBody()
                otherwise = try statements(until: ["endif"])
            }
            advance()
            try endBlock()
            return .conditional(branches, otherwise: otherwise)
        }
    }

    private mutating func loop() throws(TemplateError) -> Statement.Kind {
        let start = current
        let target = try assignmentTarget(allowsAttribute: false)
        guard !target.names.contains("loop") else {
            throw fail("'loop' is the loop's own variable, and no name for its items", at: start)
        }
        try expect(name: "in")
        let sequence = try expressionList(allowsConditional: false)
        let filter: Expression? = skip(name: "if") ? try expression() : nil
        let isRecursive = skip(name: "recursive")
        try beginBody()
        let body = try statements(until: ["endfor", "else"])
        var otherwise: [Statement] = []
        if skip(name: "else") {
            try beginBody()
            otherwise = try statements(until: ["endfor"])
        }
        advance()
        try endBlock()
        return .loop(
            Statement.Loop(
                target: target, sequence: sequence, filter: filter, isRecursive: isRecursive, body: body,
                otherwise: otherwise))
    }

    private mutating func assignmentTarget(allowsAttribute: Bool = true) throws(TemplateError) -> AssignmentTarget {
        func one(_ parser: inout Parser) throws(TemplateError) -> AssignmentTarget {
            if parser.skip(symbol: "(") {
                let inner = try parser.assignmentTarget(allowsAttribute: false)
                try parser.expect(symbol: ")")
                return inner
            }
            let token = parser.current
            let name = try parser.anyName("a name to assign to")
            if ["true", "false", "none", "True", "False", "None"].contains(name) {
                throw parser.fail("cannot assign to '\(name)'", at: token)
            }
            if allowsAttribute, parser.skip(symbol: ".") {
                return .attribute(of: name, try parser.anyName("an attribute"))
            }
            return .name(name)
        }
        let first = try one(&self)
        guard isSymbol(",") else { return first }
        var parts = [first]
        while skip(symbol: ",") {
            // Only within parentheses a comma may end the list.
            if isSymbol(")") { break }
            parts.append(try one(&self))
        }
        return .tuple(parts)
    }

    private mutating func assignment() throws(TemplateError) -> Statement.Kind {
        let target = try assignmentTarget()
        if skip(symbol: "=") {
            let value = try expressionList()
            try endBlock()
            return .set(target, value)
        }
        var filter: Expression?
        if skip(symbol: "|") { filter = try filterChain() }
        let block = try body(until: "endset")
        try endBlock()
        return .setBlock(target, filter: filter, block)
    }

    private mutating func parameters() throws(TemplateError) -> (names: [String], defaults: [Expression]) {
        var names: [String] = []
        var defaults: [Expression] = []
        try expect(symbol: "(")
        while !isSymbol(")") {
            if !names.isEmpty { try expect(symbol: ",") }
            let token = current
            let name = try anyName("a parameter")
            guard !names.contains(name) else { throw fail("duplicate parameter '\(name)'", at: token) }
            names.append(name)
            if skip(symbol: "=") {
                defaults.append(try expression())
            } else if !defaults.isEmpty {
                throw fail("a parameter without a default follows one with a default")
            }
        }
        try expect(symbol: ")")
        return (names, defaults)
    }

    private mutating func macroBody(
        _ name: String, _ parameters: (names: [String], defaults: [Expression]), end: String
    ) throws(TemplateError) -> MacroDefinition {
        let start = index
        let block = try body(until: end)
        let used = Set(tokens[start..<index].compactMap { if case .name(let name) = $0.kind { name } else { nil } })
        try endBlock()
        return MacroDefinition(
            name: name, parameters: parameters.names, defaults: parameters.defaults, body: block,
            usesCaller: used.contains("caller"), usesVarargs: used.contains("varargs"),
            usesKwargs: used.contains("kwargs"))
    }

    private mutating func macro() throws(TemplateError) -> MacroDefinition {
        let name = try anyName("the macro's name")
        return try macroBody(name, try parameters(), end: "endmacro")
    }

    private mutating func callBlock() throws(TemplateError) -> Statement.Kind {
        let parameters = isSymbol("(") ? try parameters() : ([], [])
        let token = current
        let call = try expression()
        guard case .call = call.kind else { throw fail("expected a call", at: token) }
        return .call(call, try macroBody("caller", parameters, end: "endcall"))
    }

    private mutating func fromImport() throws(TemplateError) -> Statement.Kind {
        let template = try expression()
        try expect(name: "import")
        var names: [(name: String, alias: String)] = []
        var withContext = false
        while names.isEmpty || current.kind != .blockEnd {
            if !names.isEmpty, contextKeyword(into: &withContext) { break }
            if !names.isEmpty { try expect(symbol: ",") }
            if contextKeyword(into: &withContext) { break }
            let token = current
            let name = try anyName("a name")
            guard !name.hasPrefix("_") else {
                throw fail("names starting with an underline can not be imported", at: token)
            }
            names.append((name, skip(name: "as") ? try anyName("a name") : name))
        }
        try endBlock()
        return .importNames(template, names, withContext: withContext)
    }

    private mutating func block() throws(TemplateError) -> Statement.Kind {
        let token = current
        let name = try anyName("the block's name")
        let isScoped = skip(name: "scoped")
        let isRequired = skip(name: "required")
        guard blocks[name] == nil else { throw fail("block '\(name)' defined twice", at: token) }
        blocks[name] = []
        let content = try body(until: "endblock")
        if case .name(let endName) = current.kind {
            guard endName == name else { throw fail("expected the end of block '\(name)', got '\(endName)'") }
            advance()
        }
        try endBlock()
        blocks[name] = content
        return .block(name: name, scoped: isScoped, required: isRequired, content)
    }
}
