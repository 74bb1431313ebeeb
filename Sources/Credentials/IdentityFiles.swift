import Glibc
import Redaction
import Synchronization

/// What is wrong, or not, with a private key's file. Every file is looked at once, however many hosts use it.
final class IdentityFiles: Sendable {
    private let keys: KeyInspector
    /// By path; of each, with every passphrase that hosts give for it.
    private let known = Mutex([String: [(passphrase: Secret<String>?, findings: [Finding])]]())
    private struct Finding {
        let problem: Problem
        /// ssh itself can do with such a key.
        var concernsBuiltInSSHOnly = false
    }

    init(_ keys: KeyInspector) { self.keys = keys }

    /// - Parameter source: the layer that the identity comes from, for the texts.
    func problems(_ path: String, passphrase: Secret<String>?, source: Layer, builtInSSH: Bool) -> [Problem] {
        let found = known.withLock { known in
            if let found = known[path]?.first(where: { $0.passphrase == passphrase }) { return found.findings }
            let found = inspect(path, passphrase)
            known[path, default: []].append((passphrase, found))
            return found
        }
        return found.filter { builtInSSH || !$0.concernsBuiltInSSHOnly }.map {
            $0.problem.about(.identity, from: source)
        }
    }

    private func inspect(_ path: String, _ passphrase: Secret<String>?) -> [Finding] {
        func error(_ text: String, _ remedy: String, builtIn: Bool = false) -> Finding {
            Finding(problem: .error(.identity, text, remedy: remedy), concernsBuiltInSSHOnly: builtIn)
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            return [
                errno == EACCES
                    ? error("the file cannot be reached: permission denied", "run as its owner")
                    : error("there is no such file", "correct the path, or put the key there")
            ]
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return [error("that is not a file", "give the path of a private key")]
        }
        guard access(path, R_OK) == 0 else {
            return [error("the file cannot be read by this user", "run as its owner")]
        }
        var findings: [Finding] = []
        // The rule of ssh: the user's own keys must be the user's alone.
        if status.st_uid == geteuid(), status.st_mode & 0o077 != 0 {
            findings.append(
                error(
                    "the file is open to others (mode 0\(String(status.st_mode & 0o777, radix: 8)))",
                    "chmod 600 it; make a new key if others could read it"))
        }
        switch keys.inspect(path, passphrase) {
        case .usable: break
        case .needsPassphrase:
            findings.append(
                error(
                    "the key is encrypted and no passphrase is configured",
                    "put it into the vault beside the identity, as passphrase; or use ssh_command: ssh with an agent",
                    builtIn: true))
        case .wrongPassphrase:
            findings.append(error("the passphrase does not open the key", "correct it in the vault", builtIn: true))
        case .unsupported(let type):
            findings.append(
                error(
                    "libssh2 cannot use a key of type \(type)",
                    "use an ed25519 key, or ssh_command: ssh for these hosts", builtIn: true))
        case .notAKey:
            findings.append(
                error(
                    "the file is no private key, or is damaged",
                    "give the private key's path, not that of the .pub file"))
        }
        return findings
    }
}

/// What reads private keys: the SSH library's own parser, so that what it cannot use is known before the first
/// connection.
package struct KeyInspector: Sendable {
    package enum Verdict: Sendable, Hashable {
        case usable, needsPassphrase, wrongPassphrase, notAKey
        case unsupported(type: String)
    }
    package var inspect: @Sendable (_ path: String, _ passphrase: Secret<String>?) -> Verdict

    package init(inspect: @escaping @Sendable (String, Secret<String>?) -> Verdict) { self.inspect = inspect }
}
