import CLibSSH2

/// What the libssh2 that is loaded can and cannot do, for `comfyfleet doctor`.
package struct Capabilities: Sendable {
    /// `1.10.0`: of the library that is loaded, not of the headers.
    package let version: String
    package let keyExchanges: [String], hostKeys: [String], ciphers: [String], macs: [String]
    package var hasAESGCM: Bool { ciphers.contains { $0.contains("gcm") } }
    /// From 1.11 on.
    package let forwardsAgent: Bool

    /// Nil when the library can't make a session.
    package init?() {
        guard libssh2_init(0) == 0, let session = libssh2_session_init_ex(nil, nil, nil, nil) else { return nil }
        defer { libssh2_session_free(session) }
        func algorithms(_ method: Int32) -> [String] {
            var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
            let count = libssh2_session_supported_algs(session, method, &list)
            guard count > 0, let list else { return [] }
            defer { libssh2_free(session, list) }
            return (0..<Int(count)).compactMap { list[$0].map { String(cString: $0) } }
        }
        version = LibSSH2Session.version
        forwardsAgent = LibSSH2Session.isAtLeast1_11
        keyExchanges = algorithms(LIBSSH2_METHOD_KEX)
        hostKeys = algorithms(LIBSSH2_METHOD_HOSTKEY)
        ciphers = algorithms(LIBSSH2_METHOD_CRYPT_CS)
        macs = algorithms(LIBSSH2_METHOD_MAC_CS)
    }
}
