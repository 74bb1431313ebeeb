import Vault
import YAML

/// Layers 2 to 6: what a provider of the vault and the environment say, made ready once for all hosts that use it.
struct VaultLayers: Sendable {
    let provider: String
    let isPresent: Bool
    private let defaults: ConnectionBlock
    private let hosts: ValueMap
    private let blocks: ValueMap
    private let direct: ConnectionBlock
    private let overrides: [(field: ConnectionField, value: Value, layer: Layer)]
    /// Names in `defaults` that are no field of a connection: misspelt, most likely.
    let unknownNames: [String]

    init(_ layers: ProviderFields) {
        provider = layers.name
        isPresent = layers.isPresent
        defaults = ConnectionBlock(layers.stored["defaults"]?.map ?? [:])
        hosts = layers.stored["hosts"]?.map ?? [:]
        blocks = layers.stored
        direct = ConnectionBlock(layers.stored)
        overrides = layers.overrides.compactMap { override in
            ConnectionField.vaultNames[override.field].map {
                ($0, .string(override.value), Layer(.environment, override.variable))
            }
        }
        unknownNames = defaults.unknown
    }

    /// - Parameters:
    ///   - key: what the inventory calls the host in the vault, when it is not its name.
    ///   - host: the host's name.
    func put(on fields: inout LayeredFields, key: String?, host: String) {
        fields.put(defaults, from: Layer(.vaultDefaults, "defaults"))
        if let key, let block = hosts[key]?.map {
            fields.put(ConnectionBlock(block), from: Layer(.vaultHost, "hosts.\(key)", pattern: "hosts.<key>"))
        } else if let block = hosts[host]?.map {
            fields.put(ConnectionBlock(block), from: Layer(.vaultHost, "hosts.\(host)", pattern: "hosts.<host>"))
        } else if let block = hosts["default"]?.map {
            fields.put(ConnectionBlock(block), from: Layer(.vaultHost, "hosts.default"))
        }
        if let key, let block = block(key) {
            fields.put(
                ConnectionBlock(block), from: Layer(.vaultBlock, "\(provider).\(key)", pattern: "\(provider).<key>"))
        }
        if host != key, let block = block(host) {
            fields.put(
                ConnectionBlock(block), from: Layer(.vaultBlock, "\(provider).\(host)", pattern: "\(provider).<host>"))
        }
        fields.put(direct, from: Layer(.vaultDirect, provider))
        for override in overrides { fields.put(override.field, override.value, from: override.layer) }
    }

    /// Whether the vault has anything under this name.
    func knows(_ key: String) -> Bool { hosts[key]?.map != nil || block(key) != nil }

    /// A host's block directly in the provider. A host called `defaults` or `env` does not get what stands there for
    /// all.
    private func block(_ name: String) -> ValueMap? {
        guard name != "defaults", name != "hosts", ConnectionField.vaultNames[name] == nil else { return nil }
        return blocks[name]?.map
    }
}
