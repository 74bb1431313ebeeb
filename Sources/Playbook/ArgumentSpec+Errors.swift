import YAML

/// What is wrong with values, in the words and the order of Ansible's validator.
extension ArgumentSpec {
    /// - Parameter values: rendered; what is not given is not in it.
    package func errors(in values: ValueMap) -> [String] {
        var validation = Validation()
        var values = values
        validation.check(self, &values, context: [])
        validation.checkInner(self, values, context: [])
        return validation.errors + validation.unsupportedError
    }

    private struct Validation {
        var errors: [String] = []
        /// Names that nobody knows, with what is known beside them.
        private var unsupported: [(name: String, known: String)] = []

        /// One level: names, types, choices. Values become what their types make of them.
        mutating func check(
            _ spec: ArgumentSpec, _ values: inout ValueMap, context: [String], _ relations: Relations = Relations()
        ) {
            for option in spec.options {
                for alias in option.aliases { if let value = values[alias] { values[option.name] = value } }
            }
            noteUnsupported(spec, values, context)
            let within = context.isEmpty ? "" : " found in \(context.joined(separator: " -> "))"
            let exclusive = relations.exclusive.filter { $0.filter { values[$0] != nil }.count > 1 }
            if !exclusive.isEmpty {
                errors.append(
                    "parameters are mutually exclusive: \(exclusive.map { $0.joined(separator: "|") }.joined(separator: ", "))\(within)"
                )
            }
            for option in spec.options where values[option.name] == nil {
                if let value = option.defaultValue { values[option.name] = value }
            }
            let missing = spec.options.filter { $0.isRequired && values[$0.name] == nil }.map(\.name).sorted()
            if !missing.isEmpty {
                errors.append("missing required arguments: \(missing.joined(separator: ", "))\(within)")
            }
            for option in spec.options { convert(option, &values, context) }
            for option in spec.options { checkChoices(option, values, within) }
            checkRelations(relations, values, within)
        }

        /// Options of options.
        mutating func checkInner(_ spec: ArgumentSpec, _ values: ValueMap, context: [String]) {
            for option in spec.options where option.kind == .dict || option.kind == .list && option.elements == .dict {
                guard let inner = option.options else { continue }
                let value = values[option.name] ?? (option.appliesDefaults ? .dict([:]) : .null)
                guard !value.isNull else { continue }
                let path = context + [option.name]
                for item in value.list ?? [value] {
                    guard var map = item.map else {
                        errors.append("value of '\(option.name)' must be of type dict or list of dicts")
                        continue
                    }
                    check(inner, &map, context: path, option.relations)
                    checkInner(inner, map, context: path)
                }
            }
        }

        // MARK: Names

        private mutating func noteUnsupported(_ spec: ArgumentSpec, _ values: ValueMap, _ context: [String]) {
            let names = Set(spec.options.map(\.name))
            let aliases = Set(spec.options.flatMap(\.aliases))
            let known =
                names.sorted().joined(separator: ", ")
                + (aliases.isEmpty ? "" : " (\(aliases.sorted().joined(separator: ", ")))")
            for name in values.pairs.keys.map(ArgumentBinder.text)
            where !names.contains(name) && !aliases.contains(name) {
                unsupported.append(((context + [name]).joined(separator: "."), known))
            }
        }

        var unsupportedError: [String] {
            let sorted = unsupported.sorted { $0.name < $1.name }
            guard let last = sorted.last else { return [] }
            return ["\(sorted.map(\.name).joined(separator: ", ")). Supported parameters include: \(last.known)."]
        }

        private mutating func checkRelations(_ relations: Relations, _ values: ValueMap, _ within: String) {
            func isGiven(_ name: String) -> Bool { values[name] != nil }
            if let group = relations.together.first(where: {
                let given = $0.filter(isGiven).count
                return given > 0 && given < $0.count
            }) {
                errors.append("parameters are required together: \(group.joined(separator: ", "))\(within)")
            }
            if let group = relations.oneOf.first(where: { !$0.contains(where: isGiven) }) {
                errors.append("one of the following is required: \(group.joined(separator: ", "))\(within)")
            }
            for (key, value, names, anyIsEnough) in relations.conditional where values[key] == value {
                let missing = names.filter { !isGiven($0) }
                guard anyIsEnough ? missing.count == names.count : !missing.isEmpty else { continue }
                errors.append(
                    "\(key) is \(ArgumentBinder.text(value)) but \(anyIsEnough ? "any" : "all") of the following are missing: \(missing.joined(separator: ", "))\(within)"
                )
                break
            }
            for (key, names) in relations.requiredBy where values[key].map({ !$0.isNull }) ?? false {
                let missing = names.filter { values[$0]?.isNull ?? true }
                guard !missing.isEmpty else { continue }
                errors.append("missing parameter(s) required by '\(key)': \(missing.joined(separator: ", "))\(within)")
                break
            }
        }

        // MARK: Values

