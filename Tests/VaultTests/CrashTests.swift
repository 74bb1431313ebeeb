import FaultBench
import Foundation
import TestSupport
import Testing
import YAML

@testable import Vault

/// Real processes that change one vault at the same time, and that are killed while they do.
///
/// `scripts/faults vault` kills as many as one likes.
@Suite(.timeLimit(.minutes(10)), .serialized) struct CrashTests {
    static let kills = 40
    static let program = URL(fileURLWithPath: Workplace.program).deletingLastPathComponent().appendingPathComponent(
        "vault-stress"
    ).path

    @Test func noUpdateOfConcurrentProcessesIsLost() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled([:])
            let children =
                try (0..<4).map { try RunningProgram(Self.program, ["update", vault.folder, "c\($0)", "25"]) }
                + [try RunningProgram(Self.program, ["rotate", vault.folder, "r", "10"])]
            for child in children { #expect(try await offPool { child.waitUntilEnd() } == 0, "\(child.errors)") }
            let fields = try await vault.store().get("stress")
            #expect(Set(fields.names) == Set((0..<4).flatMap { child in (0..<25).map { "c\(child)-\($0)" } }))
            #expect(try vault.eventNames().count { $0 == "secrets.provider.update" } == 100)
        }
    }

    @Test func concurrentStoresOfOneProcessLoseNothing() async throws {
        try await TestVault.with { vault in
            _ = try await vault.filled([:])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask { try await vault.store().update("p", ["k\(number)": .int(number)]) }
                }
                try await group.waitForAll()
            }
            #expect(try await vault.store().get("p").count == 40)
        }
    }

    @Test func killedAtAnyMomentTheVaultOpensAndKeepsWhatWasSaid() async throws {
        let report = try await VaultKills(seed: 1).run(kills: Self.kills, program: Self.program)
        #expect(report.problems.isEmpty)
        #expect(report.kills >= Self.kills)
    }
}
