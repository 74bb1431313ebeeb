import YAML

extension Value {
    /// A value of the vault: every scalar below it is known to be secret, under the name of its place (`provider.hosts.gpu01.password`).
    func secret(at label: String) -> Value {
        switch self {
        case .list(let items): return .list(items.map { $0.secret(at: label) })
        case .dict(let map):
            var secret = ValueMap()
            for (key, value) in map.pairs { secret[key] = value.secret(at: key.string.map { "\(label).\($0)" } ?? label) }
            return .dict(secret)
        default: return withOwn(.secret(label))
        }
    }
}
