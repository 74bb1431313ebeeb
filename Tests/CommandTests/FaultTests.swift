import FaultBench
import Testing

/// The short part of what `scripts/faults` does: see docs/faults.md.
@Suite(.timeLimit(.minutes(8)))
struct FaultTests {
    @Test func `links that break at any byte lose nothing, and nothing runs twice`() async throws {
        let report = try await LinkCuts(seed: 1, hosts: 2).run(breaks: 10)
        #expect(report.problems.isEmpty, "\(report.problems.joined(separator: "\n"))")
        #expect(report.breaks >= 10)
    }

    @Test func `a controller that is killed at any moment is resumed`() async throws {
        let report = try await ControllerKills(seed: 1, hosts: 2).run(kills: 8)
        #expect(report.problems.isEmpty, "\(report.problems.joined(separator: "\n"))")
        #expect(report.kills == 8)
    }
}
