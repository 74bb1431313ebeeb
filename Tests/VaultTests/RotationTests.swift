import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Vault

@Suite struct RotationTests {
    @Test func theOldKeyOpensNothingAnyMore() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let old = String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self)
            let rotation = try await store.rotateKey()
            let new = String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self)
            #expect(
                rotation.fingerprint == Fernet.fingerprint(ofKey: new) && rotation.providers == ["demo"]
                    && !rotation.environmentIsStale)
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
            #expect(
                await code { _ = try await vault.store([VaultFiles.keyVariable: old]).get("demo") } == .decryptionFailed
            )
        }
    }

    @Test func toAGivenKey() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let key = try Fernet.generateKey()
            try await store.rotateKey(to: Secret(" \(key)\n"))
            #expect(String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self) == key + "\n")
            #expect(await code { try await store.rotateKey(to: Secret(key)) } == .badRequest, "it is the key already")
            let refusal = await #expect(throws: VaultError.self) { try await store.rotateKey(to: Secret("no key")) }
            #expect(refusal?.code == .malformedKey && refusal?.path == nil)
        }
    }

    @Test func withTheKeyInTheEnvironmentSaysThatItIsStale() async throws {
        try await TestVault.with { vault in
            let key = try Fernet.generateKey()
            let store = vault.store([VaultFiles.keyVariable: key])
            try await store.update("demo", ["token": .string("a-secret-value")])
            #expect(try await store.rotateKey().environmentIsStale)
            #expect(await code { _ = try await store.get("demo") } == .decryptionFailed)
            #expect(try await vault.store().get("demo")["token"] == .string("a-secret-value"))
        }
    }

    /// Where a crash can leave a rotation; every state opens, and afterwards nothing of it is left.
    enum Crash: CaseIterable {
        case beforeTheNewKeyIsWhole, newKeyWritten, vaultHalfWritten, vaultReplaced, keyReplaced
    }

    @Test(arguments: Crash.allCases) func everyInterruptedRotationIsFinished(crash: Crash) async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let oldKey = try #require(vault.bytes(vault.files.key))
            let oldVault = try #require(vault.bytes(vault.files.vault))
            try await store.rotateKey()
            let newKey = try #require(vault.bytes(vault.files.key))
            let newVault = try #require(vault.bytes(vault.files.vault))
            func put(_ bytes: Data, _ path: String) throws { try bytes.write(to: URL(fileURLWithPath: path)) }
            if crash != .keyReplaced { try put(oldKey, vault.files.key) }
            if crash != .keyReplaced, crash != .vaultReplaced { try put(oldVault, vault.files.vault) }
            switch crash {
            case .beforeTheNewKeyIsWhole: try put(newKey.prefix(20), vault.files.pendingKey + ".tmp")
            case .newKeyWritten: try put(newKey, vault.files.pendingKey)
            case .vaultHalfWritten:
                try put(newKey, vault.files.pendingKey)
                try put(newVault.prefix(100), vault.files.vault + ".tmp")
            case .vaultReplaced: try put(newKey, vault.files.pendingKey)
            case .keyReplaced: break
            }
            #expect(try await vault.store().get("demo")["token"] == .string("a-secret-value"))
            let expectedKey = crash == .vaultReplaced || crash == .keyReplaced ? newKey : oldKey
            #expect(vault.bytes(vault.files.key) == expectedKey)
            #expect(!FileManager.default.fileExists(atPath: vault.files.pendingKey))
            // And it can be changed and rotated again.
            try await vault.store().update("demo", ["more": .int(1)])
            try await vault.store().rotateKey()
            #expect(try await vault.store().get("demo").count == 2)
            #expect(!(try vault.names()).contains { $0.hasSuffix(".tmp") && $0.hasPrefix("vault.json") })
        }
    }

    @Test func anInterruptedRotationOpensInTheEnvironmentsHands() async throws {
        try await TestVault.with { vault in
            let key = try Fernet.generateKey()
            let store = vault.store([VaultFiles.keyVariable: key])
            try await store.update("demo", ["token": .string("a-secret-value")])
            try await store.rotateKey()
            try FileManager.default.moveItem(atPath: vault.files.key, toPath: vault.files.pendingKey)
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
            #expect(FileManager.default.fileExists(atPath: vault.files.key))
        }
    }

    /// Nothing is changed when it cannot be audited.
    @Test(arguments: ["/dev/full", "/proc/security.log"]) func withoutAnAuditTrailNothingIsReadOrChanged(
        path: String
    ) async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            var blind = vault
            blind.auditPath = path
            let before = [vault.files.vault, vault.files.key].map(vault.bytes)
            let names = try vault.names()
            let store = blind.store()
            #expect(await code { _ = try await store.get("demo") } == .unaudited)
            #expect(await code { _ = try await store.load() } == .unaudited)
            #expect(await code { _ = try await store.describeAll() } == .unaudited)
            #expect(await code { try await store.update("demo", ["a": .int(1)]) } == .unaudited)
            #expect(await code { try await store.write([:]) } == .unaudited)
            #expect(await code { try await store.rotateKey() } == .unaudited)
            #expect(
                await code { _ = try await blind.store([VaultFiles.keyVariable: try Fernet.generateKey()]).get("demo") }
                    == .unaudited)
            let reader = try await store.reader()
            #expect(await code { _ = try reader.secret("demo", ["token"]) } == .unaudited)
            #expect(await code { _ = try reader.secret("demo", ["token"]) } == .unaudited, "nor the second time")
            #expect([vault.files.vault, vault.files.key].map(vault.bytes) == before)
            #expect(try vault.names() == names)
        }
    }
}
