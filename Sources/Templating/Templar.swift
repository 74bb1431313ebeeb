import AnsibleVault
import Redaction
import Support
import YAML

/// Where names are looked up; the layers of variables live above this.
package protocol VariableScope: Sendable {
    /// A variable's value. Texts in it that are trusted are templates of their own.
    func variable(named name: String) -> Value?
    /// For `vars`, `lookup('varnames')` and suggestions.
    var variableNames: [String] { get }
}

/// Why a template could not be rendered. `message` may be shown: values of variables are not in it.
package struct TemplateError: Error, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case undefined, syntax
        case notBoolean = "not_boolean"
        case recursion, other
    }
    package var kind: Kind
    package var message: String
    /// 1-based, within the template's text.
    package var line: Int, column: Int
    /// The template in which it happened: the innermost one where variables lead to variables.
    package internal(set) var template: TemplatePlace?
    /// The name that does not exist, for a suggestion.
    var undefinedName: String?
    /// A filter, test or lookup that the template names and that there isn't.
    package internal(set) var missing: Missing?
    package struct Missing: Sendable, Hashable {
        package enum Kind: String, Sendable { case filter, test, lookup }
        package let kind: Kind
        package let name: String
        /// Whether Ansible has it.
        package let isAnsibles: Bool
        init(_ kind: Kind, _ name: String) {
            self.kind = kind
            self.name = name
            isAnsibles = AnsibleNames.has(AnsibleNames.Kind(kind), name)
        }

        /// What an error says of it.
        /// - Parameter names: what there is.
        func message(among names: [String]) -> String {
            let short = LookupFunction.shortName(name)
            return isAnsibles
                ? "the \(kind.rawValue) '\(name)' is not supported"
                : kind == .lookup
                    ? "the lookup '\(name)' was not found" + Suggestion.text(for: short, among: names)
                    : "no \(kind.rawValue) named '\(name)'" + Suggestion.text(for: short, among: names)
        }
    }
    package init(_ kind: Kind, _ message: String, line: Int = 1, column: Int = 1) {
        self.kind = kind
        self.message = message
        self.line = line
        self.column = column
    }
    package var description: String { message }
}

extension AnsibleNames.Kind {
    init(_ kind: TemplateError.Missing.Kind) {
        self =
            switch kind {
            case .filter: .filter
            case .test: .test
            case .lookup: .lookup
            }
    }
}

extension TemplateError {
    /// What a template names is not there.
    init(missing kind: Missing.Kind, _ name: String, among names: [String], line: Int, column: Int) {
        let missing = Missing(kind, name)
        self.init(.syntax, missing.message(among: names), line: line, column: column)
        self.missing = missing
    }
}

/// A template and where it stands.
package struct TemplatePlace: Sendable, CustomStringConvertible {
    /// The line of it that the error is in, as the playbook has it.
    package let expression: String
    package let origin: SourceMark

    /// A value as it stands in a file; nil for what is no text, or whose place is unknown.
    package init?(_ value: Value) {
        guard let text = value.string else { return nil }
        self.init(text, value.provenance, line: 1)
    }

    init?(_ text: String, _ provenance: Provenance, line: Int) {
        guard let origin = provenance.origin else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.indices.contains(line - 1) ? lines[line - 1] : lines.first ?? ""
        let trimmed = PythonText.trimmed(String(shown))
        expression = trimmed.unicodeScalars.count > 160 ? String(trimmed.unicodeScalars.prefix(160)) + "…" : trimmed
        // The lines of a block (`|`, `>`) begin below its mark.
        self.origin =
            lines.count > 1 && line > 0
            ? SourceMark(file: origin.file, line: origin.line + line, column: origin.column) : origin
    }

    /// `site.yml:33:24: {{ nothing }}`
    package var description: String { "\(origin): \(expression)" }
}

/// What lookups and filters may reach outside of the template.
package struct TemplateEnvironment: Sendable {
    /// Folders that lookups of files search, nearest first; in each also the folder of a file's kind.
    package var searchPath: [String] = []
    /// Folders that include, import and extends search.
    package var templateFolders: [String] = []
    /// The kind of what `first_found` looks for when a task loops over it; nil is none.
    package var foundKind: String?
    /// `lookup('vault', provider, field…)` and `secrets.provider.field`; the text joins the run's SecretSet before it
    /// is returned.
    package var secret: @Sendable (_ provider: String, _ fields: [String]) throws -> Value = { _, _ in
        throw TemplateError(.other, "no vault is open")
    }
    /// A variable of the controller's environment, a text. What opens the vault is secret there, too.
    package var environment: @Sendable (String) -> Value? = { _ in nil }
    /// The secrets of the run; those that templates put into texts join them.
    package var secrets = SecretSet()
    /// What opens the texts of ansible-vault, in variables and in files.
    package var ansibleVault = VaultKeyring.empty
    /// Called with each secret that a template puts into a text, before it joins `secrets`.
    package var joining: @Sendable (_ text: Secret<String>, _ label: String) -> Void = { _, _ in }
    /// Hosts that a pattern names, for `lookup('inventory_hostnames')`.
    package var hostnames: @Sendable (_ pattern: String) throws -> [String] = { _ in
        throw TemplateError(.other, "there is no inventory")
    }
    package init() {}

    /// For a template that a task fills in: the search path, and the template's own folder after it.
    package mutating func searchTemplates(besides file: String) {
        templateFolders = searchPath.flatMap { ["\($0)/templates", $0] }
        guard let folder = Self.folder(of: file) else { return }
        templateFolders += ["\(folder)/templates", folder]
    }

    /// For a template that a lookup renders: its own folder, and the search path after it.
    func foldersOfTemplate(_ file: String) -> [String] {
        [Self.folder(of: file)].compactMap { $0 } + searchPath.flatMap { ["\($0)/templates", $0] }
    }

    private static func folder(of file: String) -> String? { file.lastIndex(of: "/").map { String(file[..<$0]) } }
}

