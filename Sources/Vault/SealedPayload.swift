import Redaction
import Support
import Synchronization
import YAML

/// The decrypted vault as it is kept for the length of a run: each provider's fields stay in locked memory, as text,
/// until somebody reads the provider.
final class SealedPayload: Sendable {
    /// As stored, in their order.
    let names: [String]
    private let sealed: [String: Secret<[UInt8]>]
    /// Providers that were read: templates ask for the same again and again.
    private let read = Mutex<[String: ValueMap]>([:])

    init(_ payload: Payload) {
        names = payload.providers.names
        sealed = Dictionary(
            uniqueKeysWithValues: names.map { name in
                var text = Array(JSON.text(payload.providers[name] ?? .null, spaced: false).utf8)
                defer { LibCrypto.wipe(&text) }
                return (name, Secret(text))
            })
    }

    /// The provider with its overrides; it stays open from here on.
    func layers(of provider: String, overrides: EnvironmentOverrides) -> ProviderFields {
        let name = Payload.storedName(of: provider, among: names)
        let fields = name.map { name in
            read.withLock { read in
                if let fields = read[name] { return fields }
                let fields = opened(name)
                read[name] = fields
                return fields
            }
        }
        return ProviderFields(name ?? provider, stored: fields ?? [:], overrides: overrides)
    }

    /// Every provider for a moment; none stays open by it.
    func forEach(overrides: EnvironmentOverrides, _ body: (ProviderFields) -> Void) {
        for name in names { body(ProviderFields(name, stored: opened(name), overrides: overrides)) }
    }

    private func opened(_ name: String) -> ValueMap {
        guard var text = sealed[name]?.reveal() else { return [:] }
        defer { LibCrypto.wipe(&text) }
        return (try? JSON.parse(text, file: "vault"))?.map ?? [:]
    }
}
