import Foundation
import Redaction
import TestSupport
import Testing
import YAML

@testable import Vault

@Suite struct VaultReaderTests {
    static let payload: ValueMap = [
        "huggingface": .dict(["token": .string("hf_a_long_token")]),
        "remote_installer": .dict([
            "defaults": .dict(["user": .string("operator"), "port": .int(2222), "passphrase": .string("open sesame")]),
            "hosts": .dict([
                "gpu.lab.local": .dict([
                    "password": .string("hunter2hunter2"), "pin": .int(123456),
                    "flags": .list([.string("listed-secret")]),
                ])
            ]),
        ]),
    ]

    @Test func valuesAtPaths() async throws {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            #expect(try reader.secret("HuggingFace", ["token"]) == .string("hf_a_long_token"))
            #expect(try reader.secret("remote_installer", ["hosts", "gpu.lab.local", "pin"]) == .int(123456))
            #expect(try reader.secret("huggingface", []) == .dict(["token": .string("hf_a_long_token")]))
        }
    }

    @Test func whatIsNotThereIsToldWithWhatIs() async throws {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            func said(_ provider: String, _ fields: [String]) -> String {
                do { return "\(try reader.secret(provider, fields))" } catch { return error.description }
            }
            #expect(
                said("hugingface", ["token"]).contains(
                    "no provider 'hugingface'; it has: huggingface, remote_installer"))
            #expect(said("huggingface", ["tokn"]).contains("'huggingface' has no field 'tokn'; it has: token"))
            #expect(
                said("remote_installer", ["hosts", "gpu", "pin"]).contains(
                    "'remote_installer.hosts' has no field 'gpu'; it has: gpu.lab.local"))
            #expect(
                said("huggingface", ["token", "more"]).contains(
                    "'huggingface.token' has no field 'more'; it has no fields"))
        }
    }

    @Test func everyValueIsAuditedOnceBeforeItIsHandedOut() async throws {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            #expect(!(try vault.eventNames().contains("secrets.read")), "opening reads nothing yet")
            for _ in 0..<3 { _ = try reader.secret("huggingface", ["token"]) }
            _ = try reader.layers(of: "remote_installer")
            let reads = try vault.events().filter { $0["event"] == .string("secrets.read") }
            #expect(reads.count == 2)
            #expect(reads[0]["provider"] == .string("huggingface") && reads[0]["keys"] == .list([.string("token")]))
            #expect(reads[1]["keys"] == .list([.string("defaults"), .string("hosts")]))
            let trail = String(decoding: try #require(vault.bytes(vault.auditPath)), as: UTF8.self)
            for value in ["hf_a_long_token", "open sesame", "hunter2", "123456", "operator"] {
                #expect(!trail.contains(value))
            }
        }
    }

    @Test func valuesJoinTheSecretsUnderTheirNameAndOrdinaryFieldsDoNot() async throws {
        try await TestVault.with { vault in
            let reader = try await vault.filled(Self.payload).reader()
            _ = try reader.layers(of: "remote_installer")
            let shown = RedactedText(
                "operator 2222 open sesame hunter2hunter2 123456 listed-secret hf_a_long_token", secrets: vault.secrets
            ).description
            #expect(
                shown
                    == "operator 2222 «redacted:remote_installer.defaults.passphrase» «redacted:remote_installer.hosts.gpu.lab.local.password» "
                    + "«redacted:remote_installer.hosts.gpu.lab.local.pin» «redacted:remote_installer.hosts.gpu.lab.local.flags» hf_a_long_token"
            )
            _ = try reader.secret("huggingface", ["token"])
            #expect(
                RedactedText("hf_a_long_token", secrets: vault.secrets).description == "«redacted:huggingface.token»")
        }
    }

    /// A run that needs no secret goes without a vault that does not open; one that does is told why.
    @Test func aVaultThatDoesNotOpenIsToldToWhoeverAsks() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled(Self.payload)
            let reader = try await vault.store([VaultFiles.keyVariable: try Fernet.generateKey()]).reader()
            #expect(await code { _ = try reader.secret("huggingface", ["token"]) } == .decryptionFailed)
            #expect(await code { _ = try reader.layers(of: "huggingface") } == .decryptionFailed)
        }
    }
}
