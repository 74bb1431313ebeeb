import Audit
import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Vault

@Suite struct SecretStoreTests {
    @Test func updateMergesAndNullRemoves() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled([
                "p": .dict([
                    "keep": .int(1), "drop": .string("x"),
                    "hosts": .dict(["a": .dict(["user": .string("u"), "port": .int(1)])]),
                ])
            ])
            try await store.update(
                "P",
                [
                    "drop": .null, "new": .bool(true),
                    "hosts": .dict(["a": .dict(["port": .null]), "b": .dict(["user": .string("v")])]),
                ])
            #expect(
                try vault.plaintext()
                    == #"{"p": {"keep": 1, "hosts": {"a": {"user": "u"}, "b": {"user": "v"}}, "new": true}}"#)
        }
    }

    @Test func orderAndUnicodeStayAsTheyAre() async throws {
        try await TestVault.with { vault in
            let text =
                #"{"z": {"密码": "pässwörd🔑", "a": "line1\nline2\t\"q\"\\"}, "a": {"f": 1.5, "n": null, "list": [1, "two", []], "empty": {}}}"#
            let payload = try #require(try JSON.parse(Array(text.utf8)).map)
            let store = try await vault.filled(payload)
            #expect(try vault.plaintext() == text)
            #expect(try await store.load() == payload)
        }
    }

    @Test func writeReplacesAll() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            try await store.write(["other": .dict(["x": .int(1)])])
            #expect(try await store.load() == ["other": .dict(["x": .int(1)])])
            #expect(try await store.get("demo").isEmpty)
        }
    }

    @Test func removeTellsWhetherThereWasOne() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            #expect(try await store.remove("DEMO"))
            #expect(try await store.remove("demo") == false)
            #expect(try await store.load().isEmpty)
        }
    }

    @Test func overridesAreTrimmedMergedAndNeverStored() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            let store = vault.store([
                "COMFYVN_SECRET_DEMO_TOKEN": "  from-env \n", "COMFYVN_SECRET_DEMO_EMPTY": "  ",
                "COMFYVN_SECRET_DEMO_EXTRA": "more", "COMFYVN_SECRET_DEMO_": "x",
            ])
            #expect(try await store.get("Demo") == ["token": .string("from-env"), "extra": .string("more")])
            let described = try await store.describe("demo")
            #expect(described.storedKeys == ["token"] && described.overrideKeys == ["extra", "token"])
            try await store.update("demo", ["other": .int(1)])
            #expect(try vault.plaintext() == #"{"demo": {"token": "a-secret-value", "other": 1}}"#)
        }
    }

    @Test func filesAreTheOwnersOnlyAndNothingIsLeftBehind() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            try await store.rotateKey()
            for path in [vault.files.vault, vault.files.key, vault.files.lock] {
                #expect(try vault.mode(path) == 0o600)
            }
            #expect(try vault.names() == ["security.log", "vault.json", "vault.json.lock", "vault.key"])
        }
    }

    /// A vault that is a symbolic link stays one: what it leads to is replaced.
    @Test func symbolicLinksAreFollowed() async throws {
        try await TestVault.with { vault in
            try FileManager.default.createDirectory(atPath: vault.folder + "/real", withIntermediateDirectories: false)
            _ = try await vault.filled()
            for name in ["vault.json", "vault.key"] {
                try FileManager.default.moveItem(
                    atPath: "\(vault.folder)/\(name)", toPath: "\(vault.folder)/real/\(name)")
                try FileManager.default.createSymbolicLink(
                    atPath: "\(vault.folder)/\(name)", withDestinationPath: "real/\(name)")
            }
            try await vault.store().update("demo", ["more": .int(1)])
            try await vault.store().rotateKey()
            for name in ["vault.json", "vault.key"] {
                #expect(
                    try FileManager.default.destinationOfSymbolicLink(atPath: "\(vault.folder)/\(name)")
                        == "real/\(name)")
            }
            #expect(try await vault.store().get("demo")["more"] == .int(1))
        }
    }

    @Test func plainTextIsEncryptedInPlace() async throws {
        try await TestVault.with { vault in
            try await vault.store().generateKey()
            try vault.put(#"{"demo": {"token": "a-secret-value"}}"#, in: vault.files.vault)
            #expect(try await vault.store().get("demo") == ["token": .string("a-secret-value")])
            let written = String(decoding: try #require(vault.bytes(vault.files.vault)), as: UTF8.self)
            #expect(!written.contains("a-secret-value") && written.contains("ciphertext"))
            #expect(try vault.mode(vault.files.vault) == 0o600)
            #expect(try vault.eventNames() == ["secrets.key.generated", "secrets.upgraded", "secrets.read"])
        }
    }

    @Test func plainTextWithoutAKeyStaysAndIsAnError() async throws {
        try await TestVault.with { vault in
            try vault.put(#"{"demo": {"token": "t"}}"#, in: vault.files.vault)
            #expect(await code { _ = try await vault.store().get("demo") } == .keyNotConfigured)
            #expect(vault.bytes(vault.files.vault) == Data(#"{"demo": {"token": "t"}}"#.utf8))
        }
    }

    /// What stands where the vault should be, and what is said about it.
    @Test(arguments: [
        ("", VaultError.Code.notJSON), (" \n ", .notJSON), ("{", .notJSON), ("not json", .notJSON),
        ("\u{0}\u{1}\u{2}", .notJSON), ("[]", .notAnObject), (#""text""#, .notAnObject), ("7", .notAnObject),
        (#"{"version": 1, "algorithm": "fernet"}"#, .notAnObject),
        (#"{"version": 2, "algorithm": "fernet", "ciphertext": "x"}"#, .unsupportedEnvelope),
        (#"{"version": 1, "algorithm": "age", "ciphertext": "x"}"#, .unsupportedEnvelope),
        (#"{"version": 1, "algorithm": "fernet", "ciphertext": "x"}"#, .decryptionFailed),
        (#"{"version": 1, "algorithm": "fernet", "ciphertext": ""}"#, .decryptionFailed),
        (#"{"demo": "no object"}"#, .notAnObject),
    ]) func badVaults(text: String, expected: VaultError.Code) async throws {
        try await TestVault.with { vault in
            try await vault.store().generateKey()
            try vault.put(text, in: vault.files.vault)
            #expect(await code { _ = try await vault.store().get("demo") } == expected)
            #expect(await code { try await vault.store().update("demo", ["a": .int(1)]) } == expected)
            #expect(vault.bytes(vault.files.vault) == Data(text.utf8), "a vault that does not open is left as it is")
        }
    }

    @Test func aVaultThatIsCutAnywhereIsAnError() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            let whole = try #require(vault.bytes(vault.files.vault))
            for length in 0..<(whole.count - 2) {
                try whole.prefix(length).write(to: URL(fileURLWithPath: vault.files.vault))
                let said = await code { _ = try await vault.store().get("demo") }
                #expect(said == .notJSON, "cut at \(length): \(String(describing: said))")
            }
        }
    }

    @Test func randomBytesAreAnError() async throws {
        try await TestVault.with { vault in
            try await vault.store().generateKey()
            try Data((0..<5000).map { _ in UInt8.random(in: 128...255) }).write(
                to: URL(fileURLWithPath: vault.files.vault))
            #expect(await code { _ = try await vault.store().get("demo") } == .notJSON)
        }
    }

    /// A payload that is not what a vault holds, under the right key.
    @Test(arguments: [("[]", VaultError.Code.notAnObject), ("nonsense", .notJSON), ("", .notJSON)]) func badPayloads(
        text: String, expected: VaultError.Code
    ) async throws {
        try await TestVault.with { vault in
            try await vault.store().generateKey()
            let key = String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self)
            let token = try Fernet(key: key).encrypt(Array(text.utf8), time: 1)
            try vault.put(Envelope.text(ciphertext: token, fingerprint: "x", updatedAt: ""), in: vault.files.vault)
            #expect(await code { _ = try await vault.store().get("demo") } == expected)
        }
    }

    @Test func aWrongKeyIsToldByItsFingerprint() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            let wrong = try Fernet.generateKey()
            do {
                _ = try await vault.store([VaultFiles.keyVariable: wrong]).get("demo")
                Issue.record("a wrong key opened the vault")
            } catch let error as VaultError {
                #expect(error.code == .decryptionFailed && error.problem == "Failed to decrypt secrets payload")
                #expect(
                    error.description.contains(Fernet.fingerprint(ofKey: wrong))
                        && error.description.contains("COMFYVN_SECRETS_KEY"))
                #expect(!error.description.contains(wrong))
            }
            #expect(try vault.eventNames().last == "secrets.decrypt.failed")
        }
    }

    @Test(arguments: ["nonsense", "AAAA"]) func aMalformedKeyIsAnErrorThatDoesNotShowIt(key: String) async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            do {
                _ = try await vault.store([VaultFiles.keyVariable: key]).get("demo")
                Issue.record("a malformed key opened the vault")
            } catch let error as VaultError {
                #expect(error.code == .malformedKey && !error.description.contains(key))
            }
        }
    }

    @Test func aMissingKeySaysHowToProvideOne() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            try FileManager.default.removeItem(atPath: vault.files.key)
            do {
                _ = try await vault.store().get("demo")
                Issue.record("no key opened the vault")
            } catch let error as VaultError {
                #expect(
                    error.code == .keyNotConfigured && error.description.contains("COMFYVN_SECRETS_KEY")
                        && error.description.contains("vault init"))
            }
            #expect(
                await code { try await vault.store().generateKey() } == .badRequest,
                "a new key would not open the vault that is there")
        }
    }

    /// The key from the environment goes before the file's, and whitespace around it is no part of it.
    @Test func theEnvironmentsKeyGoesFirst() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            let key = String(decoding: try #require(vault.bytes(vault.files.key)), as: UTF8.self)
            try vault.put(try Fernet.generateKey(), in: vault.files.key)
            #expect(
                try await vault.store([VaultFiles.keyVariable: " \(key) \n"]).get("demo")["token"]
                    == .string("a-secret-value"))
            #expect(
                await code { _ = try await vault.store([VaultFiles.keyVariable: " "]).get("demo") }
                    == .decryptionFailed, "an empty variable counts as not set")
        }
    }

    @Test func aFolderInTheVaultsPlaceIsAnError() async throws {
        try await TestVault.with { vault in
            try await vault.store().generateKey()
            try FileManager.default.createDirectory(atPath: vault.files.vault, withIntermediateDirectories: false)
            #expect(await code { _ = try await vault.store().get("demo") } == .file)
            #expect(await code { try await vault.store().update("demo", ["a": .int(1)]) } == .file)
        }
    }

    @Test func aFolderThatCannotBeWrittenIsAnError() async throws {
        try await TestVault.with { vault in
            let store = SecretStore(
                files: VaultFiles(vault: "/proc/vault.json", key: "/proc/vault.key"),
                environment: [VaultFiles.keyVariable: try Fernet.generateKey()],
                audit: AuditLog(path: vault.auditPath), secrets: SecretSet())
            #expect(await code { try await store.update("demo", ["a": .int(1)]) } == .file)
            #expect(try await store.describeAll().isEmpty, "a vault that is not there is empty")
        }
    }

    /// Reading needs no right to write.
    @Test(.enabled(if: geteuid() == 0, "mounting needs root")) func aReadOnlyFolderCanBeRead() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            let mounted = vault.folder + "/mounted"
            try FileManager.default.createDirectory(atPath: mounted, withIntermediateDirectories: false)
            try run("/bin/mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", mounted)
            defer { _ = try? run("/bin/umount", mounted) }
            for name in ["vault.json", "vault.key"] {
                try FileManager.default.copyItem(atPath: "\(vault.folder)/\(name)", toPath: "\(mounted)/\(name)")
            }
            try run("/bin/mount", "-o", "remount,ro", mounted)
            let files = VaultFiles(vault: mounted + "/vault.json", key: mounted + "/vault.key")
            func store(_ environment: [String: String] = [:]) -> SecretStore {
                SecretStore(
                    files: files, environment: environment, audit: AuditLog(path: vault.auditPath),
                    secrets: vault.secrets)
            }
            #expect(try await store().get("demo")["token"] == .string("a-secret-value"))
            #expect(await code { try await store().update("demo", ["a": .int(1)]) } == .file)
            #expect(
                await code { _ = try await store([VaultFiles.keyVariable: try Fernet.generateKey()]).get("demo") }
                    == .decryptionFailed)
        }
    }

    /// A disk without room: the old vault stays, whole.
    @Test(.enabled(if: geteuid() == 0, "mounting needs root")) func aFullDiskLeavesTheOldVault() async throws {
        try await TestVault.with { vault in
            let mounted = vault.folder + "/mounted"
            try FileManager.default.createDirectory(atPath: mounted, withIntermediateDirectories: false)
            try run("/bin/mount", "-t", "tmpfs", "-o", "size=32k,mode=700", "tmpfs", mounted)
            defer { _ = try? run("/bin/umount", mounted) }
            let files = VaultFiles(vault: mounted + "/vault.json", key: mounted + "/vault.key")
            let store = SecretStore(
                files: files, environment: [:], audit: AuditLog(path: vault.auditPath), secrets: vault.secrets)
            try await store.generateKey()
            try await store.update("demo", ["token": .string("a-secret-value")])
            #expect(
                await code { try await store.update("demo", ["big": .string(String(repeating: "x", count: 100_000))]) }
                    == .file)
            #expect(try await store.load() == ["demo": .dict(["token": .string("a-secret-value")])])
            #expect(!(try FileManager.default.contentsOfDirectory(atPath: mounted)).contains { $0.hasSuffix(".tmp") })
        }
    }

    @Test func whatJSONCannotHoldIsRefused() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            #expect(await code { try await store.update("demo", ["a": .bytes([1])]) } == .badRequest)
            #expect(await code { try await store.update("demo", ["a": .list([.dict(["b": .omit])])]) } == .badRequest)
            #expect(await code { try await store.update("", ["a": .int(1)]) } == .badRequest)
        }
    }

    @Test func aValueIsNotReplacedByAGroupOfFields() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            #expect(
                await code { try await store.update("Demo", ["token": .dict(["sub": .string("x")])]) } == .badRequest)
            #expect(
                await code { try await store.merge([("new", ["a": .int(1)]), ("demo", ["token": .dict([:])])]) }
                    == .badRequest)
            #expect(try await store.load() == ["demo": .dict(["token": .string("a-secret-value")])])
        }
    }

    @Test func mergePatchOfRFC7396() throws {
        // The cases of the RFC's appendix in which both sides are objects.
        for (target, patch, result) in [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ] {
            var map = try #require(try JSON.parse(Array(target.utf8)).map)
            map.applyMergePatch(try #require(try JSON.parse(Array(patch.utf8)).map))
            #expect(JSON.text(.dict(map), spaced: false) == result)
        }
    }
}
