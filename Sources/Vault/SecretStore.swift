import Audit
import Redaction
import YAML

/// The encrypted vault: providers with their fields, in one file that ComfyVN's Python `SecretStore` reads and writes
/// as well.
///
///     let store = SecretStore(files: VaultFiles(), environment: environment, audit: audit, secrets: secrets)
///     try await store.update("huggingface", ["token": .string(token)])
///     let token = try await store.get("huggingface")["token"]
///
/// - Nothing is read or changed without an audit entry; the entry comes first. So a change that a crash prevented may
///   have
///   an entry, and a change without one there never is.
/// - A crash at any moment leaves the old or the new vault, with the key on disk that opens it.
/// - Processes that change the vault at the same time wait for each other, and none loses an update.
/// - Every value that is handed out has joined `secrets` before.
///
/// Its methods throw `VaultError`, and `CancellationError` when cancelled while they wait for another process.
package actor SecretStore {
    package nonisolated let files: VaultFiles
    /// Reads and rotations, as they happen.
    package nonisolated let events: SecretEvents
    let overrides: EnvironmentOverrides
    let environmentKey: Secret<String>?
    let trail: SecretTrail

    /// - Parameters:
    ///   - environment: of this process: the key, and the overrides of fields.
    ///   - secrets: what is searched for in output.
    package init(
        files: VaultFiles, environment: [String: String], audit: AuditLog, secrets: SecretSet,
        events: SecretEvents = SecretEvents()
    ) {
        self.files = files
        self.events = events
        overrides = EnvironmentOverrides(environment)
        environmentKey = environment[VaultFiles.keyVariable].flatMap { Fernet.trimmed($0).isEmpty ? nil : Secret($0) }
        trail = SecretTrail(audit: audit, secrets: secrets, events: events)
    }

    // MARK: Reading

    /// Everything that is stored, without the environment's overrides; one audit entry per provider.
    package func load() async throws -> ValueMap {
        let payload = try await open()
        try trail.read(payload.providers.names.map { ProviderFields($0, in: payload, overrides: nil) })
        return payload.providers
    }

    /// The provider's fields, with the environment's overrides in front; empty when there are none.
    ///
    /// - Parameter provider: in any case; an exact match comes first.
    package func get(_ provider: String) async throws -> ValueMap {
        let layers = ProviderFields(provider, in: try await open(), overrides: overrides)
        try trail.read([layers])
        return layers.merged
    }

    /// Names, and never a value: what is stored of a provider, and what the environment overrides.
    package struct Description: Sendable, Hashable {
        /// As stored; as asked for when it is not.
        package var provider: String
        /// Whether it has any field.
        package var present: Bool
        package var storedKeys: [String]
        package var overrideKeys: [String]
        /// Every value that is stored, by the path of names that leads to it (`hosts`, `gpu.lab.local`, `user`), in the
        /// order in which they are stored.
        package var storedPaths: [[String]]
    }

    package func describe(_ provider: String) async throws -> Description {
        let layers = ProviderFields(provider, in: try await open(), overrides: overrides)
        try trail.describe([layers])
        return layers.description
    }

    /// Every stored provider, in the order in which they are stored.
    package func describeAll() async throws -> [Description] {
        let payload = try await open()
        let all = payload.providers.names.map { ProviderFields($0, in: payload, overrides: overrides) }
        try trail.describe(all)
        return all.map(\.description)
    }

    /// For a whole run: decrypts once, and hands out values synchronously. Why the vault could not be opened is
    /// reported
    /// to whoever asks for a value first, so a run that needs none goes without.
    package func reader() async throws -> VaultReader {
        let payload: Result<SealedPayload, VaultError>
        do { payload = .success(SealedPayload(try await open())) } catch let error as VaultError {
            payload = .failure(error)
        }
        return VaultReader(payload: payload, overrides: overrides, trail: trail, path: files.vault)
    }

    // MARK: Changing

    /// Replaces everything that is stored.
    package func write(_ providers: ValueMap) async throws {
        try Self.check(providers)
        try await change { payload in
            payload.providers = providers
            return [trail.written(providers.names)]
        }
    }

    /// Merges `patch` into the provider's fields (JSON merge patch: `null` removes a field, objects are merged).
    package func update(_ provider: String, _ patch: ValueMap) async throws {
        try await merge([(provider, patch)])
    }

    /// `update` of several providers, all or none.
    package func merge(_ patches: [(provider: String, patch: ValueMap)]) async throws {
        for (provider, patch) in patches {
            guard !provider.isEmpty else { throw VaultError(.badRequest, "a provider's name cannot be empty") }
            try Self.check(patch)
        }
        try await change { payload in
            try patches.map { provider, patch in
                let name = payload.storedName(of: provider) ?? provider
                // A value that is in the way may be the only copy of a secret.
                if let (path, value) = payload.providers.obstacle(to: [name: .dict(patch)]) {
                    throw VaultError(
                        .badRequest, "\(path.joined(separator: ".")) is \(Self.kind(value)), not a group of fields",
                        path: files.vault, remedy: "unset it first")
                }
                var fields = payload.fields(of: name)
                fields.applyMergePatch(patch)
                payload.providers[name] = .dict(fields)
                return trail.updated(name)
            }
        }
    }

    /// Removes a provider with all its fields.
    /// - Returns: whether there was one.
    @discardableResult
    package func remove(_ provider: String) async throws -> Bool {
        var found = false
        try await change { payload in
            guard let name = payload.storedName(of: provider) else { return [] }
            payload.providers[name] = nil
            found = true
            return [trail.updated(name)]
        }
        return found
    }

    private static func kind(_ value: Value) -> String {
        switch value {
        case .int, .bigInt, .double: "a number"
        case .bool: "true or false"
        case .list: "a list"
        default: "a text"
        }
    }

    /// JSON cannot hold everything that a value can be.
    private static func check(_ fields: ValueMap) throws(VaultError) {
        for (key, value) in fields.pairs {
            guard let name = key.string else { throw VaultError(.badRequest, "names in the vault are text") }
            try check(value, name)
        }
    }

    private static func check(_ value: Value, _ name: String) throws(VaultError) {
        switch value {
        case .null, .bool, .int, .bigInt, .double, .string: break
        case .list(let items): for item in items { try check(item, name) }
        case .dict(let map): try check(map)
        case .bytes, .date, .dateTime, .set, .omit:
            throw VaultError(
                .badRequest, "the vault cannot hold the type of '\(name)'",
                remedy: "give text, a number, true or false, a list or an object")
        }
    }
}
