import YAML

/// A provider's fields, with what is stored and what the environment puts in front of it kept apart.
package struct ProviderFields: Sendable {
    /// As stored; as asked for when it is not.
    package let name: String
    package let stored: ValueMap
    /// By field, sorted: the variable that overrides it, and its text.
    package let overrides: [(field: String, variable: String, value: String)]

    init(_ provider: String, in payload: Payload, overrides: EnvironmentOverrides?) {
        let name = payload.storedName(of: provider) ?? provider
        self.init(name, stored: payload.fields(of: name), overrides: overrides)
    }

    init(_ name: String, stored: ValueMap, overrides: EnvironmentOverrides?) {
        self.name = name
        self.stored = stored
        self.overrides = overrides?.fields(of: name) ?? []
    }

    /// What a reader of the provider gets.
    package var merged: ValueMap {
        var fields = stored
        for override in overrides { fields[override.field] = .string(override.value) }
        return fields
    }

    /// Whether the provider has any field.
    package var isPresent: Bool { !stored.isEmpty || !overrides.isEmpty }

    var description: SecretStore.Description {
        SecretStore.Description(
            provider: name, present: isPresent, storedKeys: stored.names.sorted(), overrideKeys: overrides.map(\.field),
            storedPaths: Self.paths(of: stored))
    }

    private static func paths(of map: ValueMap) -> [[String]] {
        map.pairs.flatMap { key, value -> [[String]] in
            guard let name = key.string else { return [] }
            guard let below = value.map, !below.isEmpty else { return [[name]] }
            return paths(of: below).map { [name] + $0 }
        }
    }
}
