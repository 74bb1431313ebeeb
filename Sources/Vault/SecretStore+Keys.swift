import Audit
import Redaction
import Support
import YAML

extension SecretStore {
    /// Makes the key of a new vault, in the key's file.
    ///
    /// - Returns: its fingerprint.
    /// - Throws: `VaultError.badRequest` when a key is configured, or when there is a vault that needs its own key.
    @discardableResult
    package func generateKey() async throws -> String {
        try makeFolders()
        return try await FileLock.hold(files.lock) {
            if let key = try configuredKey() {
                throw VaultError(
                    .badRequest, "there is a key already (fingerprint \(key.fingerprint))", path: files.key,
                    remedy: "replace it with: comfyfleet vault rotate")
            }
            if let bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.read(files.vault) }),
                case .encrypted(let envelope) = try Envelope.parse(bytes, path: files.vault)
            {
                let needed = envelope.fingerprint.map { " (fingerprint \($0))" } ?? ""
                throw VaultError(
                    .badRequest, "there is a vault already, and only its own key\(needed) opens it", path: files.vault,
                    remedy:
                        "provide that key in \(VaultFiles.keyVariable) or \(files.key), or move the vault away to begin anew"
                )
            }
            let key = try freshKey()
            _ = concealed(key)
            let replacement = try onDisk { () throws(FileProblem) in
                try PrivateFile.Replacement(files.key, key.fileText)
            }
            try trail.append(
                [trail.keyGenerated(fingerprint: key.fingerprint, destination: files.key)], "no key was made")
            do throws(FileProblem) { try replacement.commit() } catch { throw VaultError(error) }
            return key.fingerprint
        }
    }

    package struct Rotation: Sendable {
        /// Of the new key.
        package let fingerprint: String
        /// Where it lies.
        package let keyFile: String
        /// `COMFYVN_SECRETS_KEY` still holds the old key, and goes before the file: it must be changed or unset.
        package let environmentIsStale: Bool
        package let providers: [String]
    }

    /// Encrypts the vault with another key, which takes the place of the old one in the key's file.
    ///
    /// At every moment the vault can be opened with a key on disk; whoever opens it next finishes what a crash left.
    /// - Parameter key: a Fernet key's text; nil makes one.
    @discardableResult
    package func rotateKey(to newKey: Secret<String>? = nil) async throws -> Rotation {
        try makeFolders()
        let rotation = try await FileLock.hold(files.lock) {
            let opened = try openAndRepair()
            let key = try newKey.map { try VaultKey($0.reveal(), source: .given) } ?? freshKey()
            _ = concealed(key)
            if let old = try opened.key ?? configuredKey(), old.fingerprint == key.fingerprint {
                throw VaultError(.badRequest, "that is the vault's key already", path: files.key)
            }
            let providers = opened.payload.providers.names
            let entry = trail.keyRotated(fingerprint: key.fingerprint, providers: providers)
            // Journals open with the old and the new key from here on, until the new one is in its place.
            try JournalKeyFile.prepare(files, from: [opened.key, try configuredKey()].compactMap { $0 }, to: key)
            if opened.key == nil {
                let replacement = try onDisk { () throws(FileProblem) in
                    try PrivateFile.Replacement(files.key, key.fileText)
                }
                try trail.append([entry], "nothing was changed")
                do throws(FileProblem) { try replacement.commit() } catch { throw VaultError(error) }
            } else {
                // By this name and nothing else: a link that somebody put there is replaced, and never followed.
                try onDisk { () throws(FileProblem) in
                    try PrivateFile.replace(files.pendingKey, key.fileText, followsLast: false)
                }
                do {
                    try save(opened.payload, with: key, [entry])
                } catch {
                    _ = try? openAndRepair()
                    throw error
                }
                try putInPlace(key)
            }
            // The rotation is done. What the old key still opens of the journals' keys is taken away by the next run,
            // should that fail here.
            try? JournalKeyFile.finish(files, key)
            return Rotation(
                fingerprint: key.fingerprint, keyFile: files.key, environmentIsStale: environmentKey != nil,
                providers: providers)
        }
        var event = SecretEvent(kind: .keyRotated, timestamp: UTCTime.now.precise)
        event.fingerprint = rotation.fingerprint
        event.providers = rotation.providers
        events.emit(event)
        return rotation
    }

    private func makeFolders() throws(VaultError) {
        try onDisk { () throws(FileProblem) in
            try PrivateFile.makeFolder(of: files.vault)
            try PrivateFile.makeFolder(of: files.key)
        }
    }

    private func freshKey() throws(VaultError) -> VaultKey {
        let text: String
        do { text = try Fernet.generateKey() } catch {
            throw VaultError(.cryptography, "libcrypto gave no random bytes (\(error))")
        }
        return try VaultKey(text, source: .file(files.key))
    }
}
