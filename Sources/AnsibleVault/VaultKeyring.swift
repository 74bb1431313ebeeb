import Redaction
import Support
import Synchronization
import YAML

/// The passwords of Ansible's vaults that a command was given, in the order in which they are tried.
///
/// A text that names a password (`…;AES256;prod`) is tried with that of this name first, then with all others, unless
/// only that of its name may be tried (`ANSIBLE_VAULT_ID_MATCH`).
package final class VaultKeyring: Sendable {
    package struct Password: Sendable {
        package let id: String
        package let secret: Secret<[UInt8]>
        package init(id: String, secret: Secret<[UInt8]>) {
            self.id = id
            self.secret = secret
        }
    }

    /// Why a text stays encrypted. `message` is Ansible's.
    package struct Refusal: Error, Sendable {
        package let message: String
        package let remedy: String?
    }

    package static let defaultID = "default"
    /// Without any password.
    package static let empty = VaultKeyring([])

    package let passwords: [Password]
    private let matchesID: Bool
    /// What has been decrypted, by its text: hosts of a group share its variables, and a password takes a while.
    private let decrypted = Mutex<[[UInt8]: Secret<[UInt8]>]>([:])
    /// Larger texts are files, each read once.
    private static let largestKept = 1 << 16

    package init(_ passwords: [Password], matchesID: Bool = false) {
        self.passwords = passwords
        self.matchesID = matchesID
    }

    package func decrypt(_ bytes: [UInt8]) throws(Refusal) -> Secret<[UInt8]> {
        if let known = decrypted.withLock({ $0[bytes] }) { return known }
        let plain = try opened(bytes).plain
        if bytes.count <= Self.largestKept { decrypted.withLock { $0[bytes] = plain } }
        return plain
    }

    /// The plain text, with the password that it was encrypted with.
    package func opened(_ bytes: [UInt8]) throws(Refusal) -> (plain: Secret<[UInt8]>, text: VaultText, with: Password) {
        let text: VaultText
        do throws(VaultText.Damage) { text = try VaultText(bytes) } catch {
            throw Refusal(message: error.problem, remedy: "the text is damaged, or is no text of ansible-vault")
        }
        guard !passwords.isEmpty else {
            throw Refusal(message: "Attempting to decrypt but no vault secrets found", remedy: Self.howToGive(text.id))
        }
        do throws(LibCrypto.Failure) {
            for password in candidates(for: text.id) {
                guard var plain = try VaultCipher.decrypt(text, password.secret) else { continue }
                defer { LibCrypto.wipe(&plain) }
                return (Secret(plain), text, password)
            }
        } catch {
            throw Refusal(message: "Decryption failed (libcrypto refused \(error.call))", remedy: nil)
        }
        throw Refusal(
            message: "Decryption failed (no vault secrets were found that could decrypt)",
            remedy: "none of the passwords given (\(passwords.map(\.id).joined(separator: ", "))) opens it; "
                + Self.howToGive(text.id))
    }

    private func candidates(for id: String?) -> [Password] {
        let id = id ?? Self.defaultID
        let named = passwords.filter { $0.id == id }
        return matchesID ? named : named + passwords.filter { $0.id != id }
    }

    private static func howToGive(_ id: String?) -> String {
        "give its password with --vault-id \(id ?? defaultID)@FILE (or @prompt, or @vault:PROVIDER.FIELD), "
            + "--vault-password-file or --ask-vault-pass"
    }
}

extension VaultKeyring {
    /// What stands in a file: as it is, or decrypted where it is a text of ansible-vault.
    ///
    /// - Throws: `file:line:col: …; …`
    package func reading(_ bytes: [UInt8], of path: String) throws(Diagnostic) -> (bytes: [UInt8], isSecret: Bool) {
        guard VaultText.begins(bytes) else { return (bytes, false) }
        do throws(Refusal) { return (try decrypt(bytes).reveal(), true) } catch {
            throw Diagnostic(
                error.message, at: SourceMark(file: path, line: 1, column: 1),
                remedy: error.remedy ?? "check the file with 'comfyfleet ansible-vault view'")
        }
    }
}