/// Options of the template module.
package struct TemplateFileOptions: Sendable {
    package var trimBlocks = true, lstripBlocks = false
    package var newlineSequence = "\n"
    package var variableStart = "{{", variableEnd = "}}", blockStart = "{%", blockEnd = "%}", commentStart = "{#",
        commentEnd = "#}"
    package init() {}
}

/// Renders the playbook language's templates (Jinja2 as Ansible 2.19 uses it, native types).
package struct Templar: Sendable {
    package var environment: TemplateEnvironment
    package init(environment: TemplateEnvironment = TemplateEnvironment()) { self.environment = environment }

    /// A task argument or variable: the trusted texts in it that are templates are rendered, whatever their depth; what
    /// came of them is data, unless it is a trusted text that
    /// was handed on whole; `omit`ted entries are dropped, and a value that is omitted as a whole comes back as
    /// `.omit`.
    package func render(_ value: Value, in scope: some VariableScope) throws(TemplateError) -> Value {
        guard Templar.needsRendering(value) else { return value }
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.render(value) }
    }

    /// The same value, of which a text is about to be made that knows nothing: a name, a path, a part of a message.
    /// What is secret in it joins the search.
    package func spelled(_ value: Value) -> Value {
        switch value {
        case .list(let items), .set(let items): for item in items { _ = spelled(item) }
        case .dict(let map): for item in map.pairs.values { _ = spelled(item) }
        case .string(let text, let provenance):
            if let label = provenance.label, provenance.isSearched {
                environment.secrets.insert(Secret(text), label: label)
            }
        case .int, .bigInt, .double:
            let text = JSON.text(value)
            let provenance = value.provenance
            if let label = provenance.label, provenance.isSearched, text.utf8.count >= RenderContext.shortestSearched {
                environment.secrets.insert(Secret(text), label: label)
            }
        default: break
        }
        return value
    }

    /// What `with_NAME` loops over: the results of the lookup for terms that are rendered already.
    ///
    /// - Parameter kind: the folder that the task's files lie in, for `first_found`.
    package func lookup(
        _ name: String, _ terms: [Value], kind: String? = nil, in scope: some VariableScope
    ) throws(TemplateError) -> [Value] {
        var environment = environment
        environment.foundKind = kind
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in try context.lookup(name, terms) }
    }
    package static var lookupNames: Set<String> { Set(Lookups.table.keys) }

    /// A `when:` condition, an expression without braces, or a boolean; `until`, `changed_when`, `failed_when` and
    /// assert's `that` too.
    package func condition(_ value: Value, in scope: some VariableScope) throws(TemplateError) -> Bool {
        let text: String
        switch value {
        case .bool(let flag, _): return flag
        case .string(let condition, _): text = condition
        default:
            throw TemplateError(
                .notBoolean, "a condition must be a boolean or an expression, not \(Object(value).typeName)")
        }
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in
            try context.placing(text, value.provenance) { () throws(TemplateError) in
                try context.condition(text, value.provenance)
            }
        }
    }

    /// A whole file, as the template module renders it. It is known as a secret when something secret is in it that
    /// can't be searched for, or when it is nothing but a secret.
    package func renderFile(
        _ text: String, options: TemplateFileOptions, in scope: some VariableScope
    ) throws(TemplateError) -> (text: String, provenance: Provenance) {
        let context = RenderContext(scope: scope, environment: environment)
        return try context.reporting { () throws(TemplateError) in
            try context.renderFile(text, options, Frame(parent: nil))
        }
    }

    /// Syntax only (with the names of filters, tests and lookups), for errors before the first connection.
    package static func check(_ text: String) throws(TemplateError) {
        guard TemplateText.mayBeTemplate(text) else { return }
        try LookupNames.check(TemplateCache.shared.template(text, .argument))
    }

    /// As `check`, for a condition.
    package static func checkCondition(_ text: String) throws(TemplateError) {
        if RenderContext.isWholeTemplate(text) { return try check(text) }
        try LookupNames.check(TemplateCache.shared.condition(text))
    }

    /// Whether it is or holds a template: a trusted text with an opening brace and its partner, or a text that has to
    /// be decrypted.
    package static func holdsTemplate(_ value: Value) -> Bool {
        switch value {
        case .string(let text, let provenance): isRendered(text, provenance)
        case .list(let items): items.contains(where: holdsTemplate)
        case .dict(let map): map.pairs.contains { holdsTemplate($0.key) || holdsTemplate($0.value) }
        default: false
        }
    }

    /// Whether a text becomes another one when it is used.
    static func isRendered(_ text: String, _ provenance: Provenance) -> Bool {
        provenance.isTrusted && TemplateText.mayBeTemplate(text) || provenance.isEncrypted
    }

    /// As `holdsTemplate`, or something in it is to be left out.
    private static func needsRendering(_ value: Value) -> Bool {
        switch value {
        case .string(let text, let provenance): isRendered(text, provenance)
        case .list(let items): items.contains { needsRendering($0) || $0 == .omit }
        case .dict(let map):
            map.pairs.contains { needsRendering($0.value) || $0.value == .omit || needsRendering($0.key) }
        default: false
        }
    }
}
