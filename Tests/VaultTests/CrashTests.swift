import Foundation
import Glibc
import Testing
import TestSupport
import YAML
@testable import Vault

/// Real processes that change one vault at the same time, and that are killed while they do.
///
/// `VAULT_CRASH_ROUNDS` says how often (10 when it is not set).
@Suite(.timeLimit(.minutes(10)), .serialized) struct CrashTests {
    static let rounds = ProcessInfo.processInfo.environment["VAULT_CRASH_ROUNDS"].flatMap { Int($0) } ?? 10

    @Test func noUpdateOfConcurrentProcessesIsLost() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled([:])
            let children = try (0..<4).map { try Child(vault, "update", name: "c\($0)", count: 25) } + [try Child(vault, "rotate", name: "r", count: 10)]
            for child in children { #expect(child.waitUntilEnd() == 0, "\(child.errors)") }
            let fields = try await vault.store().get("stress")
            #expect(Set(fields.names) == Set((0..<4).flatMap { child in (0..<25).map { "c\(child)-\($0)" } }))
            #expect(try vault.eventNames().count { $0 == "secrets.provider.update" } == 100)
        }
    }

    @Test func concurrentStoresOfOneProcessLoseNothing() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled([:])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 { group.addTask { try await vault.store().update("p", ["k\(number)": .int(number)]) } }
                try await group.waitForAll()
            }
            #expect(try await vault.store().get("p").count == 40)
        }
    }

    @Test(arguments: ["update", "rotate"]) func killedAtAnyMomentTheVaultOpensAndKeepsWhatWasSaid(mode: String) async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled()
            for round in 0..<Self.rounds {
                let child = try Child(vault, mode, name: "round\(round)", count: 100_000)
                try await child.waitForOutput(lines: round % 3)
                try await Task.sleep(for: .microseconds(Int64.random(in: 0...20_000)))
                child.kill()
                let payload = try await vault.store().load()
                #expect(payload["demo"] == .dict(["token": .string("a-secret-value")]))
                if mode == "update" {
                    for number in child.acknowledged { #expect(payload["stress"]?.map?["round\(round)-\(number)"] == .int(number), "an update that was told to be done is there") }
                }
                #expect(!FileManager.default.fileExists(atPath: vault.files.pendingKey))
            }
        }
    }

    /// `vault-stress`, with its output in a file.
    private struct Child {
        private let process = Process()
        private let output: String

        init(_ vault: TestVault, _ mode: String, name: String, count: Int) throws {
            output = "\(vault.folder)/\(mode)-\(name).out"
            for path in [output, output + ".err"] { try Data().write(to: URL(fileURLWithPath: path)) }
            process.executableURL = URL(fileURLWithPath: Workplace.program).deletingLastPathComponent().appendingPathComponent("vault-stress")
            process.arguments = [mode, vault.folder, name, String(count)]
            process.standardOutput = FileHandle(forWritingAtPath: output)
            process.standardError = FileHandle(forWritingAtPath: output + ".err")
            try process.run()
        }

        /// The numbers of the changes that were told to be done.
        var acknowledged: [Int] {
            let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
            return text.split(separator: "\n", omittingEmptySubsequences: true).compactMap { Int($0) }
        }
        var errors: String { (try? String(contentsOfFile: output + ".err", encoding: .utf8)) ?? "" }

        func waitForOutput(lines: Int) async throws {
            while acknowledged.count < lines, process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        }
        func waitUntilEnd() -> Int32 {
            process.waitUntilExit()
            return process.terminationStatus
        }
        func kill() {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }
}
