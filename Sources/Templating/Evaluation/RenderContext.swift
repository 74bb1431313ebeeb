import YAML

/// Names that a template gives values to: `set`, loops, macros' parameters.
final class Frame {
    let parent: Frame?
    private(set) var names: [String] = []
    private var values: [Object] = []
    init(parent: Frame?) { self.parent = parent }

    func find(_ name: String) -> Object? {
        var frame: Frame? = self
        while let current = frame {
            if let index = current.names.lastIndex(of: name) { return current.values[index] }
            frame = current.parent
        }
        return nil
    }
    /// Cuts the cycles between a frame and the macros in it.
    func removeAll() {
        names = []
        values = []
    }
    subscript(name: String) -> Object? {
        get { names.lastIndex(of: name).map { values[$0] } }
        set {
            guard let newValue else { return }
            if let index = names.lastIndex(of: name) {
                values[index] = newValue
            } else {
                names.append(name)
                values.append(newValue)
            }
        }
    }
}

/// One rendering: where names come from, and what it has read so far. Lives on one thread, for the time of one call.
final class RenderContext {
    let scope: any VariableScope
    let environment: TemplateEnvironment
    /// How included files are read.
    var delimiters: Delimiters
    /// Folders that include, import and extends search.
    var templateFolders: [String]
    /// In conditions strings that are templates are rendered.
    var rendersStrings = false
    /// A secret that was written out in the text that is being made, and that can't be searched for there; see
    /// `spelling`.
    var tainted: Provenance?
    /// Variables read so far: a container stays the same object while the template runs.
    private var variables: [String: Object] = [:]
    /// The variables' templates that are being rendered, outermost first.
    private var active: [String] = []
    /// Blocks of the template that runs and of those that it extends.
    var inheritance: Inheritance?
    /// Inside of a template that was imported without context.
    var hidesVariables = false
    private var kept: [Frame] = []
    /// Calls of macros, includes and nested lookups under way.
    var callDepth = 0
    static let largestCallDepth = 60
    static let largestNesting = 60
    var expenditure = Expenditure()
    /// Levels of the result that is being made of a value.
    private var resultLevels = 0

    init(scope: any VariableScope, environment: TemplateEnvironment, delimiters: Delimiters = .argument) {
        self.scope = scope
        self.environment = environment
        templateFolders = environment.templateFolders
        self.delimiters = delimiters
    }

    deinit {
        for frame in kept { frame.removeAll() }
        // What was put into lists and dictionaries after they were made may lead back to them, or be a chain of any
        // length.
        for list in changedLists { list.removeAll() }
        for dict in changedDicts { dict.removeAll() }
        for namespace in namespaces { namespace.values = [:] }
    }
    private var changedLists: [ListObject] = [], changedDicts: [DictObject] = [], namespaces: [NamespaceObject] = []
    func keep(_ list: ListObject) { changedLists.append(list) }
    func keep(_ dict: DictObject) { changedDicts.append(dict) }
    func keep(_ namespace: NamespaceObject) { namespaces.append(namespace) }

    func enterResult() throws(TemplateError) {
        resultLevels += 1
        // Undone by `leaveResult`, also when this throws.
        guard resultLevels <= Bounds.nesting else {
            resultLevels -= 1
            throw TemplateError(
                .recursion, "the result has more than \(Bounds.nesting) levels, or leads back to itself", line: 0,
                column: 0)
        }
    }
    func leaveResult() { resultLevels -= 1 }

    /// For frames that hold something that holds them.
    func keep(_ frame: Frame) { kept.append(frame) }

    func variable(_ name: String) throws(TemplateError) -> Object? {
        if hidesVariables { return nil }
        if let known = variables[name] { return known }
        guard let variable = scope.variable(named: name) else { return nil }
        var object = Object(CredentialVariables.known(variable, as: name))
        if case .deferred(let text, let provenance) = object { object = try renderDeferred(text, provenance) }
        variables[name] = object
        return object
    }

