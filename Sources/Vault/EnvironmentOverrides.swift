import Redaction
import YAML

/// `COMFYVN_SECRET_<PROVIDER>_<FIELD>`: a provider's field for this process only, in front of what is stored.
struct EnvironmentOverrides: Sendable {
    static let prefix = "COMFYVN_SECRET_"
    private let variables: [(name: String, value: String)]

    init(_ environment: [String: String]) {
        variables = environment.filter { $0.key.hasPrefix(Self.prefix) }.map {
            ($0.key, String(Fernet.trimmed($0.value)))
        }
        .filter { !$0.1.isEmpty }.sorted { $0.0 < $1.0 }
    }

    /// The provider's fields in lower case, sorted, with the value trimmed; empty variables count as not set.
    ///
    /// The original's name for a provider `x-y` is `X-Y`. A shell allows letters, digits and `_` in a variable's name,
    /// so `X_Y` does as well, after it.
    func fields(of provider: String) -> [(field: String, variable: String, value: String)] {
        var fields: [String: (variable: String, value: String)] = [:]
        for start in [Self.prefix + Self.variablePart(provider) + "_", Self.prefix + provider.uppercased() + "_"] {
            for variable in variables
            where variable.name.hasPrefix(start) && variable.name.utf8.count > start.utf8.count {
                fields[variable.name.dropFirst(start.count).lowercased()] = (variable.name, variable.value)
            }
        }
        return fields.map { ($0.key, $0.value.variable, $0.value.value) }.sorted { $0.field < $1.field }
    }

    private static func variablePart(_ provider: String) -> String {
        String(provider.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// Those that tell how to connect and open nothing.
    fileprivate var ordinaryVariables: [String] {
        fields(of: SecretRegistration.defaultConnectionProvider).filter {
            SecretRegistration.ordinaryFields.contains($0.field)
        }.map(\.variable)
    }

    /// Which provider a variable means isn't known before the vault is open; only those of the provider that
    /// connections are resolved from by default
    /// are left out, when they tell how to connect and open nothing.
    fileprivate func register(in secrets: SecretSet) {
        let ordinary = ordinaryVariables
        for variable in variables where !ordinary.contains(variable.name) {
            secrets.insert(Secret(variable.value), label: variable.name)
        }
    }
}

extension SecretSet {
    /// What the environment says of the vault, its key and the fields that it puts in front, joins the secrets: from a
    /// command's start on, whether the vault is ever read or not.
    package func insertVaultVariables(_ environment: [String: String]) {
        if let key = environment[VaultFiles.keyVariable].map({ String(Fernet.trimmed($0)) }), !key.isEmpty {
            insert(Secret(key), label: VaultKey.label)
        }
        EnvironmentOverrides(environment).register(in: self)
    }
}

/// The environment as templates see it.
package enum EnvironmentVariable {
    /// A variable's text; the vault's key and the fields that go before it are secret, under the names that they are
    /// searched for by.
    package static func value(_ name: String, in environment: [String: String]) -> Value? {
        guard let text = environment[name] else { return nil }
        if name == VaultFiles.keyVariable { return .string(text, .secret(VaultKey.label)) }
        guard name.hasPrefix(EnvironmentOverrides.prefix) else { return .string(text) }
        let isOrdinary = EnvironmentOverrides(environment).ordinaryVariables.contains(name)
        return .string(text, .secret(name, isSearched: !isOrdinary))
    }
}
