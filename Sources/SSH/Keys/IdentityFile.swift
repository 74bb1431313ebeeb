import COpenSSL
import Glibc
import Redaction

/// A private key's file: OpenSSH's own format, PKCS#8, and the older PEM forms.
package enum IdentityFile {
    /// Why a key can't be used. Names no path: that is a credential.
    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case missing
        case unreadable(String)
        case damaged
        case encrypted
        case wrongPassphrase
        /// A kind of key or encryption that can't be used over libssh2.
        case unsupported(String)

        package var description: String {
            switch self {
            case .missing: "the identity file is missing"
            case .unreadable(let reason): "the identity file can't be read: \(reason)"
            case .damaged: "the identity file is no private key, or is damaged"
            case .encrypted: "the identity file is encrypted and there is no passphrase"
            case .wrongPassphrase: "the passphrase does not open the identity file"
            case .unsupported(let kind): "the identity file holds what libssh2 can't use: \(kind.printable)"
            }
        }

        package var remedy: String {
            switch self {
            case .missing: "create it, or name another one"
            case .unreadable: "make it readable for who runs this, with mode 0600"
            case .damaged: "create a new key: ssh-keygen -t ed25519"
            case .encrypted, .wrongPassphrase: "put the right passphrase into the vault"
            case .unsupported: "use an ed25519 key, or reach the host with ssh_command"
            }
        }
    }

    /// What a key file is, as far as can be seen without its passphrase.
    package struct Description: Sendable, Equatable {
        /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, `sk-ssh-ed25519@openssh.com`, …; nil where only decrypting
        /// would tell.
        package var type: String?
        package var isEncrypted: Bool
        /// Others may read it; ssh refuses such a key. The mode's last nine bits.
        package var openMode: UInt32?
        /// libssh2 can authenticate with it; nil where the type is unknown.
        package var isUsable: Bool?
    }

    /// Looks at a file without decrypting it. Reads a small file: not for the hot path.
    package static func inspect(_ path: String) -> Result<Description, Failure> {
        let path = expandingTilde(path)
        do throws(Failure) {
            let bytes = try read(path)
            var status = stat()
            let isOwn = stat(path, &status) == 0 && status.st_uid == getuid()
            let openMode = isOwn && status.st_mode & 0o077 != 0 ? status.st_mode & 0o777 : nil
            switch try Armor(bytes) {
            case .openSSH(let format):
                let type = format.publicKey.type
                return .success(
                    Description(
                        type: type, isEncrypted: format.isEncrypted, openMode: openMode,
                        isUsable: usableTypes.contains(type)))
            case .pem(encrypted: true):
                return .success(Description(type: nil, isEncrypted: true, openMode: openMode, isUsable: nil))
            case .pem(encrypted: false):
                let type = try? pemKey(bytes, passphrase: nil).type
                return .success(Description(type: type, isEncrypted: false, openMode: openMode, isUsable: type != nil))
            }
        } catch { return .failure(error) }
    }

    /// The public half of a key, as its file or the one beside it (`.pub`) has it, without a passphrase; nil where neither
    /// does.
    package static func publicKey(of path: String) -> [UInt8]? {
        let path = expandingTilde(path)
        if let bytes = try? read(path), case .openSSH(let format)? = try? Armor(bytes) { return format.publicKey.blob }
        guard let text = try? read(path + ".pub") else { return nil }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.count >= 2 ? Crypto.decodeBase64(words[1]) : nil
    }

    /// The key in a file's bytes. Takes about 0.1 s of CPU for an encrypted OpenSSH key.
    package static func parse(_ bytes: [UInt8], passphrase: Secret<String>?) throws(Failure) -> PrivateKey {
        switch try Armor(bytes) {
        case .openSSH(let format):
            if format.isEncrypted, passphrase == nil { throw .encrypted }
            return try format.privateKey(passphrase: passphrase.map { Array($0.reveal().utf8) } ?? [])
        case .pem(let encrypted):
            if encrypted, passphrase == nil { throw .encrypted }
            return try pemKey(bytes, passphrase: passphrase)
        }
    }

    package static func load(_ path: String, passphrase: Secret<String>?) throws(Failure) -> PrivateKey {
        var bytes = try read(expandingTilde(path))
        defer { Crypto.wipe(&bytes) }
        return try parse(bytes, passphrase: passphrase)
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        do {
            guard let bytes = try readFile(path, limit: 1 << 20) else { throw Failure.missing }
            return bytes
        } catch let failure as Failure { throw failure } catch { throw .unreadable("\(error)") }
    }

    static let usableTypes: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    ]

    /// Which of the two families of formats a file is in.
    private enum Armor {
        case openSSH(OpenSSHKeyFormat), pem(encrypted: Bool)

        init(_ bytes: [UInt8]) throws(Failure) {
            let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.contains("PRIVATE KEY") })
            else { throw .damaged }
            if lines[begin].contains("OPENSSH") {
                let body = lines[(begin + 1)...].prefix { !$0.hasPrefix("-----END") }.map {
                    $0.filter { !$0.isWhitespace }
                }.joined()
                guard let decoded = Crypto.decodeBase64(body), let format = OpenSSHKeyFormat(decoded) else {
                    throw .damaged
                }
                self = .openSSH(format)
            } else {
                self = .pem(
                    encrypted: lines[begin].contains("ENCRYPTED")
                        || lines.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") })
            }
        }
    }

    /// PKCS#1, SEC 1 and PKCS#8, as libcrypto reads them.
    private static func pemKey(_ bytes: [UInt8], passphrase: Secret<String>?) throws(Failure) -> PrivateKey {
        guard let memory = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { throw .damaged }
        defer { BIO_free(memory) }
        var text = Array((passphrase?.reveal() ?? "").utf8)
        defer { Crypto.wipe(&text) }
        // Always a callback of our own: libcrypto's default one asks on the terminal.
        let key = withUnsafeMutablePointer(to: &text) { text in
            PEM_read_bio_PrivateKey(
                memory, nil,
                { buffer, size, _, context in
                    guard let passphrase = context?.assumingMemoryBound(to: [UInt8].self).pointee, !passphrase.isEmpty,
                        passphrase.count <= size
                    else { return -1 }
                    passphrase.withUnsafeBytes {
                        buffer?.update(from: $0.baseAddress!.assumingMemoryBound(to: CChar.self), count: $0.count)
                    }
                    return Int32(passphrase.count)
                }, text)
        }
        defer { ERR_clear_error() }
        guard let key else { throw passphrase == nil ? .damaged : .wrongPassphrase }
        guard let usable = PrivateKey(owning: key) else {
            throw .unsupported("a kind of key that SSH does not use, or an old one (DSA)")
        }
        return usable
    }
}