    /// The value of a variable's string that is a template. If it fails because something is undefined, it is undefined
    /// itself.
    func renderDeferred(_ text: String, _ provenance: Provenance) throws(TemplateError) -> Object {
        if provenance.isEncrypted { return try decrypted(text, provenance) }
        guard !active.contains(text), active.count < RenderContext.largestNesting else {
            throw TemplateError(
                .recursion, "recursive loop: a variable's template leads back to itself", line: 0, column: 0)
        }
        active.append(text)
        defer { active.removeLast() }
        let outer = (rendersStrings, delimiters)
        rendersStrings = false
        delimiters = .argument
        defer { (rendersStrings, delimiters) = outer }
        do throws(TemplateError) {
            let value = try rendered(text, provenance)
            if case .undefined(let marker) = value, !marker.isPlain { throw marker.error }
            return value
        } catch {
            var error = error
            if error.template == nil { error.template = TemplatePlace(text, provenance, line: error.line) }
            // The place within the variable's text means nothing in the template that uses it.
            error.line = 0
            error.column = 0
            if error.kind == .undefined { return .undefined(Undefined(.failure(error))) }
            throw error
        }
    }

    /// What a text that is a template makes. Where the text is secret, so is that; a secret of another name, such as
    /// the vault's, stays known by its own.
    func rendered(_ text: String, _ provenance: Provenance) throws(TemplateError) -> Object {
        let value = try render(TemplateCache.shared.template(text, .argument), Frame(parent: nil))
        return value.provenance.isSecret ? value : try value.concealed(as: provenance, self)
    }

    /// Runs a whole template; its value is native when it is a single expression.
    func render(
        _ template: ParsedTemplate, _ frame: Frame, trailing: (newlines: Int, sequence: String)? = nil
    ) throws(TemplateError) -> Object {
        var output = Output()
        do throws(TemplateError) {
            try run(template, frame, &output)
        } catch {
            // What was undefined before that comes first.
            throw output.undefined?.error ?? error
        }
        let result = try output.value(self)
        let trailing = trailing ?? (template.trailingNewlines, delimiters.newlineSequence)
        guard case .string(let text, let provenance) = result, trailing.newlines > 0 else { return result }
        let missing = max(0, trailing.newlines - Parser.trailingNewlines(text))
        return missing == 0
            ? result : .string(text + String(repeating: trailing.sequence, count: missing), provenance.untrusted)
    }

    func nested<Result>(_ body: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
        guard callDepth < RenderContext.largestCallDepth else {
            throw TemplateError(.recursion, "macros, includes or lookups are nested too deeply", line: 0, column: 0)
        }
        callDepth += 1
        defer { callDepth -= 1 }
        return try body()
    }
}

/// What a template prints. Parts stay values until the end: a single one is the result with its type.
struct Output {
    private(set) var parts: [Object] = []
    /// With something undefined in it the whole is undefined: a filter may still replace it, and nothing is wrong when
    /// nobody uses it.
    private(set) var undefined: Undefined?

    mutating func append(_ value: Object) {
        switch value {
        case .none: return
        case .undefined(let marker) where !marker.isPlain: undefined = undefined ?? marker
        default: parts.append(value)
        }
    }
    mutating func append(text: String) { parts.append(.string(text)) }

    func value(_ context: RenderContext) throws(TemplateError) -> Object {
        if let undefined { return .undefined(undefined) }
        if parts.isEmpty { return .none }
        if parts.count == 1 { return parts[0] }
        let (text, provenance) = try context.spelling { () throws(TemplateError) in try self.text(context) }
        return .string(text, provenance)
    }
    func text(_ context: RenderContext) throws(TemplateError) -> String {
        if let undefined { throw undefined.error }
        var text = BoundedText()
        for part in parts {
            switch part {
            case .string(let piece, let provenance):
                context.spelled(piece, provenance)
                try text.append(piece)
            case .omit: break
            // What leaves the template has no tuples, also within text.
            case .tuple, .list, .dict: try text.append(Object(part.finalized(context)).text(context))
            default: try text.append(part.text(context))
            }
        }
        return text.text
    }
}
