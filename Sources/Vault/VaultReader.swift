import Synchronization
import YAML

/// The vault as a run sees it: decrypted once, read synchronously, from templates and for connections.
///
/// A value's first read writes its audit entry before the value is handed out; the run's later reads of the same value
/// come from memory and need none.
package final class VaultReader: Sendable {
    private let payload: Result<SealedPayload, VaultError>
    private let overrides: EnvironmentOverrides
    private let trail: SecretTrail
    private let path: String
    /// What has its entry already.
    private let audited = Mutex(Set<[String]>())
    /// Providers that connections are resolved from, in lower case.
    private let connections = Mutex<Set<String>>([SecretRegistration.defaultConnectionProvider])

    init(payload: Result<SealedPayload, VaultError>, overrides: EnvironmentOverrides, trail: SecretTrail, path: String)
    {
        self.payload = payload
        self.overrides = overrides
        self.trail = trail
        self.path = path
    }

    /// That a run can count on the vault, before it begins.
    /// - Throws: `VaultError` why the vault did not open.
    package func requireOpen() throws(VaultError) { _ = try payload.get() }

    /// All that the vault holds joins the search from now on: a host may print what the run reads later, or never.
    /// Nobody gets a value by it;
    /// that the vault was opened for it has one audit entry.
    ///
    /// - Parameter connections: providers that connections are resolved from, besides the default one.
    /// - Throws: `VaultError` when the vault did not open, or the entry can't be written.
    package func concealAll(connections names: Set<String> = []) throws(VaultError) {
        let payload = try payload.get()
        let connections = connections.withLock { connections in
            connections.formUnion(names.map { $0.lowercased() })
            return connections
        }
        guard !payload.names.isEmpty else { return }
        try trail.conceal(payload.names) { conceal in payload.forEach(overrides: overrides) { conceal($0, connections) }
        }
    }

    /// `lookup('vault', 'huggingface', 'token')`, `secrets.huggingface.token`: the value at a path of fields, or the
    /// whole provider when the path is empty. All in it is known to be secret.
    ///
    /// - Throws: `VaultError` when the vault did not open, has no such value, or the read cannot be audited.
    package func secret(_ provider: String, _ fields: [String]) throws(VaultError) -> Value {
        let layers = try payload.get().layers(of: provider, overrides: overrides)
        let connections = connections.withLock { $0 }
        let isConnection = connections.contains(layers.name.lowercased())
        guard !fields.isEmpty else {
            try once([layers.name]) { () throws(VaultError) in try trail.read([layers], connections: connections) }
            if !layers.isPresent { throw noSuchProvider(provider) }
            return Value.dict(layers.merged).secret(at: [], of: layers.name, isConnection: isConnection)
        }
        let value = layers.merged.value(at: fields)
        try once([layers.name] + fields) { () throws(VaultError) in
            try trail.read(value, at: fields, of: layers, connections: connections)
        }
        guard let value else {
            throw layers.isPresent ? noSuchField(fields, of: layers) : noSuchProvider(provider)
        }
        return value.secret(at: fields, of: layers.name, isConnection: isConnection)
    }

    /// A provider with what is stored and what the environment overrides apart, as credentials are resolved from it.
    /// A provider that does not exist is empty.
    package func layers(of provider: String) throws(VaultError) -> ProviderFields {
        let layers = try payload.get().layers(of: provider, overrides: overrides)
        let connections = connections.withLock { connections in
            connections.insert(layers.name.lowercased())
            return connections
        }
        try once([layers.name]) { () throws(VaultError) in try trail.read([layers], connections: connections) }
        return layers
    }

    /// Under the lock, so that nobody gets the value while its entry is still being written and may yet fail.
    private func once(_ read: [String], _ audit: () throws(VaultError) -> Void) throws(VaultError) {
        do {
            try audited.withLock { audited in
                guard !audited.contains(read) else { return }
                try audit()
                audited.insert(read)
            }
        } catch let error as VaultError { throw error } catch { throw VaultError(.unaudited, "\(error)") }
    }

    private func noSuchProvider(_ provider: String) -> VaultError {
        let names = (try? payload.get())?.names ?? []
        return VaultError(
            .noSuchProvider, "the vault has no provider '\(provider)'", path: path,
            remedy: names.isEmpty ? "it is empty; fill it with: comfyfleet vault set" : "it has: \(Self.listed(names))")
    }

    private func noSuchField(_ fields: [String], of layers: ProviderFields) -> VaultError {
        var known = 0
        while known < fields.count, layers.merged.value(at: fields.prefix(known + 1)) != nil { known += 1 }
        let parent = known == 0 ? layers.merged : layers.merged.value(at: fields.prefix(known))?.map ?? [:]
        let place = ([layers.name] + fields.prefix(known)).joined(separator: ".")
        return VaultError(
            .noSuchField, "'\(place)' has no field '\(fields[known])'", path: path,
            remedy: parent.isEmpty ? "it has no fields" : "it has: \(Self.listed(parent.names))")
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", … (\(names.count))" : "")
    }
}
