import Redaction
import YAML

/// Which stored values are searched for in output, and under which label.
enum SecretRegistration {
    /// A user called `ubuntu` is everywhere: fields that tell how to connect, but open nothing, are not searched for.
    static let ordinaryFields: Set<String> = [
        "user", "username", "port", "identity", "identity_file", "ssh_command", "scp_command", "connect_timeout", "timeout",
        "become_user", "become_method", "proxy_jump",
    ]

    /// Adds every value below `value` to the set, labelled `provider.field` (`provider.hosts.gpu01.password`).
    static func register(_ value: Value, label: String, in secrets: SecretSet) {
        switch value {
        case .string(let text, _):
            if !text.isEmpty { secrets.insert(Secret(text), label: label) }
        case .int, .bigInt, .double:
            // A PIN is a secret; a small number is part of every second line of output.
            let text = JSON.text(value)
            if text.utf8.count >= 6 { secrets.insert(Secret(text), label: label) }
        case .list(let items):
            for item in items { register(item, label: label, in: secrets) }
        case .dict(let map):
            for (key, item) in map.pairs {
                guard let name = key.string, !ordinaryFields.contains(name.lowercased()) else { continue }
                register(item, label: "\(label).\(name)", in: secrets)
            }
        default:
            break
        }
    }
}
