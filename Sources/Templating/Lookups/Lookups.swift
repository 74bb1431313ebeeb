import Glibc
import YAML

/// `lookup('name', …)` and `query('name', …)`.
final class LookupFunction: NativeObject {
    private let wantsList: Bool
    init(wantsList: Bool) { self.wantsList = wantsList }
    var typeName: String { "function" }
    var text: String { "<function \(wantsList ? "query" : "lookup")>" }

    static func shortName(_ fullName: String) -> String {
        let prefix = ["ansible.builtin.", "ansible.legacy."].first { fullName.hasPrefix($0) } ?? ""
        return String(fullName.dropFirst(prefix.utf8.count))
    }

    func call(_ arguments: CallArguments, _ context: RenderContext) throws(TemplateError) -> Object {
        if case .undefined(let marker)? = arguments.positional.first { return .undefined(marker) }
        guard case .string(let fullName, let given)? = arguments.positional.first else {
            throw .other("lookup() needs the name of a lookup")
        }
        let name = Self.shortName(fullName)
        guard let lookup = Lookups.table[name] else {
            guard !given.isSecret else { throw .other("the lookup that a secret value names was not found") }
            let missing = TemplateError.Missing(.lookup, fullName)
            throw .other(missing.message(among: Lookups.table.keys.sorted()))
        }
        if let marker = arguments.undefined { return .undefined(marker) }
        var call = Lookups.Call(terms: Array(arguments.positional.dropFirst()), context: context)
        var wantsList = wantsList
        var errors = "strict"
        for (keyword, value) in arguments.keywords {
            switch keyword {
            case "wantlist": wantsList = try value.isTrue(context)
            case "errors": errors = try value.text(context)
            default: call.options.append((keyword, value))
            }
        }
        let results: [Object]
        do throws(TemplateError) {
            results = try context.naming { () throws(TemplateError) -> [Object] in
                try context.nested { () throws(TemplateError) -> [Object] in try lookup(call) }
            }
        } catch {
            if error.kind == .undefined { return .undefined(Undefined(.failure(error))) }
            guard errors == "ignore" || errors == "warn" else {
                guard error.kind == .other else { throw error }
                return .undefined(Undefined(.failure(.other("lookup '\(name)': \(error.message)"))))
            }
            return wantsList ? .list([]) : .none
        }
        if wantsList { return .list(results) }
        if results.count == 1 { return results[0] }
        var texts: [String] = []
        for result in results {
            guard case .string(let text, _) = result else { return .list(results) }
            texts.append(text)
        }
        if results.isEmpty { return .list([]) }
        let (text, provenance) = try context.spelling { () throws(TemplateError) in
            for result in results { result.spell(in: context) }
            return texts.joined(separator: ",")
        }
        return .string(text, provenance)
    }
}

/// Every lookup, one family per file.
enum Lookups {
    struct Call {
        let terms: [Object]
        var options: [(name: String, value: Object)] = []
        let context: RenderContext

        func option(_ name: String) -> Object? { options.first { $0.name == name }?.value }
        func flag(_ name: String, default fallback: Bool = false) throws(TemplateError) -> Bool {
            try option(name)?.isTrue(context) ?? fallback
        }
        func check(_ known: [String]) throws(TemplateError) {
            for (name, _) in options where !known.contains(name) {
                throw .other("unknown option '\(name)'" + Suggestion.text(for: name, among: known))
            }
        }
        /// A term that is a name, a path or a command: it stands in errors, in the audit trail and in what comes of it.
        func text(_ term: Object) throws(TemplateError) -> String {
            guard case .string(let text, let provenance) = term else {
                throw .other("a term must be a string, not \(term.typeName)")
            }
            context.spelled(text, provenance)
            return text
        }
        /// A part of a term that has several: as secret as the whole, which is not found where the part stands.
        func part(_ text: some StringProtocol, of term: Object) -> String {
            let text = String(text)
            context.spelled(text, term.provenance)
            return text
        }
    }
    typealias Body = @Sendable (Call) throws(TemplateError) -> [Object]

    static let table: [String: Body] = dataLookups.merging(fileLookups) { first, _ in first }.merging(variableLookups) {
        first, _ in first
    }.merging(tableLookups) { first, _ in first }
}
