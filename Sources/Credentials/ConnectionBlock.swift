import YAML

/// A block of a provider (`defaults`, a host's, or the provider itself), reduced to the fields that tell how to
/// connect.
struct ConnectionBlock: Sendable {
    private(set) var fields: [(field: ConnectionField, value: Value)] = []
    /// Names that are no field of a connection.
    private(set) var unknown: [String] = []

    init(_ map: ValueMap) {
        for (key, value) in map.pairs {
            guard let name = key.string else { continue }
            guard let field = ConnectionField.vaultNames[name] else {
                unknown.append(name)
                continue
            }
            // An alias stands back behind the field's own name in the same block.
            if name != field.rawValue, map[field.rawValue].map(\.isNull) == false { continue }
            fields.append((field, value))
        }
    }
}
