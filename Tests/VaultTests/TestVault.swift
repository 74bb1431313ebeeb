import Audit
import Foundation
import Redaction
import TestSupport
import YAML

@testable import Vault

/// A folder with a vault, its key and an audit trail.
struct TestVault: Sendable {
    let folder: String
    let files: VaultFiles
    let secrets = SecretSet()
    var auditPath: String

    static func with<Result>(_ body: (TestVault) async throws -> Result) async throws -> Result {
        let vault = try TestVault()
        defer { try? FileManager.default.removeItem(atPath: vault.folder) }
        return try await body(vault)
    }

    init() throws {
        folder = try temporaryFolder("vault")
        files = VaultFiles(vault: folder + "/vault.json", key: folder + "/vault.key")
        auditPath = folder + "/security.log"
    }

    func store(_ environment: [String: String] = [:]) -> SecretStore {
        SecretStore(files: files, environment: environment, audit: AuditLog(path: auditPath), secrets: secrets)
    }

    /// With a key and these providers.
    func filled(
        _ providers: ValueMap = ["demo": .dict(["token": .string("a-secret-value")])]
    ) async throws -> SecretStore {
        let store = store()
        try await store.generateKey()
        try await store.write(providers)
        return store
    }

    func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }
    func put(_ text: String, in path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    func events() throws -> [ValueMap] {
        try (bytes(auditPath) ?? Data()).split(separator: UInt8(ascii: "\n")).compactMap {
            try JSON.parse([UInt8]($0)).map
        }
    }
    func eventNames() throws -> [String] { try events().compactMap { $0["event"]?.string } }
    /// The decrypted text as it stands in the vault.
    func plaintext() throws -> String {
        let envelope = try JSON.parse([UInt8](bytes(files.vault) ?? Data())).map ?? [:]
        let key = String(decoding: bytes(files.key) ?? Data(), as: UTF8.self)
        return String(decoding: try Fernet(key: key).decrypt(envelope["ciphertext"]?.string ?? ""), as: UTF8.self)
    }
}

/// The code of the error that `body` throws.
func code(of body: () async throws -> Void) async -> VaultError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? VaultError)?.code
    }
}
