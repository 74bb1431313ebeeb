import YAML

/// A case of a corpus as its file gives it; a key that the runner does not know is an error, so that nothing of a case
/// passes unseen.
struct OracleCase {
    let id: String
    private let map: ValueMap

    init(_ value: Value, keys: Set<String>) throws {
        guard let map = value.map, let id = map["id"]?.string else {
            throw CorpusError("a case without an id: \(JSON.text(value).prefix(100))")
        }
        let unknown = map.names.filter { $0 != "id" && $0 != "feature" && !keys.contains($0) }
        guard unknown.isEmpty else {
            throw CorpusError("case \(id) has keys that the runner does not know: \(unknown.joined(separator: ", "))")
        }
        self.id = id
        self.map = map
    }

    subscript(key: String) -> Value? { map[key] }

    func string(_ key: String) throws -> String {
        guard let text = map[key]?.string else { throw CorpusError("case \(id) has no text '\(key)'") }
        return text
    }

    /// `error: true`: the oracle refuses the input.
    var isError: Bool { map["error"]?.bool == true }
}

/// A corpus file that is not what its runner expects.
struct CorpusError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// All cases of a corpus that is one array.
func cases(_ document: Value, keys: Set<String>) throws -> [OracleCase] {
    guard let list = document.list else { throw CorpusError("the corpus is not an array") }
    return try list.map { try OracleCase($0, keys: keys) }
}
