import Redaction
import Support

/// A key that may open the vault, and where it came from.
struct VaultKey: Sendable {
    enum Source: Sendable, Hashable {
        case environment
        case file(String)
        /// Left by a rotation that has not finished.
        case pending(String)
        /// By whoever asks for a rotation.
        case given
    }
    let fernet: Fernet
    let text: Secret<String>
    let source: Source

    /// What is shown in its place.
    static let label = "vault.key"

    init(_ text: String, source: Source) throws(VaultError) {
        do {
            fernet = try Fernet(key: text)
        } catch {
            let place: String? =
                switch source {
                case .environment: VaultFiles.keyVariable
                case .file(let path), .pending(let path): path
                case .given: nil
                }
            guard let place else {
                throw VaultError(
                    .malformedKey,
                    "the given key is not a Fernet key (32 bytes as URL-safe base64); nothing was changed",
                    remedy: "give another, or have one made")
            }
            throw VaultError(
                .malformedKey, "the text is not a Fernet key (32 bytes as URL-safe base64)", path: place,
                remedy: "restore the key; a new one would not open the vault")
        }
        self.text = Secret(String(Fernet.trimmed(text)))
        self.source = source
    }

    var fingerprint: String { Fernet.fingerprint(ofKey: text.reveal()) }

    /// What an error calls it.
    var name: String {
        switch source {
        case .environment: "the key in \(VaultFiles.keyVariable)"
        case .file(let path), .pending(let path): "the key in \(path)"
        case .given: "the given key"
        }
    }

    /// The key that the environment or the key file gives; nil when there is neither.
    static func configured(environmentKey: Secret<String>?, files: VaultFiles) throws(VaultError) -> VaultKey? {
        if let environmentKey { return try VaultKey(environmentKey.reveal(), source: .environment) }
        return try read(files.key).map { text throws(VaultError) in try VaultKey(text, source: .file(files.key)) }
    }

    /// The new key of a rotation that has not finished.
    static func pending(files: VaultFiles) throws(VaultError) -> VaultKey? {
        guard var bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.readOwn(files.pendingKey) }) else {
            return nil
        }
        return try? VaultKey(text(wiping: &bytes), source: .pending(files.pendingKey))
    }

    /// The key that stands in for the vault's where there is none.
    static func state(files: VaultFiles) throws(VaultError) -> VaultKey? {
        try read(files.stateKey).map { text throws(VaultError) in try VaultKey(text, source: .file(files.stateKey)) }
    }

    private static func read(_ path: String) throws(VaultError) -> String? {
        guard var bytes = try onDisk({ () throws(FileProblem) in try PrivateFile.read(path) }) else { return nil }
        return text(wiping: &bytes)
    }

    /// Editors of some systems begin a file with a byte order mark, which is no part of the key.
    private static func text(wiping bytes: inout [UInt8]) -> String {
        defer { LibCrypto.wipe(&bytes) }
        return String(decoding: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...], as: UTF8.self)
    }

    /// As it stands in a key's file.
    var fileText: [UInt8] { Array((text.reveal() + "\n").utf8) }

    /// The original's words, and how to provide a key here.
    static func notConfigured(files: VaultFiles) -> VaultError {
        VaultError(
            .keyNotConfigured,
            "Secrets key not configured. Export \(VaultFiles.keyVariable) or create config/comfyvn.secrets.key.",
            remedy:
                "comfyfleet vault init makes a key for a new vault (it would be \(files.key)); an existing vault opens only with its own key"
        )
    }
}
