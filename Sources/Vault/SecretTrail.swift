import Audit
import Redaction
import Support
import YAML

/// What a read or a change leaves behind: the audit entry, the secrets that are searched for from now on, the event.
struct SecretTrail: Sendable {
    let audit: AuditLog
    let secrets: SecretSet
    let events: SecretEvents

    // MARK: Reads: written here, before the values go anywhere

    /// Whole providers are read.
    ///
    /// - Parameter connections: names, in lower case, of providers that connections are resolved from.
    func read(
        _ providers: [ProviderFields], connections: Set<String> = [SecretRegistration.defaultConnectionProvider]
    ) throws(VaultError) {
        try read(providers.map { layers in (layers, layers.merged.names.sorted(), { register(layers, connections) }) })
    }

    /// One value of a provider is read.
    func read(
        _ value: Value?, at path: [String], of layers: ProviderFields, connections: Set<String>
    ) throws(VaultError) {
        try read([
            (
                layers, value == nil ? [] : [path.joined(separator: ".")],
                {
                    guard let value else { return }
                    SecretRegistration.register(
                        value, at: path, of: layers.name, isConnection: connections.contains(layers.name.lowercased()),
                        in: secrets)
                }
            )
        ])
    }

    /// The vault was opened so that its values can be searched for; nobody gets any of them by it.
    ///
    /// - Parameter each: gives every provider, with the names of those that connections are resolved from.
    func conceal(
        _ providers: [String], _ each: (_ conceal: (ProviderFields, Set<String>) -> Void) -> Void
    ) throws(VaultError) {
        try append(
            [AuditLog.Entry("secrets.opened", [("purpose", .text("redaction")), ("providers", list(providers))])],
            "the vault stays closed")
        each(register)
    }

    private func register(_ layers: ProviderFields, _ connections: Set<String>) {
        let isConnection = connections.contains(layers.name.lowercased())
        // What an override stands in front of is as secret as it was.
        SecretRegistration.register(layers.name, layers.stored, isConnection: isConnection, in: secrets)
        if !layers.overrides.isEmpty {
            SecretRegistration.register(layers.name, layers.merged, isConnection: isConnection, in: secrets)
        }
    }

    private func read(_ reads: [(layers: ProviderFields, keys: [String], register: () -> Void)]) throws(VaultError) {
        try append(
            reads.map { layers, keys, _ in
                AuditLog.Entry(
                    "secrets.read",
                    [
                        ("provider", text(layers.name)), ("present", .bool(layers.isPresent)),
                        ("keys", list(keys)), ("overrides", list(layers.overrides.map(\.field))),
                    ])
            }, "nothing was read")
        for (layers, keys, register) in reads {
            register()
            var event = SecretEvent(kind: .secretRead, timestamp: UTCTime.now.precise)
            event.provider = layers.name
            event.present = layers.isPresent
            event.fields = keys
            event.overrides = layers.overrides.map(\.field)
            events.emit(event)
        }
    }

    func describe(_ providers: [ProviderFields]) throws(VaultError) {
        try append(
            [AuditLog.Entry("secrets.describe", [("providers", list(providers.map(\.name)))])], "nothing was read")
    }

    /// The original's event names the error by its text, which is empty: a failed decrypt gives no reason.
    func decryptFailed() throws(VaultError) {
        try append([AuditLog.Entry("secrets.decrypt.failed", [("error", .text(""))])], "the vault did not open either")
    }

    // MARK: Changes: the entry is made here, and written when all is ready to be put in place

    func written(_ providers: [String]) -> AuditLog.Entry {
        AuditLog.Entry("secrets.write", [("providers", list(providers))])
    }
    func updated(_ provider: String) -> AuditLog.Entry {
        AuditLog.Entry("secrets.provider.update", [("provider", text(provider))])
    }
    func upgraded(_ providers: [String], path: String) -> AuditLog.Entry {
        AuditLog.Entry("secrets.upgraded", [("path", text(path)), ("providers", list(providers))])
    }
    func keyGenerated(fingerprint: String, destination: String) -> AuditLog.Entry {
        AuditLog.Entry(
            "secrets.key.generated", [("fingerprint", text(fingerprint)), ("destination", text(destination))])
    }
    func keyRotated(fingerprint: String, providers: [String]) -> AuditLog.Entry {
        AuditLog.Entry("secrets.key.rotated", [("fingerprint", text(fingerprint)), ("providers", list(providers))])
    }

    func append(_ entries: [AuditLog.Entry], _ consequence: String) throws(VaultError) {
        do {
            try audit.append(entries)
        } catch {
            throw VaultError(.unaudited, "\(error.problem), so \(consequence)", path: error.path, remedy: error.remedy)
        }
    }

    private func text(_ name: String) -> AuditValue { .text(RedactedText(name, secrets: secrets)) }
    private func list(_ names: [String]) -> AuditValue { .list(names.map(text)) }
}
