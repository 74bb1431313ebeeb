/// Seals what a run has to remember between processes, such as registered results and extra variables, under a key of
/// its own (`JournalKeys`).
package struct StateSeal: Sendable {
    private let fernet: Fernet
    /// Names the key without giving it away.
    package let fingerprint: String

    init(_ key: VaultKey) {
        fernet = key.fernet
        fingerprint = key.fingerprint
    }

    /// - Parameter time: seconds since 1970.
    package func seal(_ bytes: [UInt8], time: UInt64) throws(Fernet.Failure) -> String {
        try fernet.encrypt(bytes, time: time)
    }

    package func open(_ token: String) throws(Fernet.Failure) -> [UInt8] { try fernet.decrypt(token) }

    /// 16 hex digits that tell texts apart, and by which nobody without the key can try what a text might have been.
    package func digest(of text: String) throws(Fernet.Failure) -> String { try fernet.code(of: Array(text.utf8)) }
}
