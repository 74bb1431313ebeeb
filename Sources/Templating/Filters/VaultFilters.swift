import AnsibleVault
import Redaction
import Support
import YAML

extension Filters {
    /// Texts as `ansible-vault` encrypts them.
    static let vaultFilters: [String: Operation] = [
        "vault": Operation(["secret", "salt", "vault_id", "wrap_object", "vaultid"], required: 1) {
            operand throws(TemplateError) in
            guard case .string(let text, let provenance) = operand.input else {
                throw .other("Can only vault strings, instead we got <class '\(operand.input.typeName)'>")
            }
            let password = try VaultFilter.password(operand)
            // An object that decrypts itself when it is used, in Ansible: here, what it holds.
            if try operand.flag(3) {
                return .string(text, provenance.isSecret ? provenance : .decrypted(as: "vault"))
            }
            let id = try VaultFilter.id(operand, 4, 2)
            let salt = try operand.optionalText(1).map { Array($0.utf8) }
            return .string(try VaultFilter.encrypted(text, password, id: id, salt: salt))
        },
        "unvault": Operation(["secret", "vault_id", "vaultid"], required: 1) { operand throws(TemplateError) in
            guard case .string(let text, let provenance) = operand.input else {
                throw .other(
                    "Vault should be in the form of a string, instead we got <class '\(operand.input.typeName)'>")
            }
            let password = try VaultFilter.password(operand, "as string")
            guard VaultText.begins(text) else { return .string(text, provenance.untrusted) }
            let id = try VaultFilter.id(operand, 2, 1)
            return .string(try VaultFilter.decrypted(text, .init(id: id, secret: password)), .secret("unvault"))
        },
    ]
}

private enum VaultFilter {
    /// The name that the text gives its password; the parameter has two names.
    static func id(_ operand: Operand, _ older: Int, _ newer: Int) throws(TemplateError) -> String {
        if let id = try operand.optionalText(older) { return id }
        if let id = try operand.optionalText(newer) { return id }
        return "filter_default"
    }

    static func password(_ operand: Operand, _ kind: String = "a string") throws(TemplateError) -> Secret<[UInt8]> {
        guard case .string(let password, _)? = operand[0] else {
            throw .other(
                "Secret passed is required to be \(kind), instead we got <class '\(operand[0]?.typeName ?? "NoneType")'>"
            )
        }
        return Secret(Array(password.utf8))
    }

    static func encrypted(
        _ text: String, _ password: Secret<[UInt8]>, id: String, salt: [UInt8]?
    ) throws(TemplateError) -> String {
        do throws(LibCrypto.Failure) {
            let encrypted = try VaultCipher.encrypt(Array(text.utf8), password, id: id, salt: salt)
            return String(decoding: encrypted.bytes, as: UTF8.self)
        } catch {
            throw .other("Unable to encrypt: libcrypto refused \(error.call)")
        }
    }

    static func decrypted(_ text: String, _ password: VaultKeyring.Password) throws(TemplateError) -> String {
        let plain: Secret<[UInt8]>
        do throws(VaultKeyring.Refusal) { plain = try VaultKeyring([password]).decrypt(Array(text.utf8)) } catch {
            throw .other("Unable to decrypt: \(error.message)")
        }
        guard let value = String(validating: plain.reveal(), as: UTF8.self) else {
            throw .other("Unable to decrypt: what it holds is not UTF-8 text")
        }
        return value
    }
}
