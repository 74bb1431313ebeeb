import YAML

/// `yaml.json`: whole texts as the loader reads them.
struct YAMLCorpus: Corpus {
    let name = "yaml"

    func run(_ document: Value) throws -> [CaseOutcome] {
        try cases(document, keys: ["yaml", "result", "type", "value_type", "warnings", "error", "message"]).map(outcome)
    }

    private func outcome(_ oracle: OracleCase) throws -> CaseOutcome {
        let text = try oracle.string("yaml")
        let expected: Value =
            oracle.isError
            ? .dict(["error": .bool(true)])
            : .dict([
                "result": setsSorted(oracle["result"] ?? .null), "type": oracle["type"] ?? .null,
                "value_type": oracle["value_type"] ?? .null,
                "warnings": .list(sorted(oracle["warnings"]?.list ?? [])),
            ])
        let actual: Value
        var said = ""
        do {
            let read = try YAMLParser.parse(Array(text.utf8), file: "case.yml")
            let value = read.root.value
            var only: Value = .null
            if let map = value.map, map.count == 1, let single = map.pairs.values.first {
                only = .string(single.pythonTypeName)
            }
            actual = .dict([
                "result": written(value), "type": .string(value.pythonTypeName), "value_type": only,
                "warnings": .list(sorted(read.warnings.map { .string(sentence($0.problem)) })),
            ])
        } catch {
            actual = .dict(["error": .bool(true)])
            said = " (\(error))"
        }
        return CaseOutcome(
            id: oracle.id, passed: JSON.text(expected) == JSON.text(actual), expected: JSON.text(expected),
            actual: JSON.text(actual) + said)
    }

    private func sorted(_ warnings: [Value]) -> [Value] { warnings.compactMap(\.string).sorted().map { .string($0) } }

    /// A set has no order in Python: the corpus' one is arbitrary.
    private func setsSorted(_ value: Value) -> Value {
        switch value {
        case .list(let items): return .list(items.map(setsSorted))
        case .dict(let map):
            if map.count == 1, let items = map["$set"]?.list {
                return .dict(["$set": .list(inTextOrder(items.map(setsSorted)))])
            }
            return .dict(ValueMap(map.pairs.mapValues(setsSorted)))
        default: return value
        }
    }

    private func inTextOrder(_ items: [Value]) -> [Value] { items.sorted { JSON.text($0) < JSON.text($1) } }

    private func sentence(_ problem: String) -> String { problem.prefix(1).uppercased() + problem.dropFirst() + "." }

    /// The corpus' own way to write what JSON has no type for.
    private func written(_ value: Value) -> Value {
        switch value {
        case .date(let day): .dict(["$date": .string(day.isoText)])
        case .dateTime(let moment): .dict(["$datetime": .string(moment.isoText)])
        case .bytes(let bytes): .dict(["$bytes": .list(bytes.map { .int(Int($0)) })])
        case .set(let items): .dict(["$set": .list(inTextOrder(items.map(written)))])
        case .double(let number, _) where !number.isFinite: .string(Value.pythonRepr(of: number))
        case .list(let items): .list(items.map(written))
        case .dict(let map):
            .dict(ValueMap(.init(uniqueKeysWithValues: map.pairs.map { (key($0.key), written($0.value)) })))
        default: value
        }
    }

    private func key(_ key: Value) -> Value {
        switch key {
        case .string: key
        case .date(let day): .string("$date:" + day.isoText)
        case .dateTime(let moment): .string("$datetime:" + moment.text(separator: " "))
        default: .string("$\(key.pythonTypeName):\(key.pythonRepr)")
        }
    }
}
