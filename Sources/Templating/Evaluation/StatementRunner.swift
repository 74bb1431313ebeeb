/// Runs statements.
extension RenderContext {
    /// A whole template, following `extends`.
    func run(_ template: ParsedTemplate, _ frame: Frame, _ output: inout Output) throws(TemplateError) {
        let inheritance = Inheritance(template.blocks)
        let outer = self.inheritance
        self.inheritance = inheritance
        defer { self.inheritance = outer }
        try run(template.body, frame, &output)
        while let parent = inheritance.parent {
            inheritance.parent = nil
            inheritance.add(parent.blocks)
            // Only what was printed before `extends` stays.
            output = inheritance.kept
            try run(parent.body, frame, &output)
        }
    }

    func run(_ statements: [Statement], _ frame: Frame, _ output: inout Output) throws(TemplateError) {
        for statement in statements {
            do throws(TemplateError) {
                try step()
                try run(statement, frame, &output)
            } catch {
                throw error.placed(at: statement.position)
            }
        }
    }

    /// The value of a body that is captured.
    func capture(_ statements: [Statement], _ frame: Frame) throws(TemplateError) -> Object {
        var output = Output()
        try run(statements, frame, &output)
        return try output.value(self)
    }

    private func run(_ statement: Statement, _ frame: Frame, _ output: inout Output) throws(TemplateError) {
        switch statement.kind {
        case .text(let text): output.append(text: text)
        case .output(let expression):
            let value = try evaluate(expression, frame)
            if case .undefined(let marker) = value, !marker.isPlain {
                output.append(.undefined(Undefined(.failure(marker.error.placed(at: expression.position)))))
            } else {
                output.append(value)
            }
        case .conditional(let branches, let otherwise):
            for (condition, body) in branches where try self.condition(condition, frame) {
                return try run(body, frame, &output)
            }
            try run(otherwise, frame, &output)
        case .loop(let loop): try run(loop, over: evaluate(loop.sequence, frame), frame, depth: 1, &output)
        case .set(let target, let expression): try assign(evaluate(expression, frame), to: target, frame)
        case .setBlock(let target, let filter, let body):
            var value = try capture(body, Frame(parent: frame))
            if case .none = value { value = .string("") }
            if let filter { value = try apply(filter, to: value, frame) }
            try assign(value, to: target, frame)
        case .macro(let definition):
            keep(frame)
            frame[definition.name] = .native(MacroObject(definition, frame, hidesVariables: hidesVariables))
        case .call(let call, let caller):
            guard case .call(let function, let arguments) = call.kind else { return }
            var values = try evaluate(arguments, frame)
            values.keywords.append(("caller", .native(MacroObject(caller, frame, hidesVariables: hidesVariables))))
            let callee = try evaluate(function, frame)
            if case .undefined(let marker) = callee { throw marker.error }
            guard case .native(let native) = callee else { throw .other("'\(callee.typeName)' object is not callable") }
            output.append(try self.call(native, values))
        case .filter(let chain, let body):
            var value = try capture(body, Frame(parent: frame))
            if case .none = value { value = .string("") }
            if !value.isUndefined {
                let (text, provenance) = try spelling { () throws(TemplateError) in try value.text(self) }
                value = try Object.string(text, provenance).concealed(as: value.provenance, self)
            }
            output.append(try apply(chain, to: value, frame))
        case .with(let assignments, let body):
            let inner = Frame(parent: frame)
            for (target, expression) in assignments { try assign(evaluate(expression, frame), to: target, inner) }
            try run(body, inner, &output)
        case .scope(let body): try run(body, Frame(parent: frame), &output)
        case .include(let name, let ignoresMissing, let withContext):
            try include(evaluate(name, frame), ignoresMissing: ignoresMissing, withContext: withContext, frame, &output)
        case .importTemplate(let name, let alias, let withContext):
            frame[alias] = .native(try importModule(evaluate(name, frame), withContext: withContext, frame))
        case .importNames(let template, let names, let withContext):
            let module = try importModule(evaluate(template, frame), withContext: withContext, frame)
            for (name, alias) in names {
                frame[alias] =
                    module.exports[name]
                    ?? .undefined(Undefined(.hint("the imported template does not export '\(name)'")))
            }
        case .extends(let name):
            guard let inheritance else { return }
            guard inheritance.parent == nil else { throw .other("the template extends another already") }
            inheritance.parent = try load(evaluate(name, frame))
            inheritance.kept = output
        case .block(let name, let scoped, let required, let body):
            guard inheritance?.parent == nil else { return }
            try runBlock(
                name, level: 0, fallback: body, required: required, Frame(parent: scoped ? frame : frame.root), &output)
        }
    }

