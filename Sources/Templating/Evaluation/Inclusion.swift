import YAML

/// The blocks of a template and of the templates that it extends, most derived first.
final class Inheritance {
    private(set) var blocks: [String: [[Statement]]]
    /// The template named by `extends`, until it runs.
    var parent: ParsedTemplate?
    /// What had been printed by then.
    var kept = Output()
    init(_ blocks: [String: [Statement]]) { self.blocks = blocks.mapValues { [$0] } }
    func add(_ more: [String: [Statement]]) {
        for (name, body) in more { blocks[name, default: []].append(body) }
    }
}

/// An imported template: its macros and what it sets, and as a text what it prints.
final class ModuleObject: NativeObject {
    let exports: Frame, text: String
    /// What the text is known as.
    let provenance: Provenance
    init(_ exports: Frame, text: String, _ provenance: Provenance) {
        self.exports = exports
        self.text = text
        self.provenance = provenance
    }
    var typeName: String { "TemplateModule" }
    func attribute(_ name: String, _ context: RenderContext) -> Object? { name.hasPrefix("_") ? nil : exports[name] }
}

/// `self`: the blocks of the template, as the most derived one has them.
final class SelfObject: NativeObject {
    private let frame: Frame
    init(_ frame: Frame) { self.frame = frame }
    var typeName: String { "TemplateReference" }
    func attribute(_ name: String, _ context: RenderContext) -> Object? { context.block(name, level: 0, frame) }
}

/// A block to be called, as `self.name` and `super` are. `super.super` is the one above.
final class BlockReference: NativeObject {
    private let name: String, ancestor: Int, frame: Frame
    init(name: String, level: Int, frame: Frame) {
        self.name = name
        ancestor = level
        self.frame = frame
    }
    var typeName: String { "BlockReference" }
    func attribute(_ attribute: String, _ context: RenderContext) -> Object? {
        attribute == "super" ? context.block(name, level: ancestor + 1, frame) : nil
    }
    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        try context.nested { () throws(TemplateError) in
            var output = Output()
            try context.runBlock(name, level: ancestor, fallback: [], Frame(parent: frame), &output)
            return try output.value(context)
        }
    }
}

/// `include`, `import` and `extends`.
extension RenderContext {
    func load(_ name: Object) throws(TemplateError) -> ParsedTemplate {
        guard case .string(let name, let provenance) = name else {
            if case .undefined(let marker) = name { throw marker.error }
            throw .other("the name of a template must be a string, not \(name.typeName)")
        }
        let template = try naming { () throws(TemplateError) -> ParsedTemplate in
            guard let template = try find(name, provenance) else { throw .other("template '\(name)' not found") }
            return template
        }
        return template
    }

    private func find(_ name: String, _ provenance: Provenance) throws(TemplateError) -> ParsedTemplate? {
        // Every name is below the folders that are searched, also with a slash before it, and none leaves them.
        let parts = name.split(separator: "/")
        let bare = parts.joined(separator: "/")
        // Errors have either.
        spelled(name, provenance)
        spelled(bare, provenance)
        guard !parts.contains(".."),
            let path = SearchPath.find(bare, in: templateFolders, subfolder: nil)
        else { return nil }
        do throws(TemplateError) {
            // Of a template that was encrypted, what stands in it is searched for, as it goes into a text.
            let (text, provenance) = try templateFile(path)
            spelled(text, provenance)
            return try TemplateCache.shared.template(text, delimiters)
        } catch {
            var error = error
            error.message = "in \(path):\(error.line):\(error.column): " + error.message
            error.line = 0
            throw error
        }
    }

    func include(
        _ name: Object, ignoresMissing: Bool, withContext: Bool, _ frame: Frame, _ output: inout Output
    ) throws(TemplateError) {
        var template: ParsedTemplate?
        switch name {
        case .list, .tuple:
            for case .string(let candidate, let provenance) in try name.items(self) {
                template = try naming { () throws(TemplateError) -> ParsedTemplate? in try find(candidate, provenance) }
                if template != nil { break }
            }
            if template == nil, !ignoresMissing { throw .other("none of the templates given were found") }
        case .string(let name, let provenance) where ignoresMissing:
            template = try naming { () throws(TemplateError) -> ParsedTemplate? in try find(name, provenance) }
        default: template = try load(name)
        }
        guard let template else { return }
        var included = Output()
        try nested { () throws(TemplateError) in
            let inner = Frame(parent: withContext ? frame : nil)
            // The names around it are known to the included template, but not the loop.
            inner["loop"] = .undefined(Undefined(.name("loop")))
            try hidingVariables(!withContext) { () throws(TemplateError) in try run(template, inner, &included) }
        }
        for part in included.parts { output.append(part) }
        if let undefined = included.undefined { output.append(.undefined(undefined)) }
    }

    func importModule(_ name: Object, withContext: Bool, _ frame: Frame) throws(TemplateError) -> ModuleObject {
        let template = try load(name)
        let exports = Frame(parent: withContext ? frame : nil)
        var output = Output()
        try nested { () throws(TemplateError) in
            try hidingVariables(!withContext) { () throws(TemplateError) in try run(template, exports, &output) }
        }
        let (text, provenance) = try spelling { (try? output.text(self)) ?? "" }
        return ModuleObject(exports, text: text, provenance)
    }

    /// Without the context a template sees no variables.
    private func hidingVariables(_ hides: Bool, _ body: () throws(TemplateError) -> Void) throws(TemplateError) {
        let outer = hidesVariables
        hidesVariables = outer || hides
        defer { hidesVariables = outer }
        try body()
    }
}
