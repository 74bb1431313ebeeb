import Foundation
import Redaction
import Synchronization
import TestSupport
import Testing
import YAML

@testable import Vault

@Suite(.timeLimit(.minutes(2))) struct SecretHooksTests {
    /// Runs a read and a rotation with this hook for both events, and gives the warnings.
    private func warnings(
        _ vault: TestVault, hook: String, mode: Int = 0o700, timeLimit: Duration = .seconds(10)
    ) async throws -> [String] {
        let folder = vault.folder + "/hooks"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for event in ["on_security_secret_read", "on_security_key_rotated"] {
            #expect(
                FileManager.default.createFile(
                    atPath: "\(folder)/\(event)", contents: Data("#!/bin/sh\n\(hook)\n".utf8),
                    attributes: [.posixPermissions: mode]))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(event)")
        }
        let said = Mutex([String]())
        let environment = [
            "PATH": "/usr/bin:/bin", VaultFiles.keyVariable: "the key", "COMFYVN_SECRET_DEMO_EXTRA": "an override",
            "OUT": vault.folder + "/out",
        ]
        let hooks = SecretHooks(folder: folder, environment: environment, secrets: SecretSet(), timeLimit: timeLimit) {
            warning in said.withLock { $0.append(warning.description) }
        }
        let store = try await vault.filled()
        try await hooks.serve(store.events) {
            #expect(try await store.get("demo")["token"] == .string("a-secret-value"))
            try await store.rotateKey()
        }
        return said.withLock { $0 }
    }

    @Test func getTheEventAsJSONAndNeverAValue() async throws {
        try await TestVault.with { vault in
            #expect(try await warnings(vault, hook: #"cat >> "$OUT"; env >> "$OUT".env"#).isEmpty)
            let lines = try String(contentsOfFile: vault.folder + "/out", encoding: .utf8).split(separator: "\n")
            try #require(lines.count == 2)
            let read = try #require(try JSON.parse(Array(lines[0].utf8)).map)
            let rotated = try #require(try JSON.parse(Array(lines[1].utf8)).map)
            #expect(
                read["event"] == .string("on_security_secret_read") && read["provider"] == .string("demo")
                    && read["keys"] == .list([.string("token")]) && read["present"] == .bool(true))
            #expect(
                rotated["event"] == .string("on_security_key_rotated")
                    && rotated["providers"] == .list([.string("demo")]) && rotated["fingerprint"]?.string?.count == 16)
            let environment = try String(contentsOfFile: vault.folder + "/out.env", encoding: .utf8)
            #expect(environment.contains("PATH=") && !environment.contains("COMFYVN_SECRET"))
            #expect(!lines.joined().contains("a-secret-value"))
        }
    }

    @Test(arguments: [
        ("exit 3", 0o700, "it failed"), ("kill -9 $$", 0o700, "it failed"), ("true", 0o600, "could not be run"),
        ("true", 0o722, "others may write"),
    ])
    func aHookThatFailsIsAWarningAndNoMore(hook: String, mode: Int, warning: String) async throws {
        try await TestVault.with { vault in
            let said = try await warnings(vault, hook: hook, mode: mode)
            #expect(said.count == 2 && said.allSatisfy { $0.contains(warning) }, "\(said)")
        }
    }

    @Test func aHookThatHangsIsStopped() async throws {
        try await TestVault.with { vault in
            var limit = Duration.milliseconds(200)
            var pids: [Int32] = []
            // On a machine under load the hook may need longer to begin.
            while pids.isEmpty, limit < .seconds(60) {
                let said = try await warnings(vault, hook: "echo $$ >> \"$OUT\"; exec sleep 600", timeLimit: limit)
                #expect(said.count == 2 && said.allSatisfy { $0.contains("time limit") }, "\(said)")
                pids = ((try? String(contentsOfFile: vault.folder + "/out", encoding: .utf8)) ?? "").split(
                    separator: "\n"
                ).compactMap { Int32($0) }
                limit *= 4
            }
            #expect(!pids.isEmpty)
            for pid in pids { #expect(kill(pid, 0) != 0, "the hook is gone") }
        }
    }

    @Test func anOperationsErrorIsItsOwn() async throws {
        try await TestVault.with { vault in
            let folder = vault.folder + "/hooks"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = FileManager.default.createFile(
                atPath: folder + "/on_security_secret_read", contents: Data("#!/bin/sh\n".utf8),
                attributes: [.posixPermissions: 0o700])
            let store = try await vault.filled()
            let hooks = SecretHooks(folder: folder, environment: [:], secrets: SecretSet()) { _ in }
            await #expect(throws: CancellationError.self) {
                try await hooks.serve(store.events) { throw CancellationError() }
            }
        }
    }

    @Test func eventsReachEveryListener() async throws {
        try await TestVault.with { vault in
            let store = try await vault.filled()
            let streams = [store.events.events(), store.events.events()]
            _ = try await store.get("demo")
            try await store.rotateKey()
            store.events.finish()
            for stream in streams {
                var kinds: [SecretEvent.Kind] = []
                for await event in stream { kinds.append(event.kind) }
                #expect(kinds == [.secretRead, .keyRotated])
            }
        }
    }
}
