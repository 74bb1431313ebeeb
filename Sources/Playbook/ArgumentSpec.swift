import YAML

/// What a role's entry point takes, as `meta/argument_specs.yml` says it in Ansible's format: names with types, choices
/// and what they are for.
///
/// ```swift
/// let spec = try ArgumentSpec(["port": .dict(["type": "int", "required": .bool(true)])])
/// spec.errors(in: ["port": "http"])   // ["argument 'port' is of type str and we were unable to convert to int: …"]
/// ```
package struct ArgumentSpec: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case str, list, dict, bool, int, float, path, raw, jsonarg, json, bytes, bits
    }

    package struct Option: Sendable {
        package var name: String
        package var kind = Kind.str
        /// Of a list's items.
        package var elements: Kind?
        package var isRequired = false
        package var choices: [Value]?
        package var defaultValue: Value?
        package var aliases: [String] = []
        /// In one line.
        package var description = ""
        /// Errors do not show its value.
        package var isHidden = false
        /// Of a mapping, or of a list of mappings.
        package var options: ArgumentSpec?
        /// Which of those must, and must not, stand together.
        var relations = Relations()
        /// A mapping that is not given counts as an empty one, so that its own defaults hold.
        var appliesDefaults = false
    }

    /// `mutually_exclusive` and the like.
    struct Relations: Sendable {
        var exclusive: [[String]] = [], together: [[String]] = [], oneOf: [[String]] = []
        /// `[key, value, names]`, and whether one of the names is enough.
        var conditional: [(key: String, value: Value, names: [String], anyIsEnough: Bool)] = []
        var requiredBy: [(key: String, names: [String])] = []
    }

    package var options: [Option]

    /// What a description may have: what is read here, and what only documentation has.
    static let keys: Set<String> = [
        "type", "elements", "required", "default", "choices", "description", "aliases", "no_log", "options",
        "apply_defaults", "mutually_exclusive", "required_together", "required_one_of",
        "required_if", "required_by", "version_added", "version_added_collection", "removed_in_version",
        "removed_at_date", "removed_from_collection", "deprecated_aliases",
    ]

    /// Why something is no spec.
    package struct Malformed: Error, Sendable {
        /// Keys that lead to it.
        package var path: [String]
        package var problem: String
        package var remedy: String?
    }

    /// - Parameter map: names to their descriptions (`options:` of an entry point).
    /// - Throws: `Malformed` for what Ansible rejects, too.
    package init(_ map: ValueMap) throws(Malformed) {
        options = []
        for (key, value) in map.pairs { options.append(try Self.option(ArgumentBinder.text(key), value)) }
    }

    private static func option(_ name: String, _ value: Value) throws(Malformed) -> Option {
        func malformed(_ key: String?, _ problem: String, _ remedy: String? = nil) -> Malformed {
            Malformed(path: [name] + (key.map { [$0] } ?? []), problem: problem, remedy: remedy)
        }
        guard let map = value.map else {
            throw malformed(
                nil, "the description of '\(name)' is a mapping, and this is \(value.kindInWords)",
                "write type, description, default, required, choices")
        }
        func kind(_ key: String) throws(Malformed) -> Kind? {
            guard let value = map[key], !value.isNull else { return nil }
            guard let kind = value.string.flatMap(Kind.init) else {
                throw malformed(
                    key, "'\(ArgumentBinder.text(value))' is no type",
                    "use \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        var option = Option(name: name)
        option.kind = try kind("type") ?? .str
        option.elements = try kind("elements")
        if option.elements != nil, option.kind != .list {
            throw malformed("elements", "'elements' is for lists, and '\(name)' is of type \(option.kind.rawValue)")
        }
        option.isRequired = map["required"].flatMap(ArgumentBinder.bool) ?? false
        option.isHidden = map["no_log"].flatMap(ArgumentBinder.bool) ?? false
        option.appliesDefaults = map["apply_defaults"].flatMap(ArgumentBinder.bool) ?? false
        option.defaultValue = map["default"].flatMap { $0.isNull ? nil : $0 }
        if option.isRequired, option.defaultValue != nil {
            throw malformed("default", "'\(name)' is required, and has a default", "take one of them out")
        }
        if let choices = map["choices"], !choices.isNull {
            guard let list = choices.list else {
                throw malformed("choices", "'choices' is a list, and this is \(choices.kindInWords)")
            }
            option.choices = list
        }
        if let aliases = map["aliases"], !aliases.isNull {
            guard let list = aliases.list else {
                throw malformed("aliases", "'aliases' is a list, and this is \(aliases.kindInWords)")
            }
            option.aliases = list.compactMap(\.string)
        }
        let description = map["description"] ?? .null
        option.description =
            (description.list ?? [description]).compactMap(\.string).map {
                $0.split(whereSeparator: \.isNewline).map(\.trimmingBlanks).joined(separator: " ")
            }.joined(separator: " ").trimmingBlanks
        if let options = map["options"], !options.isNull {
            guard let inner = options.map else {
                throw malformed("options", "'options' is a mapping, and this is \(options.kindInWords)")
            }
            do { option.options = try ArgumentSpec(inner) } catch {
                throw Malformed(path: [name, "options"] + error.path, problem: error.problem, remedy: error.remedy)
            }
        }
        option.relations = Relations(map)
        return option
    }
}

extension ArgumentSpec.Relations {
    init(_ map: ValueMap) {
        func groups(_ key: String) -> [[String]] {
            let lists = map[key]?.list ?? []
            // One group may stand without a list around it.
            return lists.allSatisfy { $0.string != nil } && !lists.isEmpty
                ? [lists.compactMap(\.string)] : lists.map { ($0.list ?? []).compactMap(\.string) }
        }
        exclusive = groups("mutually_exclusive")
        together = groups("required_together")
        oneOf = groups("required_one_of")
        conditional = (map["required_if"]?.list ?? []).compactMap { entry in
            guard let parts = entry.list, parts.count >= 3, let key = parts[0].string else { return nil }
            return (key, parts[1], (parts[2].list ?? []).compactMap(\.string), parts.count > 3 && parts[3].bool == true)
        }
        requiredBy = (map["required_by"]?.map?.pairs ?? [:]).compactMap { key, value in
            key.string.map { ($0, (value.list ?? [value]).compactMap(\.string)) }
        }
    }
}
