import AnsibleVault
import Redaction
import YAML

/// Values and files that ansible-vault has encrypted, where they are used.
extension RenderContext {
    /// What an encrypted text of a file holds: a secret, and never a template.
    func decrypted(_ text: String, _ provenance: Provenance) throws(TemplateError) -> Object {
        let plain: Secret<[UInt8]>
        do throws(VaultKeyring.Refusal) { plain = try environment.ansibleVault.decrypt(Array(text.utf8)) } catch {
            throw .undecryptable(error, at: provenance.origin)
        }
        guard let value = String(validating: plain.reveal(), as: UTF8.self) else {
            throw .other("Attempt to use undecryptable variable: what it holds is not UTF-8 text")
        }
        return .string(value, .decrypted(at: provenance.origin))
    }

    /// A file of the controller, decrypted where ansible-vault has encrypted it.
    func file(_ path: String) throws(TemplateError) -> (bytes: [UInt8], provenance: Provenance) {
        let bytes = try SearchPath.bytes(path)
        do throws(Diagnostic) {
            let (plain, isSecret) = try environment.ansibleVault.reading(bytes, of: path)
            return (plain, isSecret ? .secret(path) : .data)
        } catch {
            throw .other("\(error)")
        }
    }

    /// A file that is rendered, which what the program wrote itself never is.
    func templateFile(_ path: String) throws(TemplateError) -> (text: String, provenance: Provenance) {
        try SearchPath.refuseOwn(path)
        return try textFile(path)
    }

    func textFile(_ path: String) throws(TemplateError) -> (text: String, provenance: Provenance) {
        let (bytes, provenance) = try file(path)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .other("\(path) is not UTF-8 text") }
        return (text, provenance)
    }
}

extension TemplateError {
    fileprivate static func undecryptable(_ refusal: VaultKeyring.Refusal, at origin: SourceMark?) -> TemplateError {
        let place = origin.map { "\($0): " } ?? ""
        let remedy = refusal.remedy.map { "; \($0)" } ?? ""
        return .other("Attempt to use undecryptable variable: \(place)\(refusal.message)\(remedy)")
    }
}