        private mutating func convert(_ option: Option, _ values: inout ValueMap, _ context: [String]) {
            guard let value = values[option.name] else { return }
            if value.isNull, !option.isRequired, option.defaultValue == nil { return }
            let isHidden = option.isHidden || value.provenance.isSecret
            do {
                var converted = try option.kind.convert(value, isHidden: isHidden)
                if let elements = option.elements, let items = converted.list {
                    let within = context.isEmpty ? "" : " found in '\(context.joined(separator: " -> "))'"
                    var list: [Value] = []
                    for item in items {
                        do {
                            let element = try elements.convert(item, isHidden: isHidden || item.provenance.isSecret)
                            list.append(item.provenance.isSecret ? element.with(item.provenance) : element)
                        } catch {
                            errors.append(
                                "Elements value for option '\(option.name)'\(within) is of type \(item.pythonTypeName) and we were unable to convert to \(elements.rawValue): \(error.problem)"
                            )
                        }
                    }
                    converted = .list(list)
                }
                values[option.name] = value.provenance.isSecret ? converted.with(value.provenance) : converted
            } catch {
                let within = context.isEmpty ? "" : " found in '\(context.joined(separator: " -> "))'."
                errors.append(
                    "argument '\(option.name)' is of type \(value.pythonTypeName)\(within) and we were unable to convert to \(option.kind.rawValue): \(error.problem)"
                )
            }
        }

        private mutating func checkChoices(_ option: Option, _ values: ValueMap, _ within: String) {
            guard let choices = option.choices, let value = values[option.name] else { return }
            func shown(_ value: Value) -> String {
                option.isHidden || value.provenance.isSecret ? Kind.hidden : ArgumentBinder.text(value)
            }
            let all = choices.map(ArgumentBinder.text).joined(separator: ", ")
            if let items = value.list {
                let others = items.filter { !choices.contains($0) }
                if !others.isEmpty {
                    errors.append(
                        "value of \(option.name) must be one or more of: \(all). Got no match for: \(others.map(shown).joined(separator: ", "))\(within)"
                    )
                }
            } else if !choices.contains(value) {
                // What YAML takes for a boolean may be a word of the choices.
                let words: Set<String> =
                    value.string == "True"
                    ? ["y", "yes", "on", "1", "true", "t"]
                    : value.string == "False" ? ["n", "no", "off", "0", "false", "f"] : []
                if choices.filter({ $0.string.map(words.contains) ?? false }).count == 1 { return }
                errors.append("value of \(option.name) must be one of: \(all), got: \(shown(value))\(within)")
            }
        }
    }
}

extension ArgumentSpec.Kind {
    struct Misfit: Error { var problem: String }
    fileprivate static let hidden = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

    /// The value as one of this type.
    fileprivate func convert(_ value: Value, isHidden: Bool) throws(Misfit) -> Value {
        func misfit(_ type: String) -> Misfit {
            Misfit(problem: "<class '\(value.pythonTypeName)'> cannot be converted to a \(type)")
        }
        switch self {
        case .raw: return value
        case .str, .path:
            return .string(
                value.isNull
                    ? "" : value.list != nil || value.map != nil ? value.pythonRepr : ArgumentBinder.text(value))
        case .bool:
            switch value {
            case .bool, .string, .int, .double:
                guard let flag = ArgumentBinder.bool(value) else {
                    throw Misfit(
                        problem:
                            "The value '\(isHidden ? Self.hidden : ArgumentBinder.text(value))' is not a valid boolean. Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 1, 'n', 'no', 'off', '0', 'false', 'f', 0"
                    )
                }
                return .bool(flag)
            default: throw misfit("bool")
            }
        case .int:
            if case .bigInt = value { return value }
            guard let number = ArgumentBinder.int(value) else {
                throw Misfit(problem: "\"\(isHidden ? Self.hidden : value.pythonRepr)\" cannot be converted to an int")
            }
            return .int(number)
        case .float:
            guard let number = ArgumentBinder.double(value) else { throw misfit("float") }
            return .double(number)
        case .list:
            if let text = value.string {
                return .list(text.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
            }
            switch value {
            case .list: return value
            case .int, .double, .bool: return .list([.string(ArgumentBinder.text(value))])
            default: throw misfit("list")
            }
        case .dict:
            if value.map != nil { return value }
            guard let text = value.string else { throw misfit("dict") }
            if let map = ArgumentBinder.map(text) { return .dict(map) }
            if text.hasPrefix("{") { throw Misfit(problem: "unable to evaluate string as dictionary") }
            throw Misfit(
                problem: text.contains("=")
                    ? "unable to evaluate string in the \"key=value\" format as dictionary"
                    : "dictionary requested, could not parse JSON or key=value")
        case .json, .jsonarg:
            if let text = value.string { return .string(text.trimmingBlanks) }
            guard value.list != nil || value.map != nil else { throw misfit("json string") }
            return .string(JSON.text(value))
        case .bytes, .bits:
            guard Self.isAmount(ArgumentBinder.text(value), unit: self == .bits ? "b" : "B") else {
                throw misfit(self == .bits ? "Bit value" : "Byte value")
            }
            return value
        }
    }

    /// A number, and perhaps a unit: `10G`, `1.5 MB`, `12 Mb`.
    private static func isAmount(_ text: String, unit: Character) -> Bool {
        let text = text.trimmingBlanks
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = text.dropFirst(digits.count).trimmingBlanks
        guard Double(digits) != nil else { return false }
        guard let prefix = name.first else { return true }
        let rest = name.dropFirst()
        if rest.isEmpty { return "YZEPTGMKB".contains(prefix.uppercased()) }
        return "YZEPTGMK".contains(prefix.uppercased())
            && (rest.last == unit || rest.lowercased() == (unit == "b" ? "bit" : "byte"))
            && (rest.count == 1 || rest.count > 2)
    }
}
