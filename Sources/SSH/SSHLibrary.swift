/// The libssh2 that this process runs with, and what it cannot do.
package enum SSHLibrary {
    /// `1.10.0`
    package static var version: String { LibSSH2Session.version }
    /// Before 1.11 RSA keys sign with SHA-1 only, which servers from OpenSSH 8.8 on refuse.
    package static var signsRSAWithSHA2: Bool { LibSSH2Session.signsRSAWithSHA2 }
}
