import Redaction
import YAML

/// What is secret stays secret on its way through a template. The rules, which docs/redaction.md has in words:
///
/// - A value that is handed on is what it was, with its type: through variables, lists, mappings, `default`, `ternary`,
///   `combine`, `map` and the like.
/// - What a filter, a method, an index, a loop or arithmetic makes **of a secret** is secret as a value: its upper-case
///   form, its hash, its length, its characters.
/// - A text that a secret is **put into** (`~`, text around `{{ }}`, `join`, `to_json`, `format`) is no secret as a
///   whole: the secret's text joins the search of the run,
///   which hides it there and wherever else it turns up. Where it can't be searched for (a boolean, less than four
///   characters), the whole text is secret.
/// - Comparisons and tests give plain booleans.
extension RenderContext {
    /// Texts of fewer bytes are in half of all words.
    static let shortestSearched = 4

    /// A secret has been written out within a text; nil for what is not searched for whatever its text, a boolean.
    func spelled(_ text: String?, _ provenance: Provenance) {
        guard provenance.isSecret else { return }
        if let text, provenance.isSearched, text.utf8.count >= Self.shortestSearched {
            let secret = Secret(text)
            let label = provenance.label ?? "secret"
            environment.joining(secret, label)
            environment.secrets.insert(secret, label: label)
        } else {
            tainted = tainted ?? provenance
        }
    }

    /// Runs what makes something out of texts. The second result is what the whole has to be known as: a secret was
    /// written out that can't be searched for.
    func spelling<Result>(_ body: () throws(TemplateError) -> Result) throws(TemplateError) -> (Result, Provenance) {
        let outer = tainted
        tainted = nil
        defer { tainted = outer }
        let result = try body()
        return (result, tainted?.derived ?? .data)
    }

    /// Runs what looks for something by a name, a path or a command (see `Lookups.Call.text`), which stands in its
    /// errors. Where a secret in them can't be searched for, the error says no more than that.
    func naming<Result>(_ body: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
        let outer = tainted
        tainted = nil
        defer { tainted = outer ?? tainted }
        do throws(TemplateError) { return try body() } catch {
            guard tainted != nil else { throw error }
            var error = error
            error.message = "the error is not shown: it may contain a secret that can't be searched for"
            throw error
        }
    }

    /// Secrets among the arguments of a filter or a method, which may go into the text that it makes.
    func spell(_ arguments: CallArguments) {
        for argument in arguments.positional { argument.spell(in: self) }
        for (_, argument) in arguments.keywords { argument.spell(in: self) }
    }
}

extension CallArguments {
    /// Of the first of them that is a secret; what is within lists and mappings does not count.
    var secrecy: Provenance? {
        for argument in positional where argument.provenance.isSecret { return argument.provenance }
        for (_, argument) in keywords where argument.provenance.isSecret { return argument.provenance }
        return nil
    }
}

extension Object {
    /// Of a scalar; `.data` for all else.
    var provenance: Provenance {
        switch self {
        case .string(_, let provenance), .bool(_, let provenance), .int(_, let provenance), .bigInt(_, let provenance),
            .double(_, let provenance), .deferred(_, let provenance):
            provenance
        default: .data
        }
    }

    /// Says that this scalar is about to be written out, when it is secret.
    func spell(in context: RenderContext) {
        if provenance.isSecret { context.spelled(scalarText, provenance) }
    }

    /// A scalar as text that may be searched for.
    private var scalarText: String? {
        switch self {
        case .string(let text, _): text
        case .int(let number, _): String(number)
        case .bigInt(let number, _): String(number)
        case .double(let number, _): Value.pythonRepr(of: number)
        default: nil
        }
    }

    /// What was made of a secret: known as that secret, at any depth. Nothing happens where `provenance` is no
    /// secret's.
    func concealed(as provenance: Provenance, _ context: RenderContext) throws(TemplateError) -> Object {
        guard provenance.isSecret else { return self }
        // A list may contain itself: this walk counts against the limits, too.
        try context.step()
        let known = provenance.untrusted.derived
        switch self {
        case .string(let text, _): return .string(text, known)
        case .bool(let flag, _): return .bool(flag, known)
        case .int(let number, _): return .int(number, known)
        case .bigInt(let number, _): return .bigInt(number, known)
        case .double(let number, _): return .double(number, known)
        case .bytes: return self
        case .list(let list): return .list(try Object.concealed(list.items(context), known, context))
        case .tuple(let items): return .tuple(try Object.concealed(items, known, context))
        case .set(let items): return .set(try Object.concealed(items, known, context))
        case .dict(let dict):
            let result = DictObject()
            for (key, value) in try dict.pairs(context) { result.set(key, try value.concealed(as: known, context)) }
            return .dict(result)
        case .native(let function as FunctionObject):
            return .native(
                FunctionObject(function.name, typeName: function.typeName) { arguments, context throws(TemplateError) in
                    try function.body(arguments, context).concealed(as: known, context)
                })
        default: return self
        }
    }

    private static func concealed(
        _ items: [Object], _ provenance: Provenance, _ context: RenderContext
    ) throws(TemplateError) -> [Object] {
        var result: [Object] = []
        for item in items { result.append(try item.concealed(as: provenance, context)) }
        return result
    }
}
