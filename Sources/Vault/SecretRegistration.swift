import Redaction
import YAML

/// Which stored values are searched for in output, and under which label.
enum SecretRegistration {
    /// A user called `ubuntu` is everywhere: fields that tell how to connect, but open nothing, are not searched for
    /// where connections are resolved from.
    static let ordinaryFields: Set<String> = [
        "user", "username", "port", "identity", "identity_file", "ssh_command", "scp_command", "connect_timeout",
        "timeout",
        "become_user", "become_method", "proxy_jump",
    ]
    /// Command lines, which may be lists of words.
    private static let commandFields: Set<String> = ["ssh_command", "scp_command"]
    static let defaultConnectionProvider = "remote_installer"

    /// Adds every value of a provider to the set, labelled `provider.field` (`provider.hosts.gpu01.password`).
    ///
    /// - Parameter isConnection: connections are resolved from this provider.
    static func register(_ provider: String, _ fields: ValueMap, isConnection: Bool, in secrets: SecretSet) {
        register(.dict(fields), at: [], of: provider, isConnection: isConnection, in: secrets)
    }

    /// Adds the value at a path of a provider, and every value below it.
    static func register(
        _ value: Value, at path: [String], of provider: String, isConnection: Bool, in secrets: SecretSet
    ) {
        if let map = value.map {
            for (key, item) in map.pairs {
                guard let name = key.string else { continue }
                register(item, at: path + [name], of: provider, isConnection: isConnection, in: secrets)
            }
            return
        }
        if isConnection, isConnectionSetting(value, at: path) { return }
        let label = ([provider] + path).joined(separator: ".")
        for item in value.list ?? [value] {
            if let text = item.string {
                if !text.isEmpty { secrets.insert(Secret(text), label: label) }
            } else if item.map != nil || item.list != nil {
                register(item, at: path, of: provider, isConnection: false, in: secrets)
            } else if !item.isNull, item.bool == nil {
                // A PIN is a secret; a small number is part of every second line of output.
                let text = JSON.text(item)
                if text.utf8.count >= 6 { secrets.insert(Secret(text), label: label) }
            }
        }
    }

    /// Whether it tells how to connect: a scalar of such a name, where a provider has its connection fields: directly
    /// in it, in `defaults`, in a host below `hosts`,
    /// in a host's own block. What lies below such a name is no such thing.
    static func isConnectionSetting(_ value: Value, at path: [String]) -> Bool {
        guard let name = path.last?.lowercased(), ordinaryFields.contains(name) else { return false }
        if let words = value.list {
            guard commandFields.contains(name), words.allSatisfy({ $0.string != nil }) else { return false }
        }
        return switch path.count {
        case 1: true
        case 2: path[0] != "hosts" && path[0] != "env" && !ordinaryFields.contains(path[0].lowercased())
        case 3: path[0] == "hosts"
        default: false
        }
    }
}
