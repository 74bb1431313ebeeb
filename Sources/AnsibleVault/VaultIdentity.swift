/// A password of Ansible's vaults, and where it is found: `prod@~/.vault-prod`, `dev@prompt`, `ci@get-password-client`,
/// `prod@vault:ansible.prod`, or a source alone.
package struct VaultIdentity: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        /// Asked for on the terminal.
        case prompt
        /// A file that holds it, or a program that prints it.
        case file(String)
        /// A field of this program's own vault.
        case stored(provider: String, fields: [String])
    }
    package let id: String
    package let source: Source
    /// Whether it was given a name, which a prompt then has.
    package let isNamed: Bool

    package init(id: String = VaultKeyring.defaultID, _ source: Source, isNamed: Bool = false) {
        self.id = id
        self.source = source
        self.isNamed = isNamed
    }

    /// As `--vault-id` takes it.
    package init(_ text: String) {
        let at = text.firstIndex(of: "@")
        let name = at.map { String(text[..<$0]) } ?? ""
        let rest = at.map { String(text[text.index(after: $0)...]) } ?? text
        self.init(id: name.isEmpty ? VaultKeyring.defaultID : name, Self.source(rest), isNamed: !name.isEmpty)
    }

    private static let storedPrefix = "vault:"

    private static func source(_ text: String) -> Source {
        if text == "prompt" || text == "prompt_ask_vault_pass" { return .prompt }
        guard text.hasPrefix(storedPrefix) else { return .file(text) }
        let parts = text.dropFirst(storedPrefix.count).split(separator: ".").map(String.init)
        return .stored(provider: parts.first ?? "", fields: Array(parts.dropFirst()))
    }
}
