import Glibc

/// The environment of programs that this one starts for others: hooks, local connections, commands of templates, audit
/// sinks.
package enum ChildEnvironment {
    /// `COMFYVN_SECRETS_KEY` and `COMFYVN_SECRET_<PROVIDER>_<FIELD>`.
    private static let secretPrefix = "COMFYVN_SECRET"

    /// An environment without what opens the vault or stands in front of it.
    package static func clean(_ environment: [String: String]) -> [String: String] {
        environment.filter { !$0.key.hasPrefix(secretPrefix) }
    }

    /// This process's, cleaned.
    package static var clean: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if let sign = variable.firstIndex(of: "=") {
                variables[String(variable[..<sign])] = String(variable[variable.index(after: sign)...])
            }
            entry += 1
        }
        return clean(variables)
    }
}
