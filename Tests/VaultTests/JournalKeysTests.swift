import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Vault

@Suite struct JournalKeysTests {
    /// What a run writes down with the current key.
    private struct Journal {
        let fingerprint: String, token: String
        init(_ keys: JournalKeys) throws {
            fingerprint = keys.current.fingerprint
            token = try keys.current.seal(Array("remembered".utf8), time: 1)
        }
        func opens(with keys: JournalKeys) throws -> Bool {
            try keys.seal(fingerprint)?.open(token) == Array("remembered".utf8)
        }
    }

    private func keys(_ vault: TestVault, _ environment: [String: String] = [:]) async throws -> JournalKeys {
        try await JournalKeys.load(files: vault.files, environment: environment, secrets: vault.secrets)
    }

    @Test func `journals open after rotations, and new ones have another key`() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let first = try Journal(try await keys(vault))
            try await store.rotateKey()
            let second = try Journal(try await keys(vault))
            try await store.rotateKey(to: Secret(try Fernet.generateKey()))
            let now = try await keys(vault)
            #expect(try first.opens(with: now))
            #expect(try second.opens(with: now) && first.fingerprint != second.fingerprint)
            // The keys are not in the clear, and the old key of the vault opens nothing any more.
            #expect(try chests(vault).count == 1)
        }
    }

    @Test func `journals of before the first vault open when there is one`() async throws {
        try await TestVault.with { vault in
            let journal = try Journal(try await keys(vault))
            #expect(try vault.mode(vault.files.stateKey) == 0o600 && vault.mode(vault.files.journalKeys) == 0o600)
            try await vault.store().generateKey()
            #expect(try journal.opens(with: try await keys(vault)))
            let key = String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self)
            #expect(
                try chests(vault) == [Fernet.fingerprint(ofKey: key)],
                "and are sealed under the vault's key from then on")
            try await vault.store().rotateKey()
            #expect(try journal.opens(with: try await keys(vault)))
        }
    }

    @Test func `a key that only another shell has is not thrown away`() async throws {
        try await TestVault.with { vault in
            let environment = [VaultFiles.keyVariable: try Fernet.generateKey()]
            let journal = try Journal(try await keys(vault, environment))
            let other = try Journal(try await keys(vault))
            #expect(try await keys(vault).seal(journal.fingerprint) == nil)
            #expect(try journal.opens(with: try await keys(vault, environment)))
            #expect(try other.opens(with: try await keys(vault)))
        }
    }

    /// The files as a process leaves them that is killed between two steps of a rotation: at every step the journal
    /// opens, and so after the next commands.
    @Test func `journals open wherever a rotation is killed`() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let journal = try Journal(try await keys(vault))
            let names = [vault.files.key, vault.files.vault, vault.files.journalKeys]
            let old = names.map { vault.bytes($0) }
            let oldKey = try #require(try await store.configuredKey())
            let newKey = try VaultKey(try Fernet.generateKey(), source: .given)
            try JournalKeyFile.prepare(vault.files, from: [oldKey], to: newKey)
            let prepared = vault.bytes(vault.files.journalKeys)
            try vault.put("\(newKey.text.reveal())\n", in: vault.files.pendingKey)
            let newVault = Data(
                try await store.sealed(
                    Payload(providers: ["demo": .dict(["token": .string("a-secret-value")])]), with: newKey))
            let newText = Data(newKey.fileText)
            func put(_ key: Data?, _ payload: Data?, _ journals: Data?, pending: Data?) throws {
                for (path, bytes) in zip(names + [vault.files.pendingKey], [key, payload, journals, pending]) {
                    try? FileManager.default.removeItem(atPath: path)
                    if let bytes {
                        #expect(
                            FileManager.default.createFile(
                                atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600]))
                    }
                }
            }
            let steps: [(Data?, Data?, Data?, Data?)] = [
                (old[0], old[1], old[2], nil), (old[0], old[1], prepared, nil), (old[0], old[1], prepared, newText),
                (old[0], newVault, prepared, newText), (newText, newVault, prepared, newText),
                (newText, newVault, prepared, nil),
            ]
            for (number, step) in steps.enumerated() {
                // Whichever command comes first: one that reads the vault, or one that resumes the run.
                for opensVaultFirst in [false, true] {
                    try put(step.0, step.1, step.2, pending: step.3)
                    if opensVaultFirst { _ = try await vault.store().get("demo") }
                    #expect(try journal.opens(with: try await keys(vault)), "step \(number)")
                    #expect(try await vault.store().get("demo")["token"] == .string("a-secret-value"))
                    #expect(try journal.opens(with: try await keys(vault)), "step \(number)")
                    try await vault.store().rotateKey()
                    #expect(try journal.opens(with: try await keys(vault)), "step \(number)")
                }
            }
            // What a killed process left is put right: the replaced key opens nothing.
            try put(newText, newVault, prepared, pending: nil)
            _ = try await keys(vault)
            #expect(try chests(vault) == [newKey.fingerprint])
        }
    }

    /// Fingerprints of the keys that open the journals' keys.
    private func chests(_ vault: TestVault) throws -> [String] {
        let map = try JSON.parse([UInt8](try #require(vault.bytes(vault.files.journalKeys)))).map
        return map?["chests"]?.list?.compactMap { $0.map?["fingerprint"]?.string } ?? []
    }
}
