import Templating
import YAML

/// `templates.json`: task arguments and conditions with the variables of a play.
struct TemplatesCorpus: Corpus {
    let name = "templates"

    func run(_ document: Value) throws -> [CaseOutcome] {
        try cases(
            document,
            keys: [
                "kind", "vars", "template", "result", "type", "omitted", "unordered", "error", "error_kind", "message",
            ]
        ).map(outcome)
    }

    private func outcome(_ oracle: OracleCase) throws -> CaseOutcome {
        let template = try oracle.string("template")
        let scope = CorpusScope(oracle["vars"]?.map ?? [:])
        let expected: String
        if oracle.isError {
            expected = "error: " + (try oracle.string("error_kind"))
        } else if oracle["omitted"]?.bool == true {
            expected = "omitted"
        } else {
            let type = oracle["type"]?.string.map { " \($0)" } ?? ""
            expected = text(oracle["result"] ?? .null, isUnordered: oracle["unordered"]?.bool == true) + type
        }
        var actual: String
        var said = ""
        do throws(TemplateError) {
            switch try? oracle.string("kind") {
            case "string":
                let value = try Templar(environment: CorpusScope.environment).render(
                    .string(template, .trusted), in: scope)
                actual =
                    value == .omit
                    ? "omitted"
                    : text(written(value), isUnordered: oracle["unordered"]?.bool == true) + " \(value.pythonTypeName)"
            case "expression":
                actual = text(
                    .bool(
                        try Templar(environment: CorpusScope.environment).condition(
                            .string(template, .trusted), in: scope)), isUnordered: false)
            default: throw TemplateError(.other, "a kind that the runner does not know")
            }
        } catch {
            actual = "error: \(error.kind.rawValue)"
            said = " (\(error.line):\(error.column): \(error.message))"
        }
        return CaseOutcome(
            id: oracle.id, passed: expected == actual, expected: "\(expected)  \(template)", actual: actual + said)
    }

    private func text(_ value: Value, isUnordered: Bool) -> String {
        if isUnordered, let items = value.list {
            return "[" + items.map { JSON.text(numbersAlike($0)) }.sorted().joined(separator: ", ") + "]"
        }
        return JSON.text(numbersAlike(value))
    }

    /// JSON does not tell `1` from `1.0`: the type says it.
    private func numbersAlike(_ value: Value) -> Value {
        switch value {
        case .double(let number, _) where number == number.rounded() && abs(number) < 1e15: .int(Int(number))
        case .list(let items): .list(items.map(numbersAlike))
        case .dict(let map): .dict(ValueMap(map.pairs.mapValues(numbersAlike)))
        default: value
        }
    }

    /// The corpus' own way to write what JSON has no type for.
    private func written(_ value: Value) -> Value {
        switch value {
        case .double(let number, _) where !number.isFinite: return .string(Value.pythonRepr(of: number))
        case .date(let day): return .string(day.isoText)
        case .dateTime(let moment): return .string(moment.isoText)
        case .bytes(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
        case .list(let items), .set(let items): return .list(items.map(written))
        case .dict(let map):
            var result = ValueMap()
            for (key, item) in map.pairs { result[key.string ?? JSON.text(written(key))] = written(item) }
            return .dict(result)
        default: return value
        }
    }
}

/// The variables of a case; all may be templates, as a play's.
struct CorpusScope: VariableScope {
    let variables: ValueMap
    init(_ variables: ValueMap) { self.variables = Value.dict(variables).with(.trusted).map ?? [:] }
    func variable(named name: String) -> Value? { variables[name] }
    var variableNames: [String] { variables.names }

    /// Lookups that read files find none: the oracle ran in an empty folder.
    static let environment = TemplateEnvironment()
}
