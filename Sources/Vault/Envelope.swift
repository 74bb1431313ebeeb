import YAML

/// The vault file's JSON: what is around the ciphertext.
struct Envelope {
    var ciphertext: String
    /// Of the key that the ciphertext was made with; older vaults may lack it.
    var fingerprint: String?

    /// What a vault file turned out to hold.
    enum Content {
        case encrypted(Envelope)
        /// Providers in the clear, to be encrypted in place.
        case plainText(ValueMap)
    }

    static func parse(_ bytes: [UInt8], path: String) throws(VaultError) -> Content {
        let value = try json(bytes, code: .notJSON, path: path, remedy: "restore it from a backup")
        guard case .dict(let map) = value else {
            throw VaultError(
                .notAnObject, "the vault is JSON, but not an object", path: path, remedy: "restore it from a backup")
        }
        guard let ciphertext = map["ciphertext"]?.string else { return .plainText(try plainText(map, path: path)) }
        if let version = map["version"], version != .int(1) {
            throw VaultError(
                .unsupportedEnvelope, "the vault's format is of another version than 1", path: path,
                remedy: "use the program that wrote it")
        }
        if let algorithm = map["algorithm"], algorithm != .string("fernet") {
            throw VaultError(
                .unsupportedEnvelope, "the vault is encrypted with another algorithm than fernet", path: path,
                remedy: "use the program that wrote it")
        }
        return .encrypted(Envelope(ciphertext: ciphertext, fingerprint: map["fingerprint"]?.string))
    }

    /// A damaged envelope must not be taken for plain text, and encrypted once more: every provider is an object.
    private static func plainText(_ map: ValueMap, path: String) throws(VaultError) -> ValueMap {
        for (name, value) in map.pairs where value.map == nil {
            throw VaultError(
                .notAnObject,
                "neither an encrypted vault (it has no ciphertext) nor providers in plain text (\(label(name)) is not an object)",
                path: path, remedy: "restore it from a backup")
        }
        return map
    }

    /// The decrypted text as providers.
    static func payload(_ plaintext: [UInt8], path: String) throws(VaultError) -> Payload {
        let value = try json(
            plaintext, code: .notJSON, path: path,
            remedy: "the key is right, so another program wrote something else into it; restore it from a backup")
        guard case .dict(let map) = value else {
            throw VaultError(
                .notAnObject, "the decrypted payload is not an object", path: path, remedy: "restore it from a backup")
        }
        return Payload(providers: map)
    }

    /// The whole file's text.
    static func text(ciphertext: String, fingerprint: String, updatedAt: String) -> String {
        JSON.pretty(
            .dict([
                "version": .int(1), "algorithm": .string("fernet"), "ciphertext": .string(ciphertext),
                "updated_at": .string(updatedAt), "fingerprint": .string(fingerprint),
            ]), indent: 2) + "\n"
    }

    /// The parser's own words are left out of the error: they may quote what stands in the file.
    private static func json(
        _ bytes: [UInt8], code: VaultError.Code, path: String, remedy: String
    ) throws(VaultError) -> Value {
        guard bytes.contains(where: { !($0 == 0x20 || (0x09...0x0d).contains($0)) }) else {
            throw VaultError(code, "the file is empty", path: path, remedy: remedy)
        }
        do {
            return try JSON.parse(bytes, file: path)
        } catch {
            let place = error.all.first?.mark.map { "\($0.line):\($0.column): " } ?? ""
            throw VaultError(code, "\(place)not JSON from here on: damaged or truncated", path: path, remedy: remedy)
        }
    }

    /// A key of a mapping, quoted, as far as it is a name.
    private static func label(_ key: Value) -> String { key.string.map { "'\($0)'" } ?? "a key" }
}
