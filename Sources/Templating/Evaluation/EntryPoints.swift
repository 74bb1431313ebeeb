import YAML

/// What `Templar` calls.
extension RenderContext {
    /// Completes an error that leaves: its place is 1:1 when none is known, and a name that does not exist gets a suggestion.
    func reporting<Result>(_ body: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
        do throws(TemplateError) {
            return try body()
        } catch {
            var error = error
            if error.line == 0 { (error.line, error.column) = (1, 1) }
            if let name = error.undefinedName {
                error.undefinedName = nil
                error.message += Suggestion.text(for: name, among: scope.variableNames)
            }
            throw error
        }
    }

    /// A task argument.
    func render(_ value: Value) throws(TemplateError) -> Value {
        switch value {
        case .string(let text):
            guard TemplateText.mayBeTemplate(text) else { return value }
            return try render(TemplateCache.shared.template(text, .argument), Frame(parent: nil)).finalized(self)
        case .list(let items):
            var result: [Value] = []
            for item in items {
                let rendered = try render(item)
                if rendered != .omit { result.append(rendered) }
            }
            return .list(result)
        case .dict(let map):
            var result = ValueMap()
            for (key, item) in map.pairs {
                let rendered = try render(item)
                if rendered != .omit { result[key] = rendered }
            }
            return .dict(result)
        default: return value
        }
    }

    /// A lookup's results, for `with_NAME`.
    func lookup(_ name: String, _ terms: [Value]) throws(TemplateError) -> [Value] {
        guard let lookup = Lookups.table[name] else { throw .other("the lookup '\(name)' was not found") }
        var results: [Value] = []
        for object in try lookup(Lookups.Call(terms: terms.map { Object($0, isTemplate: false) }, context: self)) { results.append(try object.finalized(self)) }
        return results
    }

    /// `{{ … }}` as a whole, which a condition may be; its text is then the condition.
    static func isWholeTemplate(_ text: String) -> Bool {
        let trimmed = PythonText.trimmed(text)
        return trimmed.hasPrefix("{{") && trimmed.hasSuffix("}}")
    }

    func condition(_ text: String, isRendered: Bool = false) throws(TemplateError) -> Bool {
        guard !PythonText.trimmed(text).isEmpty else { throw TemplateError(.notBoolean, "the condition is empty", line: 0, column: 0) }
        if !isRendered, RenderContext.isWholeTemplate(text) {
            let value = try render(TemplateCache.shared.template(text, .argument), Frame(parent: nil))
            if case .string(let rendered) = value { return try condition(rendered, isRendered: true) }
            return try boolean(value)
        }
        rendersStrings = true
        return try boolean(evaluate(TemplateCache.shared.condition(text), Frame(parent: nil)))
    }

    private func boolean(_ value: Object) throws(TemplateError) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .undefined(let marker) where !marker.isPlain: throw marker.error
        default:
            throw TemplateError(.notBoolean, "the condition's result is of type '\(value.typeName)' and must be a boolean; compare it, or use the 'bool' filter", line: 0, column: 0)
        }
    }

    /// A file's text, as the template module writes it.
    func renderFile(_ text: String, _ options: TemplateFileOptions, _ frame: Frame) throws(TemplateError) -> String {
        var delimiters = Delimiters(options)
        var body = text
        if text.hasPrefix("#jinja2:") {
            let end = text.firstIndex(where: \.isNewline) ?? text.endIndex
            try delimiters.override(String(text[text.index(text.startIndex, offsetBy: 8)..<end]))
            body = end == text.endIndex ? "" : String(text[text.index(after: end)...])
        }
        // What has nothing of a template in it is the result as it is, whatever its line ends are.
        guard [delimiters.variableStart, delimiters.blockStart, delimiters.commentStart].contains(where: { PythonText.find($0, in: body) != nil }) else { return body }
        let outer = (self.delimiters, rendersStrings)
        self.delimiters = delimiters
        rendersStrings = false
        defer { (self.delimiters, rendersStrings) = outer }
        let value = try render(TemplateCache.shared.template(body, delimiters), frame)
        switch value {
        case .none: return ""
        case .omit: throw .other("the template resulted in 'omit', which is no text")
        case .string(let text): return text
        default: return try Object(value.finalized(self), isTemplate: false).text(self)
        }
    }
}

extension Delimiters {
    init(_ options: TemplateFileOptions) {
        variableStart = options.variableStart
        variableEnd = options.variableEnd
        blockStart = options.blockStart
        blockEnd = options.blockEnd
        commentStart = options.commentStart
        commentEnd = options.commentEnd
        trimBlocks = options.trimBlocks
        lstripBlocks = options.lstripBlocks
        newlineSequence = options.newlineSequence
    }

    /// A template's first line, `#jinja2: trim_blocks: False, lstrip_blocks: True`.
    mutating func override(_ line: String) throws(TemplateError) {
        for pair in line.split(separator: ",") {
            let parts = pair.split(separator: ":", maxSplits: 1).map { PythonText.trimmed(String($0)) }
            guard parts.count == 2 else { throw TemplateError(.syntax, "malformed '#jinja2:' override", line: 1, column: 1) }
            let text = parts[1].count >= 2 && (parts[1].first == "'" || parts[1].first == "\"") && parts[1].first == parts[1].last ? String(parts[1].dropFirst().dropLast()) : parts[1]
            let isTrue = text == "True" || text == "true" || text == "1"
            switch parts[0] {
            case "variable_start_string": variableStart = text
            case "variable_end_string": variableEnd = text
            case "block_start_string": blockStart = text
            case "block_end_string": blockEnd = text
            case "comment_start_string": commentStart = text
            case "comment_end_string": commentEnd = text
            case "trim_blocks": trimBlocks = isTrue
            case "lstrip_blocks": lstripBlocks = isTrue
            case "newline_sequence": newlineSequence = text.replacingText("\\n", with: "\n").replacingText("\\r", with: "\r")
            case "line_statement_prefix", "line_comment_prefix", "keep_trailing_newline": break
            default: throw TemplateError(.syntax, "invalid '#jinja2:' override key '\(parts[0])'", line: 1, column: 1)
            }
        }
    }
}
