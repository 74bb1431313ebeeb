import YAML

/// What `Templar` calls.
extension RenderContext {
    /// Completes an error that leaves: its place is 1:1 when none is known, and a name that does not exist gets a
    /// suggestion.
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
        case .string(let text, let provenance):
            if provenance.isEncrypted { return try decrypted(text, provenance).finalized(self) }
            guard provenance.isTrusted, TemplateText.mayBeTemplate(text) else { return value }
            return try placing(text, provenance) { () throws(TemplateError) in
                try rendered(text, provenance).finalized(self)
            }
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
        let objects = try naming { () throws(TemplateError) -> [Object] in
            try lookup(Lookups.Call(terms: terms.map(Object.init(_:)), context: self))
        }
        for object in objects { results.append(try object.finalized(self)) }
        return results
    }

    /// A template from its first to its last character, which a condition may be; its text is then the condition.
    static func isWholeTemplate(_ text: String) -> Bool {
        let trimmed = PythonText.trimmed(text)
        return ["{{", "{%", "{#"].contains { trimmed.hasPrefix($0) }
            && ["}}", "%}", "#}"].contains { trimmed.hasSuffix($0) }
    }

    /// Adds to an error in which template it happened.
    func placing<Result>(
        _ text: String, _ provenance: Provenance, _ body: () throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        do throws(TemplateError) { return try body() } catch {
            var error = error
            if error.template == nil { error.template = TemplatePlace(text, provenance, line: error.line) }
            throw error
        }
    }

    /// A condition's text is run as an expression, so it must be trusted: what a host said or a template made never is.
    func condition(_ text: String, _ provenance: Provenance, isRendered: Bool = false) throws(TemplateError) -> Bool {
        guard provenance.isTrusted || PythonText.trimmed(text).isEmpty else {
            throw .other(
                "the condition is a text that did not come from the playbook or the inventory, and is not run; compare it with something, or write the expression itself"
            )
        }
        guard !PythonText.trimmed(text).isEmpty else {
            throw TemplateError(.notBoolean, "the condition is empty", line: 0, column: 0)
        }
        if !isRendered, RenderContext.isWholeTemplate(text) {
            let value = try render(
                TemplateCache.shared.template(PythonText.trimmed(text), .argument), Frame(parent: nil))
            if case .string(let rendered, let provenance) = value {
                return try condition(rendered, provenance, isRendered: true)
            }
            return try boolean(value)
        }
        rendersStrings = true
        return try boolean(evaluate(TemplateCache.shared.condition(text), Frame(parent: nil)))
    }

    private func boolean(_ value: Object) throws(TemplateError) -> Bool {
        switch value {
        case .bool(let flag, _): return flag
        default:
            // What cannot be a result at all is reported first.
            _ = try value.finalized(self)
            throw TemplateError(
                .notBoolean,
                "the condition's result is of type '\(value.typeName)' and must be a boolean; compare it, or use the 'bool' filter",
                line: 0, column: 0)
        }
    }

    /// A file's text, as the template module writes it, and what it is known as.
    func renderFile(
        _ text: String, _ options: TemplateFileOptions, _ frame: Frame
    ) throws(TemplateError) -> (text: String, provenance: Provenance) {
        switch try renderFileValue(text, options, frame) {
        case .none: return ("", .data)
        case .omit: throw .other("the template resulted in 'omit', which is no text")
        case .string(let text, let provenance): return (text, provenance.untrusted)
        case let value:
            let (text, provenance) = try spelling { () throws(TemplateError) in
                try Object(value.finalized(self)).text(self)
            }
            // A boolean or a short number as a text: what can't be searched for as a value can't be as the file's text
            // either.
            return (text, provenance.label.map { Provenance.secret($0, isSearched: false).derived } ?? .data)
        }
    }

    /// The native value of a file.
    func renderFileValue(_ text: String, _ options: TemplateFileOptions, _ frame: Frame) throws(TemplateError) -> Object
    {
        var delimiters = Delimiters(options)
        let starts = [delimiters.variableStart, delimiters.blockStart, delimiters.commentStart]
        guard Set(starts).count == starts.count else {
            throw .other("block, variable and comment start strings must be different")
        }
        var body = text
        if text.hasPrefix("#jinja2:") {
            guard let end = text.firstIndex(where: \.isNewline) else {
                throw TemplateError(.syntax, "missing newline after '#jinja2:' override", line: 1, column: 1)
            }
            try delimiters.override(String(text[text.index(text.startIndex, offsetBy: 8)..<end]))
            body = String(text[text.index(after: end)...])
        } else if !starts.contains(where: { PythonText.find($0, in: text) != nil }) {
            // What has nothing of a template in it is the result as it is, whatever its line ends are.
            return .string(text)
        }
        let outer = (self.delimiters, rendersStrings)
        self.delimiters = delimiters
        rendersStrings = false
        defer { (self.delimiters, rendersStrings) = outer }
        // The newlines at the end are the module's matter: the first line has no say in them.
        return try render(
            TemplateCache.shared.template(body, delimiters), frame,
            trailing: (Parser.trailingNewlines(text), options.newlineSequence))
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

    /// A template's first line, `#jinja2: trim_blocks: False, lstrip_blocks: True`. Its values are Python's literals.
    mutating func override(_ line: String) throws(TemplateError) {
        func malformed(_ message: String) -> TemplateError {
            TemplateError(.syntax, "'#jinja2:' override: \(message)", line: 1, column: 1)
        }
        for pair in line.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: ":", maxSplits: 1).map { PythonText.trimmed(String($0)) }
            guard parts.count == 2 else { throw malformed("a pair of a name and a value is missing") }
            func text() throws(TemplateError) -> String {
                guard let quote = parts[1].first, quote == "'" || quote == "\"", parts[1].count >= 2,
                    parts[1].last == quote
                else { throw malformed("'\(parts[0])' needs a quoted text") }
                return try StringEscapes.decode(String(parts[1].dropFirst().dropLast()))
            }
            func flag() throws(TemplateError) -> Bool {
                switch PythonText.trimmed(String(parts[1].prefix { $0 != "#" })) {
                case "True": return true
                case "False": return false
                default: throw malformed("'\(parts[0])' needs True or False")
                }
            }
            switch parts[0] {
            case "variable_start_string": variableStart = try text()
            case "variable_end_string": variableEnd = try text()
            case "block_start_string": blockStart = try text()
            case "block_end_string": blockEnd = try text()
            case "comment_start_string": commentStart = try text()
            case "comment_end_string": commentEnd = try text()
            case "trim_blocks": trimBlocks = try flag()
            case "lstrip_blocks": lstripBlocks = try flag()
            case "keep_trailing_newline": keepsTrailingNewline = try flag()
            case "newline_sequence": newlineSequence = try text()
            case "line_statement_prefix", "line_comment_prefix":
                throw malformed("'\(parts[0])' is not supported; write {% %} and {# #}")
            default: throw malformed("there is no '\(parts[0])'")
            }
        }
    }
}
