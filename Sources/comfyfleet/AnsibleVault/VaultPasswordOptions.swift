import AnsibleVault
import ArgumentParser
import Redaction
import Settings
import Vault
import YAML

/// Passwords of Ansible's vaults, as Ansible's commands take them.
struct VaultPasswordOptions: ParsableArguments {
    @Option(
        name: .customLong("vault-id"),
        help: ArgumentHelp(
            "A password of Ansible's vaults: NAME@FILE, NAME@prompt, NAME@vault:PROVIDER.FIELD; may be given several times.",
            discussion:
                "FILE holds the password, or is a program that prints it; one that is called …-client gets --vault-id NAME. vault: is this program's own vault.",
            valueName: "name@source")) var identities: [String] = []
    @Option(
        name: [.customLong("vault-password-file"), .customLong("vault-pass-file")],
        help: ArgumentHelp(
            "File with a password of Ansible's vaults, or a program that prints it.",
            discussion: "Default: ANSIBLE_VAULT_PASSWORD_FILE. ANSIBLE_VAULT_IDENTITY_LIST is read, too.",
            valueName: "path"), completion: .file()) var passwordFiles: [String] = []
    @Flag(
        name: [.customShort("J"), .customLong("ask-vault-pass"), .customLong("ask-vault-password")],
        help: "Ask for a password of Ansible's vaults.") var asks = false

    /// The passwords that a command has: files have been read, scripts have run and questions are answered when this
    /// returns.
    func keyring() async throws -> VaultKeyring {
        try await Self.keyring(identities: identities, files: passwordFiles, asks: asks)
    }

    /// The same for commands that read their options themselves.
    static func keyring(identities: [String], files: [String], asks: Bool) async throws -> VaultKeyring {
        let settings = VaultPasswordSettings(environment: VaultSession.ansibleEnvironment)
        let all = Self.identities(identities, files: files, asks: asks, settings)
        return VaultKeyring(try await passwords(of: all, settings: settings), matchesID: settings.matchesID)
    }

    /// In the order in which they are tried: those of the configuration, `--vault-id`, files, the one that is asked
    /// for.
    func identities(_ settings: VaultPasswordSettings) -> [VaultIdentity] {
        Self.identities(identities, files: passwordFiles, asks: asks, settings)
    }

    private static func identities(
        _ names: [String], files: [String], asks: Bool, _ settings: VaultPasswordSettings
    ) -> [VaultIdentity] {
        var all = settings.identities + names.map { VaultIdentity($0) }
        for path in files + settings.passwordFiles {
            all.append(VaultIdentity(id: settings.defaultID, .file(path)))
        }
        if asks || settings.asks { all.append(VaultIdentity(id: settings.defaultID, .prompt)) }
        return all
    }

    /// - Parameter isNew: whether they are for what is encrypted now: what is typed is asked for twice.
    static func passwords(
        of identities: [VaultIdentity], settings: VaultPasswordSettings, isNew: Bool = false
    ) async throws -> [VaultKeyring.Password] {
        var passwords: [VaultKeyring.Password] = []
        for identity in identities {
            let secret: Secret<[UInt8]> =
                switch identity.source {
                case .prompt: try prompted(identity, isNew: isNew)
                case .file(let path):
                    try PasswordFile.read(path, id: identity.id, keyring: VaultKeyring(passwords))
                case .stored(let provider, let fields): try await stored(provider, fields)
                }
            if let text = String(validating: secret.reveal(), as: UTF8.self) {
                ComfyFleet.secrets.insert(Secret(text), label: "vault-password.\(identity.id)")
            }
            passwords.append(.init(id: identity.id, secret: secret))
        }
        return passwords
    }

    private static func prompted(_ identity: VaultIdentity, isNew: Bool) throws -> Secret<[UInt8]> {
        let name = identity.isNamed ? " (\(identity.id))" : ""
        let answer = try SecretInput.line(redacted("\(isNew ? "New v" : "V")ault password\(name)"))
        if isNew, try SecretInput.line(redacted("Confirm new vault password\(name)")) != answer {
            throw Diagnostics([Diagnostic("Passwords do not match", at: nil)])
        }
        let bytes = Array(answer.reveal().utf8)
        guard !bytes.isEmpty else { throw Diagnostics([Diagnostic("Invalid vault password was provided", at: nil)]) }
        return Secret(bytes)
    }

    private static func stored(_ provider: String, _ fields: [String]) async throws -> Secret<[UInt8]> {
        let name = ([provider] + fields).joined(separator: ".")
        guard !fields.isEmpty else {
            throw Diagnostics([
                Diagnostic(
                    "'vault:\(name)' names no field of the vault", at: nil, remedy: "write NAME@vault:PROVIDER.FIELD")
            ])
        }
        let value = try await VaultSession.with { store, _ in try await store.reader().secret(provider, fields) }
        guard let text = value.string, !text.isEmpty else {
            throw Diagnostics([Diagnostic("the vault's \(name) is no text, so it can't be a password", at: nil)])
        }
        return Secret(Array(text.utf8))
    }
}

/// What Ansible's configuration says of vaults' passwords.
struct VaultPasswordSettings {
    var identities: [VaultIdentity]
    var passwordFiles: [String]
    /// What a password without a name is called.
    var defaultID: String
    /// Which one encrypts, where there are several.
    var encryptID: String?
    /// Only passwords of a text's own name are tried.
    var matchesID: Bool
    /// Ask for one, as `--ask-vault-pass` says.
    var asks: Bool

    /// ANSIBLE_VAULT_PASSWORD_FILE and its kin, and the configuration file that Ansible would read.
    init(environment: [String: String]) {
        let configuration = (try? AnsibleConfiguration(environment: environment)) ?? AnsibleConfiguration()
        identities = configuration.vaultIdentities.map { VaultIdentity($0) }
        passwordFiles = configuration.vaultPasswordFile.map { [$0.path] } ?? []
        defaultID = configuration.vaultIdentity
        encryptID = configuration.vaultEncryptIdentity
        matchesID = configuration.vaultIdentityMustMatch
        asks = configuration.asksVaultPassword
    }
}
