public import YAML

/// A variable as the templates see it.
public struct Variable: Sendable {
    public var value: Value
    /// Whether strings in it are templates of their own (a playbook's and an inventory's variables are; what hosts said,
    /// registered results and facts never are).
    public var isTemplate: Bool
    public init(_ value: Value, isTemplate: Bool) { self.value = value; self.isTemplate = isTemplate }
}

/// Where names are looked up; the layers of variables live above this.
public protocol VariableScope: Sendable {
    func variable(named name: String) -> Variable?
    /// For `vars`, `lookup('varnames')` and suggestions.
    var variableNames: [String] { get }
    /// What the task's loop goes through, as the playbook has it; the items themselves are no templates any more.
    var writtenItems: Value { get }
}

extension VariableScope {
    public var writtenItems: Value { .null }
}

/// Why a template could not be rendered. `message` may be shown: values of variables are not in it.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable { case undefined, syntax, notBoolean = "not_boolean", recursion, other }
    public var kind: Kind
    public var message: String
    /// 1-based, within the template's text.
    public var line: Int, column: Int
    /// The name that does not exist, for a suggestion.
    var undefinedName: String?
    public init(_ kind: Kind, _ message: String, line: Int = 1, column: Int = 1) {
        self.kind = kind; self.message = message; self.line = line; self.column = column
    }
    public var description: String { message }
}

/// What lookups and filters may reach outside of the template.
public struct TemplateEnvironment: Sendable {
    /// Folders that `lookup('file')`, `lookup('template')`, include and import search, nearest first.
    public var searchPath: [String] = []
    /// `lookup('vault', provider, field…)` and `secrets.provider.field`; the text joins the run's SecretSet before it is returned.
    public var secret: @Sendable (_ provider: String, _ fields: [String]) throws -> Value = { _, _ in throw TemplateError(.other, "no vault is open") }
    public var environment: @Sendable (String) -> String? = { _ in nil }
    /// Hosts that a pattern names, for `lookup('inventory_hostnames')`.
    public var hostnames: @Sendable (_ pattern: String) throws -> [String] = { _ in throw TemplateError(.other, "there is no inventory") }
    public init() {}
}

/// Options of the template module.
public struct TemplateFileOptions: Sendable {
    public var trimBlocks = true, lstripBlocks = false
    public var newlineSequence = "\n"
    public var variableStart = "{{", variableEnd = "}}", blockStart = "{%", blockEnd = "%}", commentStart = "{#", commentEnd = "#}"
    public init() {}
}

/// Renders the playbook language's templates (Jinja2 as Ansible 2.19 uses it, native types).
public struct Templar: Sendable {
    public var environment: TemplateEnvironment
    public init(environment: TemplateEnvironment = TemplateEnvironment()) { self.environment = environment }

    /// A task argument or variable: strings in it are rendered, whatever their depth; `omit`ted entries are dropped, and a value that is omitted as a whole comes back as `.omit`.
    public func render(_ value: Value, in scope: some VariableScope) throws(TemplateError) -> Value {
        guard Templar.hasTemplate(value) else { return value }
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.render(value) }
    }

    /// What `with_NAME` loops over: the results of the lookup for terms that are rendered already.
    public func lookup(_ name: String, _ terms: [Value], in scope: some VariableScope) throws(TemplateError) -> [Value] {
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.lookup(name, terms) }
    }
    public static var lookupNames: Set<String> { Set(Lookups.table.keys) }

    /// A `when:` condition, an expression without braces, or a boolean; `until`, `changed_when`, `failed_when` and assert's `that` too.
    public func condition(_ value: Value, in scope: some VariableScope) throws(TemplateError) -> Bool {
        let text: String
        switch value {
        case .bool(let flag): return flag
        case .string(let condition): text = condition
        default: throw TemplateError(.notBoolean, "a condition must be a boolean or an expression, not \(Object(value, isTemplate: false).typeName)")
        }
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.condition(text) }
    }

    /// A whole file, as the template module renders it.
    public func renderFile(_ text: String, options: TemplateFileOptions, in scope: some VariableScope) throws(TemplateError) -> String {
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.renderFile(text, options, Frame(parent: nil)) }
    }

    /// Syntax only (with the names of filters, tests and lookups), for errors before the first connection.
    public static func check(_ text: String) throws(TemplateError) {
        guard TemplateText.mayBeTemplate(text) else { return }
        try LookupNames.check(TemplateCache.shared.template(text, .argument))
    }

    /// As `check`, for a condition.
    public static func checkCondition(_ text: String) throws(TemplateError) {
        if RenderContext.isWholeTemplate(text) { return try check(text) }
        try LookupNames.check(TemplateCache.shared.condition(text))
    }

    private static func hasTemplate(_ value: Value) -> Bool {
        switch value {
        case .string(let text): TemplateText.mayBeTemplate(text)
        case .list(let items): items.contains { hasTemplate($0) || $0 == .omit }
        case .dict(let map): map.pairs.contains { hasTemplate($0.value) || $0.value == .omit || hasTemplate($0.key) }
        default: false
        }
    }
}
