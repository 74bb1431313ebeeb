import Audit
public import Redaction
import YAML

extension SecretStore {
    /// Makes the key of a new vault, in the key's file.
    ///
    /// - Returns: its fingerprint.
    /// - Throws: `VaultError.badRequest` when a key is configured, or when there is a vault that needs its own key.
    @discardableResult
    public func generateKey() async throws -> String {
        try PrivateFile.makeFolder(of: files.vault)
        try PrivateFile.makeFolder(of: files.key)
        return try await FileLock.hold(files.lock) {
            if let key = try configuredKey() {
                throw VaultError(.badRequest, "there is a key already (fingerprint \(key.fingerprint))", path: files.key, remedy: "replace it with: comfyfleet vault rotate")
            }
            if let bytes = try PrivateFile.read(files.vault), case .encrypted(let envelope) = try Envelope.parse(bytes, path: files.vault) {
                let needed = envelope.fingerprint.map { " (fingerprint \($0))" } ?? ""
                throw VaultError(.badRequest, "there is a vault already, and only its own key\(needed) opens it", path: files.vault,
                                 remedy: "provide that key in \(VaultFiles.keyVariable) or \(files.key), or move the vault away to begin anew")
            }
            let key = try freshKey()
            _ = concealed(key)
            let replacement = try PrivateFile.Replacement(files.key, Array((key.text.reveal() + "\n").utf8))
            try trail.append([trail.keyGenerated(fingerprint: key.fingerprint, destination: files.key)], "no key was made")
            try replacement.commit()
            return key.fingerprint
        }
    }

    public struct Rotation: Sendable {
        /// Of the new key.
        public let fingerprint: String
        /// Where it lies.
        public let keyFile: String
        /// `COMFYVN_SECRETS_KEY` still holds the old key, and goes before the file: it must be changed or unset.
        public let environmentIsStale: Bool
        public let providers: [String]
    }

    /// Encrypts the vault with another key, which takes the place of the old one in the key's file.
    ///
    /// At every moment the vault can be opened with a key on disk; whoever opens it next finishes what a crash left.
    /// - Parameter key: a Fernet key's text; nil makes one.
    @discardableResult
    public func rotateKey(to newKey: Secret<String>? = nil) async throws -> Rotation {
        try PrivateFile.makeFolder(of: files.vault)
        try PrivateFile.makeFolder(of: files.key)
        let rotation = try await FileLock.hold(files.lock) {
            let opened = try settle()
            let key = try newKey.map { try VaultKey($0.reveal(), source: .given) } ?? freshKey()
            _ = concealed(key)
            if let old = try opened.key ?? configuredKey(), old.fingerprint == key.fingerprint {
                throw VaultError(.badRequest, "that is the vault's key already", path: files.key)
            }
            let providers = opened.payload.providers.names
            let text = Array((key.text.reveal() + "\n").utf8)
            let entry = trail.keyRotated(fingerprint: key.fingerprint, providers: providers)
            if opened.key == nil {
                let replacement = try PrivateFile.Replacement(files.key, text)
                try trail.append([entry], "nothing was changed")
                try replacement.commit()
            } else {
                try PrivateFile.replace(files.pendingKey, text)
                do {
                    try save(opened.payload, with: key, [entry])
                } catch {
                    _ = try? settle()
                    throw error
                }
                try PrivateFile.move(files.pendingKey, to: files.key)
            }
            return Rotation(fingerprint: key.fingerprint, keyFile: files.key, environmentIsStale: environmentKey != nil, providers: providers)
        }
        var event = SecretEvent(kind: .keyRotated, timestamp: Timestamp.shown())
        event.fingerprint = rotation.fingerprint
        event.providers = rotation.providers
        events.emit(event)
        return rotation
    }

    private func freshKey() throws(VaultError) -> VaultKey {
        let text: String
        do { text = try Fernet.generateKey() } catch { throw VaultError(.cryptography, "libcrypto gave no random bytes (\(error))") }
        return try VaultKey(text, source: .file(files.key))
    }
}
