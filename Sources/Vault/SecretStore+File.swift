import Audit
import Redaction
import Support
import YAML

/// How the vault gets from the disk and back.
extension SecretStore {
    /// What is stored, decrypted. Leaves the files as they should be: plain text encrypted, an interrupted rotation
    /// finished.
    func open() async throws -> Payload {
        // The usual case needs no lock: files are replaced in one step, so what is read is whole.
        if let payload = try openWithoutLock() { return payload }
        do {
            return try await FileLock.hold(files.lock) { try openAndRepair().payload }
        } catch let error as VaultError where error.code == .file && error.path == files.lock {
            return try openAndRepair(readOnly: error).payload
        }
    }

    /// Changes what is stored: `body` alters the payload and gives the audit entries, none when there is nothing to do.
    func change(_ body: (inout Payload) throws -> [AuditLog.Entry]) async throws {
        try onDisk { () throws(FileProblem) in try PrivateFile.makeFolder(of: files.vault) }
        try await FileLock.hold(files.lock) {
            let opened = try openAndRepair()
            guard let key = try opened.key ?? configuredKey() else { throw VaultKey.notConfigured(files: files) }
            var payload = opened.payload
            let entries = try body(&payload)
            if !entries.isEmpty { try save(payload, with: key, entries) }
        }
    }

    /// The vault and the key that opened it.
    struct Opened {
        var payload: Payload
        /// nil when there is no vault yet.
        var key: VaultKey?
    }

    func configuredKey() throws(VaultError) -> VaultKey? {
        concealed(try VaultKey.configured(environmentKey: environmentKey, files: files))
    }
    private func pendingKey() throws(VaultError) -> VaultKey? { concealed(try VaultKey.pending(files: files)) }

    /// The key opens everything, so it is searched for in output from when it is known.
    func concealed(_ key: VaultKey?) -> VaultKey? {
        if let key { trail.secrets.insert(key.text, label: VaultKey.label) }
        return key
    }

    /// nil when something is to be done first, for which the lock is needed.
    private func openWithoutLock() throws(VaultError) -> Payload? {
        guard let content = try content() else { return Payload(providers: [:]) }
        guard case .encrypted(let envelope) = content, try pendingKey() == nil,
            let key = try configuredKey(), let payload = try payload(envelope, key)
        else { return nil }
        return payload
    }

    /// Opens the vault with the lock held, finishing what was left undone.
    ///
    /// A rotation writes the new key beside the old one, replaces the vault, and replaces the key. So when it was
    /// interrupted, either the old key still opens the vault and the new one can go, or the new one does and takes its
    /// place.
    /// - Parameter readOnly: why nothing can be written, if that is so; opening works all the same.
    func openAndRepair(readOnly: VaultError? = nil) throws -> Opened {
        guard let content = try content() else { return Opened(payload: Payload(providers: [:]), key: nil) }
        let envelope: Envelope
        switch content {
        case .plainText(let providers):
            if let readOnly { throw readOnly }
            guard let key = try configuredKey() else { throw VaultKey.notConfigured(files: files) }
            try save(Payload(providers: providers), with: key, [trail.upgraded(providers.names, path: files.vault)])
            return Opened(payload: Payload(providers: providers), key: key)
        case .encrypted(let found):
            envelope = found
        }
        let configured = try configuredKey()
        let pending = try pendingKey()
        guard configured != nil || pending != nil else { throw VaultKey.notConfigured(files: files) }
        if let configured, let payload = try payload(envelope, configured) {
            if pending != nil, readOnly == nil {
                try onDisk { () throws(FileProblem) in try PrivateFile.remove(files.pendingKey) }
            }
            return Opened(payload: payload, key: configured)
        }
        if let pending, let payload = try payload(envelope, pending) {
            if readOnly == nil { try putInPlace(pending) }
            return Opened(payload: payload, key: pending)
        }
        try trail.decryptFailed()
        throw failedToDecrypt(envelope, configured)
    }

    /// Encrypts and replaces; the audit entries are written when only the rename is left to do.
    func save(_ payload: Payload, with key: VaultKey, _ entries: [AuditLog.Entry]) throws(VaultError) {
        let text = try sealed(payload, with: key)
        let replacement = try onDisk { () throws(FileProblem) in try PrivateFile.Replacement(files.vault, text) }
        try trail.append(entries, "nothing was changed")
        do throws(FileProblem) { try replacement.commit() } catch { throw VaultError(error) }
    }

    /// The pending key becomes the key. Until it has, the pending one stays, wherever the key's own file may lie.
    func putInPlace(_ pending: VaultKey) throws(VaultError) {
        try onDisk { () throws(FileProblem) in
            try PrivateFile.replace(files.key, pending.fileText)
            try PrivateFile.remove(files.pendingKey)
        }
    }

    func sealed(_ payload: Payload, with key: VaultKey) throws(VaultError) -> [UInt8] {
        let moment = UTCTime.now
        var plaintext = Array(JSON.text(.dict(payload.providers)).utf8)
        defer { LibCrypto.wipe(&plaintext) }
        do {
            let token = try key.fernet.encrypt(plaintext, time: UInt64(max(0, moment.seconds)))
            return Array(
                Envelope.text(ciphertext: token, fingerprint: key.fingerprint, updatedAt: moment.precise.description)
                    .utf8)
        } catch {
            throw VaultError(.cryptography, "libcrypto could not encrypt (\(error))", path: files.vault)
        }
    }

    private func content() throws(VaultError) -> Envelope.Content? {
        guard let bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.read(files.vault) }) else {
            return nil
        }
        return try Envelope.parse(bytes, path: files.vault)
    }

    /// nil when the key does not open it. What was decrypted is wiped once it has been read.
    private func payload(_ envelope: Envelope, _ key: VaultKey) throws(VaultError) -> Payload? {
        guard var plaintext = try decrypt(envelope, key) else { return nil }
        defer { LibCrypto.wipe(&plaintext) }
        return try Envelope.payload(plaintext, path: files.vault)
    }

    private func decrypt(_ envelope: Envelope, _ key: VaultKey) throws(VaultError) -> [UInt8]? {
        do {
            return try key.fernet.decrypt(envelope.ciphertext)
        } catch {
            if case .libcrypto(let call) = error {
                throw VaultError(.cryptography, "libcrypto could not decrypt (\(call))", path: files.vault)
            }
            return nil
        }
    }

    private func failedToDecrypt(_ envelope: Envelope, _ key: VaultKey?) -> VaultError {
        var error = VaultError(.decryptionFailed, "Failed to decrypt secrets payload", path: files.vault)
        guard let key else { return error }
        if let wanted = envelope.fingerprint, wanted != key.fingerprint {
            error.remedy = "\(key.name) has the fingerprint \(key.fingerprint), the vault needs the one with \(wanted)"
        } else {
            error.remedy =
                "\(key.name) is the right one by its fingerprint, so the file is damaged or truncated: restore it from a backup"
        }
        return error
    }
}
