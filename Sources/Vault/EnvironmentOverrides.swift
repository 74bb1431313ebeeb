import YAML

/// `COMFYVN_SECRET_<PROVIDER>_<FIELD>`: a provider's field for this process only, in front of what is stored.
struct EnvironmentOverrides: Sendable {
    static let prefix = "COMFYVN_SECRET_"
    private let variables: [(name: String, value: String)]

    init(_ environment: [String: String]) {
        variables = environment.filter { $0.key.hasPrefix(Self.prefix) }.map { ($0.key, String(Fernet.trimmed($0.value))) }
            .filter { !$0.1.isEmpty }.sorted { $0.0 < $1.0 }
    }

    /// The provider's fields in lower case, sorted, with the value trimmed; empty variables count as not set.
    func fields(of provider: String) -> [(field: String, variable: String, value: String)] {
        let start = Self.prefix + Self.variablePart(provider) + "_"
        return variables.compactMap { variable in
            guard variable.name.hasPrefix(start), variable.name.utf8.count > start.utf8.count else { return nil }
            return (variable.name.dropFirst(start.count).lowercased(), variable.name, variable.value)
        }
    }

    /// The shell allows letters, digits and `_` in a variable's name.
    private static func variablePart(_ provider: String) -> String {
        String(provider.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
