import YAML

/// The decrypted vault: providers with their fields, in the order in which they were stored.
struct Payload: Sendable {
    var providers: ValueMap

    /// The stored name that `provider` means: itself, else the first that differs in case only.
    func storedName(of provider: String) -> String? {
        providers[provider] != nil ? provider : Self.storedName(of: provider, among: providers.names)
    }

    static func storedName(of provider: String, among names: [String]) -> String? {
        if names.contains(provider) { return provider }
        let wanted = provider.lowercased()
        return names.first { $0.lowercased() == wanted }
    }

    /// The provider's stored fields; empty when there is none (or when it is not an object).
    func fields(of provider: String) -> ValueMap {
        storedName(of: provider).flatMap { providers[$0]?.map } ?? [:]
    }
}

extension ValueMap {
    /// JSON merge patch (RFC 7396): `null` removes, objects are merged field by field, everything else replaces.
    package mutating func applyMergePatch(_ patch: ValueMap) {
        for (key, change) in patch.pairs {
            switch change {
            case .null:
                pairs.removeValue(forKey: key)
            case .dict(let changes):
                var fields = pairs[key]?.map ?? [:]
                fields.applyMergePatch(changes)
                pairs[key] = .dict(fields)
            default:
                pairs[key] = change
            }
        }
    }

    /// The first value, by the path of names to it, that is no group of fields and that `patch` would replace by one.
    func obstacle(to patch: ValueMap) -> (path: [String], value: Value)? {
        for (key, change) in patch.pairs {
            guard case .dict(let changes) = change, let value = pairs[key], !value.isNull else { continue }
            guard let fields = value.map else { return ([key.string ?? ""], value) }
            if let inner = fields.obstacle(to: changes) { return ([key.string ?? ""] + inner.path, inner.value) }
        }
        return nil
    }

    /// The patch that does nothing but set (or, with `null`, remove) the value at a path of names.
    package static func patch(_ path: some Collection<String>, _ value: Value) -> ValueMap {
        guard let first = path.first else { return [:] }
        let rest = path.dropFirst()
        return ValueMap([.string(first): rest.isEmpty ? value : .dict(patch(rest, value))])
    }

    /// The value at a path of names.
    package func value(at path: some Collection<String>) -> Value? {
        guard let first = path.first, let value = self[first] else { return nil }
        let rest = path.dropFirst()
        return rest.isEmpty ? value : value.map?.value(at: rest)
    }
}
