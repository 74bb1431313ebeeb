import Audit
import Foundation
import Redaction
import TestSupport
import Vault
import YAML

/// Processes that write, rotate and read one vault at the same time, and are killed while they do.
///
/// After each round: the vault opens with the key that is on disk, holds every update that was acknowledged and nothing
/// newer than the one
/// that was under way, opens the journals of earlier runs, and the audit trail's chain is whole, with all that it held
/// before.
package struct VaultKills: Sendable {
    private let seed: UInt64
    package init(seed: UInt64) { self.seed = seed }

    private struct Child {
        let name: String
        let mode: String
        let program: RunningProgram
        /// How often it said that it was done.
        var acknowledged: Int { program.output.utf8.count { $0 == UInt8(ascii: "\n") } }
    }

    /// - Parameter program: `vault-stress`, as built.
    package func run(
        kills: Int, program: String, progress: @Sendable (FaultReport) -> Void = { _ in }
    ) async throws -> FaultReport {
        let folder = try temporaryFolder("vault-kills")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await store(folder).generateKey()
        try await store(folder).write(["demo": .dict(["token": .string("a-secret-value")])])
        var report = FaultReport()
        var random = SeededGenerator(seed, stream: "vault")
        // A run that began before all this.
        var journal = try await journalKeys(folder).current
        var sealed = try journal.seal(Array("remembered".utf8), time: 0)
        var expected: [String: ClosedRange<Int>] = [:]
        var head: RedactedText?
        while report.kills < kills, report.problems.isEmpty {
            report.rounds += 1
            let round = report.rounds
            let modes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                ["count", "count", "count", "rotate", "rotate", "read"].randomElement(using: &random) ?? "count"
            }
            let lines = Int.random(in: 0...4, using: &random)
            let pauses = modes.map { _ in UInt32.random(in: 0...15_000, using: &random) }
            let children = try await offPool {
                let children = try modes.enumerated().map { index, mode in
                    Child(
                        name: "r\(round)c\(index)", mode: mode,
                        program: try RunningProgram(program, [mode, folder, "r\(round)c\(index)", "1000000"]))
                }
                while children[0].acknowledged < lines, children[0].program.isRunning { usleep(500) }
                for (child, pause) in zip(children, pauses) {
                    usleep(pause)
                    child.program.kill()
                }
                return children
            }
            for child in children {
                report.kills += 1
                report.count("acknowledged \(child.mode)s", child.acknowledged)
                // The one that was under way may be there or not; no other.
                if child.mode == "count" { expected[child.name] = (child.acknowledged - 1)...child.acknowledged }
                if !child.program.errors.isEmpty {
                    report.problems.append("\(child.mode) said: \(child.program.errors)")
                }
            }
            report.problems += await check(folder, expected, &head).map {
                "seed \(seed), round \(round) (\(modes.joined(separator: ", "))): \($0)"
            }
            if try await journalKeys(folder).seal(journal.fingerprint)?.open(sealed) != Array("remembered".utf8) {
                report.problems.append(
                    "seed \(seed), round \(round) (\(modes.joined(separator: ", "))): the journal of an earlier run does not open"
                )
            }
            // A run of this round, for the next: of rotations without an end, the keys of the last ones are kept
            // (`JournalKeys`).
            journal = try await journalKeys(folder).current
            sealed = try journal.seal(Array("remembered".utf8), time: 0)
            progress(report)
        }
        return report
    }

    private func files(_ folder: String) -> VaultFiles {
        VaultFiles(vault: folder + "/vault.json", key: folder + "/vault.key")
    }

    private func journalKeys(_ folder: String) async throws -> JournalKeys {
        try await JournalKeys.load(files: files(folder), environment: [:])
    }

    private func store(_ folder: String) -> SecretStore {
        SecretStore(
            files: files(folder), environment: [:], audit: AuditLog(path: folder + "/security.log"),
            secrets: SecretSet())
    }

    private func check(
        _ folder: String, _ expected: [String: ClosedRange<Int>], _ head: inout RedactedText?
    ) async -> [String] {
        var problems: [String] = []
        do {
            let payload = try await store(folder).load()
            if payload["demo"] != .dict(["token": .string("a-secret-value")]) {
                problems.append("what stood in the vault before is gone")
            }
            let found = payload["stress"]?.map ?? [:]
            for (name, range) in expected {
                // -1: not there, as none was acknowledged.
                guard case .int(let number, _) = found[name] ?? .int(-1), range.contains(number) else {
                    problems.append(
                        "\(name): acknowledged up to \(range.lowerBound), found \(found[name].map { "\($0)" } ?? "nothing")"
                    )
                    continue
                }
            }
            for name in found.names where expected[name] == nil { problems.append("\(name) came from nowhere") }
        } catch {
            problems.append("the vault does not open: \(error)")
        }
        do {
            let trail = try AuditReader(path: folder + "/security.log").verify(containing: head?.description)
            if let broken = trail.broken {
                problems.append("the audit trail is broken at line \(broken.line): \(broken.problem)")
            }
            if head != nil, !trail.containsHash { problems.append("the audit trail has lost what it held") }
            head = trail.head
        } catch {
            problems.append("the audit trail cannot be read: \(error)")
        }
        return problems
    }
}