    /// Runs the block's definition at a level: 0 is the most derived template's.
    func runBlock(
        _ name: String, level: Int, fallback: [Statement], required: Bool = false, _ frame: Frame,
        _ output: inout Output
    ) throws(TemplateError) {
        let definitions = inheritance?.blocks[name] ?? [fallback]
        guard level < definitions.count else { return }
        if required, definitions.count == 1 { throw .other("required block '\(name)' not found") }
        keep(frame)
        frame["super"] = block(name, level: level + 1, frame)
        try run(definitions[level], frame, &output)
    }

    /// The block's definition at a level, to be called; undefined when there is none.
    func block(_ name: String, level: Int, _ frame: Frame) -> Object {
        guard level < inheritance?.blocks[name]?.count ?? 0 else {
            return .undefined(Undefined(.hint("there is no parent block called '\(name)'")))
        }
        return .native(BlockReference(name: name, level: level, frame: frame))
    }

    /// A filter block's chain, whose innermost input is the captured text.
    private func apply(_ chain: Expression, to input: Object, _ frame: Frame) throws(TemplateError) -> Object {
        guard case .filter(let inner, let name, let arguments) = chain.kind else { return input }
        let value = if let inner { try apply(inner, to: input, frame) } else { input }
        return try applyFilter(name, to: value, evaluate(arguments, frame))
    }

    func assign(_ value: Object, to target: AssignmentTarget, _ frame: Frame) throws(TemplateError) {
        switch target {
        case .name(let name): frame[name] = value
        case .attribute(let name, let attribute):
            guard case .native(let native)? = frame.find(name), let namespace = native as? NamespaceObject else {
                throw .other("cannot assign attribute on non-namespace object")
            }
            namespace.values[attribute] = value
        case .tuple(let parts):
            let items = try value.items(self)
            guard items.count == parts.count else {
                throw .other(
                    items.count < parts.count
                        ? "not enough values to unpack (expected \(parts.count), got \(items.count))"
                        : "too many values to unpack (expected \(parts.count))")
            }
            for (part, item) in zip(parts, items) { try assign(item, to: part, frame) }
        }
    }

    func run(
        _ loop: Statement.Loop, over sequence: Object, _ frame: Frame, depth: Int, _ output: inout Output
    ) throws(TemplateError) {
        var items = try sequence.items(self)
        if let filter = loop.filter {
            var kept: [Object] = []
            for item in items {
                let inner = Frame(parent: frame)
                try assign(item, to: loop.target, inner)
                if try condition(filter, inner) { kept.append(item) }
            }
            items = kept
        }
        if items.isEmpty { return try run(loop.otherwise, Frame(parent: frame), &output) }
        let state = LoopObject(items, depth: depth, recursion: loop.isRecursive ? (loop, frame) : nil)
        for (index, item) in items.enumerated() {
            state.index = index
            try step()
            let inner = Frame(parent: frame)
            inner["loop"] = .native(state)
            if case .name(let name) = loop.target {
                inner[name] = item
            } else {
                try assign(item, to: loop.target, inner)
            }
            try run(loop.body, inner, &output)
        }
    }
}

extension Frame {
    /// The outermost frame: what a block sees.
    var root: Frame {
        var frame = self
        while let parent = frame.parent { frame = parent }
        return frame
    }
}
