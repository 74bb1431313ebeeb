import YAML

extension Value {
    /// A value of the vault: every scalar below it is known to be secret, under the name of its place
    /// (`provider.hosts.gpu01.password`).
    ///
    /// - Parameters:
    ///   - path: its fields, from the provider on.
    ///   - isConnection: connections are resolved from this provider: its users, ports and the like are secret, too,
    ///     but not searched for in output.
    func secret(at path: [String], of provider: String, isConnection: Bool) -> Value {
        if let map {
            var secret = ValueMap()
            for (key, value) in map.pairs {
                secret[key] = value.secret(at: path + [key.string ?? ""], of: provider, isConnection: isConnection)
            }
            return .dict(secret)
        }
        let isSearched = !(isConnection && SecretRegistration.isConnectionSetting(self, at: path))
        return with(.secret(([provider] + path).joined(separator: "."), isSearched: isSearched))
    }
}
