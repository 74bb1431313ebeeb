import Playbook
import YAML

/// One module as people read of it: `comfyfleet modules NAME`, as text and as JSON, and its part of docs/modules.md.
package struct ModulePage: Sendable {
    package let family: String
    package let spec: ModuleSpec
    package let reference: ModuleReference

    /// `ansible.builtin.copy`.
    package var fullName: String { "\(spec.collection).\(spec.name)" }

    /// Every module, family by family.
    package static let all: [ModulePage] = BuiltinModules.families.flatMap { family in
        family.types.map { ModulePage(family: family.name, spec: $0.spec, reference: $0.reference) }
    }

    /// - Parameter name: short, an alias, or after the collection's name.
    package static func named(_ name: String) -> ModulePage? {
        guard let spec = BuiltinModules().spec(named: name) else { return nil }
        return all.first { $0.spec.name == spec.name }
    }

    /// In the order of `ansible-doc`: what it does, options, rules, result, example, differences.
    package var text: String {
        var lines = ["\(spec.name): \(spec.summary)", ([fullName] + spec.aliases).joined(separator: ", ")]
        if !reference.notes.isEmpty { lines += [""] + Self.wrapped(reference.notes, indent: "") }
        if !spec.options.isEmpty { lines += ["", "Options:"] }
        for option in spec.options {
            lines +=
                ["", "  \(option.shownName) (\(option.traits.joined(separator: "; ")))"]
                + Self.wrapped(option.help, indent: "      ")
        }
        if !rules.isEmpty { lines += [""] + rules.map { "  " + $0 } }
        lines += ["", "Result, besides changed, failed, skipped and msg:", ""]
        let width = reference.returns.map(\.name.count).max() ?? 0
        for part in reference.returns {
            lines.append("  \(part.name)\(String(repeating: " ", count: width - part.name.count))  \(part.meaning)")
        }
        if reference.returns.isEmpty { lines.append("  nothing") }
        lines +=
            ["", "Example:", ""]
            + reference.example.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        if !differences.isEmpty {
            lines +=
                ["", "Differences from Ansible:", ""]
                + differences.flatMap { Self.wrapped($0, indent: "    ", first: "  - ") }
        }
        return lines.joined(separator: "\n")
    }

    /// Everything that `text` has.
    package var json: ValueMap {
        let options = spec.options.map { Value.dict($0.json) }
        let returns = reference.returns.map { Value.dict(["name": .string($0.name), "meaning": .string($0.meaning)]) }
        var map: ValueMap = [
            "name": .string(spec.name), "collection": .string(spec.collection), "family": .string(family),
            "aliases": .texts(spec.aliases),
            "summary": .string(spec.summary), "notes": .string(reference.notes), "options": .list(options),
            "any_option": .bool(spec.acceptsAnyKey),
        ]
        map["one_of"] = .list(spec.requiredOneOf.map { Value.texts($0) })
        map["exclusive"] = .list(spec.mutuallyExclusive.map { Value.texts($0) })
        map["returns"] = .list(returns)
        map["example"] = .string(reference.example)
        map["differences"] = .texts(reference.differences)
        return map
    }

    /// What holds for options together.
    var rules: [String] {
        func words(_ names: [String]) -> String {
            names.map { $0 == ModuleSpec.Option.line ? ModuleSpec.Option.shownLine : $0 }.joined(separator: ", ")
        }
        var rules: [String] = []
        if spec.acceptsAnyKey { rules.append("Any other name is taken, too.") }
        for names in spec.requiredOneOf { rules.append("One of \(words(names)) has to be given.") }
        for names in spec.mutuallyExclusive { rules.append("Only one of \(words(names)) may be given.") }
        return rules
    }

    /// As sentences.
    var differences: [String] { reference.differences.map { "\($0.prefix(1).uppercased())\($0.dropFirst())." } }

    /// Lines of at most 100 characters, as far as words allow.
    private static func wrapped(_ text: String, indent: String, first: String? = nil) -> [String] {
        var lines: [String] = []
        var line = first ?? indent
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + word.count + 1 > 100 {
                lines.append(line)
                (line, isEmpty) = (indent, true)
            }
            if !isEmpty { line.append(" ") }
            line.append(contentsOf: word)
            isEmpty = false
        }
        return lines + [line]
    }
}

extension ModuleSpec.Option {
    /// The option that is the text after the module's name.
    static let line = "_raw_params"
    static let shownLine = "TEXT"

    /// `command: TEXT` has no name for it.
    var shownName: String { name == Self.line ? Self.shownLine : name }

    var json: ValueMap {
        var map: ValueMap = ["name": .string(name), "type": .string(kind.word)]
        map["elements"] = kind == .list ? .string(elements.word) : .null
        map["required"] = .bool(required)
        map["default"] = defaultValue ?? .null
        map["choices"] = .texts(choices)
        map["aliases"] = .texts(aliases)
        map["help"] = .string(help)
        map["effect"] = .bool(reasonWithoutEffect == nil)
        return map
    }

    /// Type, whether it must be given, choices, default and aliases, as far as there are any.
    var traits: [String] {
        var traits = [kind == .list ? "list of \(elements.word)" : kind.word]
        if required { traits.append("required") }
        if !choices.isEmpty {
            traits.append(
                "one of: "
                    + choices.map { $0.contains(where: \.isNewline) ? JSON.quoted($0) : $0 }.joined(separator: ", "))
        }
        if let defaultValue { traits.append("default: " + JSON.text(defaultValue)) }
        if !aliases.isEmpty { traits.append("also: " + aliases.joined(separator: ", ")) }
        return traits
    }
}

extension ModuleSpec.Option.Kind {
    /// In Ansible's words where it has one.
    var word: String {
        switch self {
        case .string: "str"
        case .path: "path"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .list: "list"
        case .dict: "dict"
        case .raw: "any"
        case .mode: "mode"
        }
    }
}

extension Value {
    fileprivate static func texts(_ texts: [String]) -> Value { .list(texts.map { Value.string($0) }) }
}
