public import Redaction

/// Seals what a run has to remember between processes, such as registered results and extra variables: Fernet tokens under the vault's key.
///
/// Where no key is configured, a key of its own lies in `config/comfyfleet.state.key` (0600).
public struct StateSeal: Sendable {
    private let fernet: Fernet
    /// Names the key without giving it away.
    public let fingerprint: String

    public static let keyFile = "config/comfyfleet.state.key"

    /// - Parameters:
    ///   - environment: of this process; the vault's key may come from it.
    ///   - secrets: the key joins them.
    /// - Throws: `VaultError` when a key is malformed, or none can be made.
    public init(files: VaultFiles, environment: [String: String], keyFile: String = keyFile, secrets: SecretSet? = nil) throws(VaultError) {
        let environmentKey = environment[VaultFiles.keyVariable].flatMap { Fernet.trimmed($0).isEmpty ? nil : Secret($0) }
        if let key = try VaultKey.configured(environmentKey: environmentKey, files: files) {
            self.init(key.fernet, text: key.text, secrets)
        } else {
            try self.init(keyIn: keyFile, secrets: secrets)
        }
    }

    private init(_ fernet: Fernet, text: Secret<String>, _ secrets: SecretSet?) {
        secrets?.insert(text, label: VaultKey.label)
        self.fernet = fernet
        fingerprint = Fernet.fingerprint(ofKey: text.reveal())
    }

    /// The key in the file, made when there is none. Of two processes that make one at the same time one wins, and both read it.
    init(keyIn path: String, secrets: SecretSet? = nil) throws(VaultError) {
        if try PrivateFile.read(path) == nil {
            let text: String
            do { text = try Fernet.generateKey() } catch { throw VaultError(.file, "no random numbers for a key", path: path) }
            try PrivateFile.makeFolder(of: path)
            try PrivateFile.create(path, Array((text + "\n").utf8))
        }
        guard var bytes = try PrivateFile.read(path) else { throw PrivateFile.failure("cannot read", path) }
        defer { LibCrypto.wipe(&bytes) }
        let key = try VaultKey(String(decoding: bytes, as: UTF8.self), source: .file(path))
        self.init(key.fernet, text: key.text, secrets)
    }

    /// - Parameter time: seconds since 1970.
    public func seal(_ bytes: [UInt8], time: UInt64) throws(Fernet.Failure) -> String { try fernet.encrypt(bytes, time: time) }

    public func open(_ token: String) throws(Fernet.Failure) -> [UInt8] { try fernet.decrypt(token) }

    /// 16 hex digits that tell texts apart, and by which nobody without the key can try what a text might have been.
    public func digest(of text: String) throws(Fernet.Failure) -> String { try fernet.code(of: Array(text.utf8)) }
}
