/// Variables whose values open something. They are secret wherever they are given: in an inventory, on the command
/// line, in a playbook, by a task.
///
/// The names are those that connections are made with, so a value keeps its trust: a template in it is still rendered,
/// and what it makes is secret as well.
package enum CredentialVariables {
    package static let names: Set<String> = [
        "ansible_password", "ansible_ssh_pass", "ansible_ssh_password", "ansible_become_password",
        "ansible_become_pass", "ansible_sudo_pass", "ansible_su_pass", "ansible_doas_pass",
        "ansible_ssh_private_key_passphrase", "ansible_private_key_passphrase",
    ]

    /// Whether it is one of them. Every variable of every host is asked about, and few begin like these.
    private static func holds(_ name: String) -> Bool {
        name.utf8.starts(with: "ansible_".utf8) && names.contains(name)
    }

    /// The value of the variable `name`. What is a secret already, such as one of the vault, stays known as that.
    package static func known(_ value: Value, as name: String) -> Value {
        guard holds(name) else { return value }
        let secret = Provenance.secret("inventory.\(name)")
        return value.mapScalars { scalar in
            let provenance = scalar.provenance
            // What is encrypted is known as what it holds, once it is decrypted.
            return provenance.isSecret || provenance.isEncrypted
                ? scalar : scalar.withOwn(provenance.isTrusted ? secret.trusting : secret)
        }
    }

    /// Variables, with those of such names known as secret at any depth.
    package static func known(in variables: ValueMap) -> ValueMap { changed(variables) ?? variables }

    /// nil where nothing in it has such a name: then nothing is copied.
    private static func changed(_ map: ValueMap) -> ValueMap? {
        var result: ValueMap?
        for (key, value) in map.pairs {
            let name = key.string ?? ""
            guard let new = holds(name) ? known(value, as: name) : changed(value) else { continue }
            if result == nil { result = map }
            result?[key] = new
        }
        return result
    }

    private static func changed(_ value: Value) -> Value? {
        switch value {
        case .dict(let map): return changed(map).map { .dict($0) }
        case .list(let items):
            var result: [Value]?
            for (index, item) in items.enumerated() {
                guard let new = changed(item) else { continue }
                if result == nil { result = items }
                result?[index] = new
            }
            return result.map { .list($0) }
        default: return nil
        }
    }
}
