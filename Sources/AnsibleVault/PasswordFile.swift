import Glibc
import Redaction
import Support
import YAML

/// A file that holds a vault's password, or an executable that prints it.
package enum PasswordFile {
    /// A password is a line; a larger file is a mistake.
    private static let limit = 1 << 20

    /// - Parameters:
    ///   - id: a program whose name ends in `-client` is asked for the password of this name.
    ///   - keyring: passwords that came before, since the file may be encrypted itself.
    /// - Throws: in Ansible's words.
    package static func read(_ path: String, id: String, keyring: VaultKeyring) throws(Diagnostic) -> Secret<[UInt8]> {
        let path = expandingTilde(path, home: getenv("HOME").map { String(cString: $0) } ?? "/")
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Diagnostic(
                "The vault password file \(path) was not found", at: nil,
                remedy: "check --vault-id, --vault-password-file and ANSIBLE_VAULT_PASSWORD_FILE")
        }
        if status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 { return try printed(by: path, id: id) }
        var bytes: [UInt8]
        if path.hasPrefix("/dev/") || path.hasPrefix("/proc/") {
            // What a shell makes of <(…) is a pipe.
            bytes = try pipe(path)
        } else {
            bytes = try TextFile.bytes(of: path, limit: limit, refusesOpenToAll: true)
        }
        defer { LibCrypto.wipe(&bytes) }
        var (plain, _) = try keyring.reading(bytes, of: path)
        defer { LibCrypto.wipe(&plain) }
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        var password = plain[...]
        while let first = password.first, isSpace(first) { password.removeFirst() }
        while let last = password.last, isSpace(last) { password.removeLast() }
        guard !password.isEmpty else {
            throw Diagnostic(
                "Invalid vault password was provided from file (\(path))", at: nil, remedy: "the file is empty")
        }
        return Secret(Array(password))
    }

    private static func printed(by path: String, id: String) throws(Diagnostic) -> Secret<[UInt8]> {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        let isClient = stem.hasSuffix("-client")
        let program = path.contains("/") ? path : "./" + path
        var outcome: ShortCommand.Outcome
        do throws(ShortCommand.Failure) {
            outcome = try ShortCommand([program] + (isClient ? ["--vault-id", id] : [])).run()
        } catch {
            throw Diagnostic(
                "Problem running vault password script \(path): \(reason(error))", at: nil,
                remedy: "if this is no script, take its execute permission: chmod a-x")
        }
        defer { LibCrypto.wipe(&outcome.output) }
        let said = String(decoding: outcome.errors, as: UTF8.self)
        guard outcome.status == 0 else {
            let problem =
                isClient && outcome.status == 2
                ? "Vault password client script \(path) did not find a secret for vault-id=\(id)"
                : "Vault password \(isClient ? "client " : "")script \(path) returned non-zero (\(outcome.status))"
            throw Diagnostic(said.isEmpty ? problem : "\(problem): \(said)", at: nil)
        }
        var password = outcome.output[...]
        while let last = password.last, last == 0x0a || last == 0x0d { password.removeLast() }
        while let first = password.first, first == 0x0a || first == 0x0d { password.removeFirst() }
        guard !password.isEmpty else {
            throw Diagnostic(
                "Invalid vault password was provided from script (\(path))", at: nil, remedy: "it printed nothing")
        }
        return Secret(Array(password))
    }

    private static func reason(_ failure: ShortCommand.Failure) -> String {
        switch failure {
        case .notStarted(let code): String(cString: strerror(code))
        case .timedOut: "it did not end in time"
        case .tooMuchOutput: "it printed too much"
        case .cancelled: "interrupted"
        }
    }

    private static func pipe(_ path: String) throws(Diagnostic) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Diagnostic("cannot read \(path): \(String(cString: strerror(errno)))", at: nil)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        LibCrypto.wipe(&chunk)
        return bytes
    }
}
