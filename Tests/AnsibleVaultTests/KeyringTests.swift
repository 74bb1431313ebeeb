import Redaction
import Testing

@testable import AnsibleVault

@Suite struct KeyringTests {
    private static func password(_ id: String, _ text: String) -> VaultKeyring.Password {
        .init(id: id, secret: Secret(Array(text.utf8)))
    }
    private static func encrypted(_ text: String, _ password: VaultKeyring.Password) throws -> [UInt8] {
        try VaultCipher.encrypt(Array(text.utf8), password.secret, id: password.id).bytes
    }

    @Test func `the password of the text's name is first, then all others`() throws {
        let prod = Self.password("prod", "p")
        let dev = Self.password("dev", "d")
        let other = Self.password("prod", "p2")
        let keyring = VaultKeyring([dev, other, prod])
        let opened = try keyring.opened(Self.encrypted("x", prod))
        #expect(opened.plain.reveal() == Array("x".utf8))
        #expect(opened.with.id == "prod")
        // A name that nobody has: all are tried.
        let renamed = Self.password("gone", "d")
        #expect(try keyring.opened(Self.encrypted("y", renamed)).with.id == "dev")
    }

    @Test func `only the password of the text's name, where that is asked for`() throws {
        let dev = Self.password("dev", "d")
        let text = try Self.encrypted("y", Self.password("gone", "d"))
        #expect(throws: VaultKeyring.Refusal.self) { try VaultKeyring([dev], matchesID: true).decrypt(text) }
    }

    @Test func `errors are Ansible's, and say what to do`() throws {
        let text = try Self.encrypted("x", Self.password("prod", "p"))
        let none = #expect(throws: VaultKeyring.Refusal.self) { try VaultKeyring.empty.decrypt(text) }
        #expect(none?.message == "Attempting to decrypt but no vault secrets found")
        #expect(none?.remedy?.contains("--vault-id prod@FILE") == true)
        let wrong = #expect(throws: VaultKeyring.Refusal.self) {
            try VaultKeyring([Self.password("a", "q")]).decrypt(text)
        }
        #expect(wrong?.message == "Decryption failed (no vault secrets were found that could decrypt)")
        #expect(wrong?.remedy?.contains("none of the passwords given (a)") == true)
        let damaged = #expect(throws: VaultKeyring.Refusal.self) {
            try VaultKeyring.empty.decrypt(Array("$ANSIBLE_VAULT;1.1;AES256\nzz\n".utf8))
        }
        #expect(damaged?.message == "Vault format unhexlify error: Non-hexadecimal digit found")
    }

    @Test(arguments: [
        "$ANSIBLE_VAULT", "$ANSIBLE_VAULT;1.1", "$ANSIBLE_VAULT;1.0;AES256\n61", "$ANSIBLE_VAULT;1.1;AES\n61",
        "$ANSIBLE_VAULT;1.1;AES256\n6", "$ANSIBLE_VAULT;1.1;AES256\n61 62", "$ANSIBLE_VAULT;1.1;AES256\n61620a",
        "$ANSIBLE_VAULT;1.1;AES256\n610a620a63", "text",
    ]) func `a damaged text is refused`(_ text: String) {
        #expect(throws: VaultText.Damage.self) { try VaultText(Array(text.utf8)) }
    }

    @Test func `identities as --vault-id takes them`() {
        #expect(VaultIdentity("dev@prompt") == VaultIdentity(id: "dev", .prompt, isNamed: true))
        #expect(VaultIdentity("/x/pw") == VaultIdentity(.file("/x/pw")))
        #expect(VaultIdentity("dev@a@b") == VaultIdentity(id: "dev", .file("a@b"), isNamed: true))
        #expect(
            VaultIdentity("p@vault:ansible.prod.pw")
                == VaultIdentity(id: "p", .stored(provider: "ansible", fields: ["prod", "pw"]), isNamed: true))
        #expect(VaultIdentity("prompt").source == .prompt)
    }
}
