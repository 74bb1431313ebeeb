/// The blocks of a template and of the templates that it extends, most derived first.
final class Inheritance {
    private(set) var blocks: [String: [[Statement]]]
    /// The template named by `extends`, until it runs.
    var parent: ParsedTemplate?
    init(_ blocks: [String: [Statement]]) { self.blocks = blocks.mapValues { [$0] } }
    func add(_ more: [String: [Statement]]) {
        for (name, body) in more { blocks[name, default: []].append(body) }
    }
}

/// An imported template: its macros and what it sets.
final class ModuleObject: NativeObject {
    let exports: Frame
    init(_ exports: Frame) { self.exports = exports }
    var typeName: String { "TemplateModule" }
    func attribute(_ name: String, _ context: RenderContext) -> Object? { exports[name] }
}

/// `include`, `import` and `extends`.
extension RenderContext {
    func load(_ name: Object) throws(TemplateError) -> ParsedTemplate {
        guard case .string(let name) = name else {
            if case .undefined(let marker) = name { throw marker.error }
            throw .other("the name of a template must be a string, not \(name.typeName)")
        }
        guard let template = try find(name) else { throw .other("template '\(name)' not found") }
        return template
    }

    private func find(_ name: String) throws(TemplateError) -> ParsedTemplate? {
        guard let path = SearchPath.find(name, in: environment.searchPath, subfolder: "templates") else { return nil }
        do throws(TemplateError) {
            return try TemplateCache.shared.template(SearchPath.text(path), delimiters)
        } catch {
            var error = error
            error.message = "in \(path):\(error.line):\(error.column): " + error.message
            error.line = 0
            throw error
        }
    }

    func include(_ name: Object, ignoresMissing: Bool, withContext: Bool, _ frame: Frame, _ output: inout Output) throws(TemplateError) {
        var template: ParsedTemplate?
        switch name {
        case .list, .tuple:
            for case .string(let candidate) in try name.items(self) {
                template = try find(candidate)
                if template != nil { break }
            }
            if template == nil, !ignoresMissing { throw .other("none of the templates given were found") }
        case .string(let name) where ignoresMissing: template = try find(name)
        default: template = try load(name)
        }
        guard let template else { return }
        var included = Output()
        try nested { () throws(TemplateError) in
            try run(template, Frame(parent: withContext ? frame : nil), &included)
        }
        for part in included.parts { output.append(part) }
    }

    func importModule(_ name: Object, withContext: Bool, _ frame: Frame) throws(TemplateError) -> ModuleObject {
        let template = try load(name)
        let exports = Frame(parent: withContext ? frame : nil)
        var ignored = Output()
        try nested { () throws(TemplateError) in
            if withContext { return try run(template, exports, &ignored) }
            // Without the context an imported template sees no variables.
            let outer = hidesVariables
            hidesVariables = true
            defer { hidesVariables = outer }
            try run(template, exports, &ignored)
        }
        return ModuleObject(exports)
    }
}
