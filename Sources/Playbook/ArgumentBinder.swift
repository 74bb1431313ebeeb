import Templating
import YAML

/// One thing that is wrong with a task's arguments.
package struct ArgumentProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The argument as the task names it; nil when one is missing.
    package let argument: String?
    package let problem: String
    package let remedy: String?
    package init(argument: String?, problem: String, remedy: String? = nil) {
        self.argument = argument
        self.problem = problem
        self.remedy = remedy
    }
    package var description: String { remedy.map { "\(problem); \($0)" } ?? problem }
}

/// Checks a task's arguments against its module's spec, and converts them as Ansible does: `"yes"` to a boolean, `"5"`
/// to a number, `"a,b"` to a list.
package struct ArgumentBinder: Sendable {
    package let spec: ModuleSpec
    package init(_ spec: ModuleSpec) { self.spec = spec }

    /// The name of the option that `name` stands for: itself, or the option of which it is an alias.
    package func optionName(_ name: String) -> String? {
        spec.options.first { $0.name == name || $0.aliases.contains(name) }?.name
    }

    /// What is wrong with arguments before they are rendered. Values that hold templates are left for `bind`.
    /// - Parameter isWhole: false where more of them will come of a template.
    package func problems(inUntemplated arguments: ValueMap, isWhole: Bool = true) -> [ArgumentProblem] {
        var problems: [ArgumentProblem] = []
        var given: Set<String> = []
        // What is a template may be omitted.
        var certain: Set<String> = []
        for (key, value) in arguments.pairs {
            guard let name = key.string else {
                problems.append(
                    ArgumentProblem(argument: nil, problem: "an argument's name of module '\(spec.name)' is not a text")
                )
                continue
            }
            guard let option = option(name) else {
                if !spec.acceptsAnyKey { problems.append(unknown(name)) }
                continue
            }
            if !value.isNull || option.takesNull { given.insert(option.name) }
            if given.contains(option.name), value.string?.holdsTemplate != true { certain.insert(option.name) }
            guard !value.isNull, !Templar.holdsTemplate(value) else { continue }
            do { _ = try convert(value, to: option) } catch { problems.append(error) }
        }
        return problems + (isWhole ? missing(given) : []) + conflicts(certain)
    }

    /// Rendered arguments, ready for the module: aliases replaced, every value of its option's kind, defaults filled
    /// in. Nulls and `omit` count as not given.
    /// - Throws: the first problem.
    package func bind(_ arguments: ValueMap) throws(ArgumentProblem) -> ValueMap {
        var bound = ValueMap()
        for (key, value) in arguments.pairs {
            guard let name = key.string else {
                throw ArgumentProblem(
                    argument: nil, problem: "an argument's name of module '\(spec.name)' is not a text")
            }
            guard let option = option(name) else {
                guard spec.acceptsAnyKey else { throw unknown(name) }
                if value != .omit { bound[name] = value }
                continue
            }
            guard !value.isNull || option.takesNull, value != .omit else { continue }
            bound[option.name] = try convert(value, to: option)
        }
        let given = Set(bound.names)
        if let problem = (missing(given) + conflicts(given)).first { throw problem }
        for option in spec.options where bound[option.name] == nil {
            if let value = option.defaultValue { bound[option.name] = value }
        }
        return bound
    }

    private func option(_ name: String) -> ModuleSpec.Option? {
        spec.options.first { $0.name == name || $0.aliases.contains(name) }
    }

    private func unknown(_ name: String) -> ArgumentProblem {
        let names = spec.options.map(\.name).filter { $0 != "_raw_params" }
        if spec.isAnsibles(option: name) {
            return ArgumentProblem(
                argument: name, problem: "the option '\(name)' of module '\(spec.name)' is not supported",
                remedy: "it takes: \(names.joined(separator: ", "))")
        }
        let near = Spelling.nearest(to: name, among: spec.options.flatMap { [$0.name] + $0.aliases })
        return ArgumentProblem(
            argument: name, problem: "module '\(spec.name)' has no argument '\(name)'",
            remedy: (near.map { "did you mean '\($0)'? " } ?? "") + "it takes: \(names.joined(separator: ", "))")
    }

    /// What must be given.
    private func missing(_ given: Set<String>) -> [ArgumentProblem] {
        var problems: [ArgumentProblem] = []
        let missing = spec.options.filter { $0.required && !given.contains($0.name) }.map(\.name)
        if !missing.isEmpty {
            problems.append(
                ArgumentProblem(
                    argument: nil, problem: "missing required arguments: \(missing.joined(separator: ", "))"))
        }
        for group in spec.requiredOneOf where given.isDisjoint(with: group) {
            problems.append(
                ArgumentProblem(
                    argument: nil, problem: "one of the following is required: \(group.joined(separator: ", "))"))
        }
        return problems
    }

    /// What must not stand together.
    private func conflicts(_ given: Set<String>) -> [ArgumentProblem] {
        spec.mutuallyExclusive.compactMap { group in
            let both = group.filter(given.contains)
            guard both.count > 1 else { return nil }
            return ArgumentProblem(
                argument: both.last, problem: "parameters are mutually exclusive: \(group.joined(separator: "|"))")
        }
    }

    // MARK: Conversion

    private func convert(_ value: Value, to option: ModuleSpec.Option) throws(ArgumentProblem) -> Value {
        let converted = try convert(value, to: option.kind, elements: option.elements, of: option)
        if !option.choices.isEmpty {
            for item in converted.list ?? [converted] where !option.choices.contains(Self.text(item)) {
                // Of a list or a mapping that became a text, nothing is known any more.
                let isSecret = item.provenance.isSecret || value.holdsSecret
                throw ArgumentProblem(
                    argument: option.name,
                    problem:
                        "value of \(option.name) must be one of: \(option.choices.joined(separator: ", ")), got: \(isSecret ? "a secret value" : Self.text(item))",
                    remedy: isSecret
                        ? nil
                        : Spelling.nearest(to: Self.text(item), among: option.choices).map { "did you mean '\($0)'?" })
            }
        }
        return converted
    }

    private func convert(
        _ value: Value, to kind: ModuleSpec.Option.Kind, elements: ModuleSpec.Option.Kind, of option: ModuleSpec.Option
    ) throws(ArgumentProblem) -> Value {
        func refuse(_ wanted: String) -> ArgumentProblem {
            ArgumentProblem(
                argument: option.name,
                problem:
                    "argument '\(option.name)' of module '\(spec.name)' must be \(wanted), not \(Self.kindName(value))")
        }
        switch kind {
        case .raw, .mode: return value
        case .string, .path:
            // Lists and mappings come as Python writes them, as they do in Ansible.
            return .string(
                value.list != nil || value.map != nil ? value.pythonRepr : Self.text(value), value.provenance)
        case .bool:
            guard let flag = Self.bool(value) else { throw refuse("a boolean (yes or no)") }
            return .bool(flag, value.provenance)
        case .int:
            guard let number = Self.int(value) else { throw refuse("a whole number") }
            // No module has a use for a larger one, and none of their sums overflows.
            guard abs(Double(number)) < 1e15 else { throw refuse("a whole number below 10^15") }
            return .int(number, value.provenance)
        case .float:
            guard let number = Self.double(value) else { throw refuse("a number") }
            guard number.isFinite, abs(number) < 1e15 else { throw refuse("a number below 10^15") }
            return .double(number, value.provenance)
        case .dict:
            switch value {
            case .dict: return value
            case .string(let text, _):
                guard let map = Self.map(text) else { throw refuse("a mapping") }
                return Value.dict(map).with(value.provenance)
            default: throw refuse("a mapping")
            }
        case .list:
            let items: [Value]
            switch value {
            case .list(let list): items = list
            case .set(let list): items = list
            case .string(let text, _):
                items = text.split(separator: ",", omittingEmptySubsequences: false).map {
                    .string(Self.trimmed($0), value.provenance)
                }
            case .int, .bigInt, .double, .bool: items = [.string(Self.text(value), value.provenance)]
            default: throw refuse("a list")
            }
            var converted: [Value] = []
            for item in items { converted.append(try convert(item, to: elements, elements: .raw, of: option)) }
            return .list(converted)
        }
    }

    /// The words that Ansible takes for true and false, in any case.
    package static func bool(_ value: Value) -> Bool? {
        switch value {
        case .bool(let flag, _): flag
        case .int(1, _), .double(1, _): true
        case .int(0, _), .double(0, _): false
        case .string(let text, _):
            switch trimmed(text[...]).lowercased() {
            case "y", "yes", "on", "1", "true", "t", "1.0": true
            case "n", "no", "off", "0", "false", "f", "0.0": false
            default: nil
            }
        default: nil
        }
    }

    static func int(_ value: Value) -> Int? {
        switch value {
        case .int(let number, _): number
        case .bool(let flag, _): flag ? 1 : 0
        case .double(let number, _): Int(exactly: number)
        case .string(let text, _): Int(trimmed(text[...])) ?? Double(trimmed(text[...])).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    static func double(_ value: Value) -> Double? {
        switch value {
        case .int(let number, _): Double(number)
        case .bool(let flag, _): flag ? 1 : 0
        case .double(let number, _): number
        case .string(let text, _): Double(trimmed(text[...]))
        default: nil
        }
    }

    /// A value as Python's `str` writes it (lists and mappings as JSON).
    package static func text(_ value: Value) -> String {
        switch value {
        case .string(let text, _): text
        case .bool(let flag, _): flag ? "True" : "False"
        case .int(let number, _): String(number)
        case .bigInt(let number, _): number.description
        case .double(let number, _): number.description
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null, .omit: ""
        default: JSON.text(value)
        }
    }

    /// `{"a": 1}` or `a=1,b=2` (also parted by blanks).
    static func map(_ text: String) -> ValueMap? {
        let text = trimmed(text[...])
        if text.hasPrefix("{") {
            guard let value = try? JSON.parse(Array(text.utf8)), case .dict(let map) = value else { return nil }
            return map
        }
        var map = ValueMap()
        for field in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let equals = field.firstIndex(of: "=") else { return nil }
            map[trimmed(field[..<equals])] = .string(trimmed(field[field.index(after: equals)...]))
        }
        return map.isEmpty ? nil : map
    }

    private static func trimmed(_ text: Substring) -> String {
        var part = text
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }

    private static func kindName(_ value: Value) -> String {
        switch value {
        case .null, .omit: "null"
        case .bool: "a boolean"
        case .int, .bigInt: "a number"
        case .double: "a fraction"
        case .string(let text, let provenance): provenance.isSecret ? "a secret value" : "'\(text)'"
        case .bytes: "bytes"
        case .date, .dateTime: "a date"
        case .list: "a list"
        case .dict: "a mapping"
        case .set: "a set"
        }
    }
}
