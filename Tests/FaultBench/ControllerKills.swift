import Foundation
import TestSupport

/// `comfyfleet run` of the ledger's playbook, killed at random moments and resumed, killed again and resumed, until it
/// is through. In between the vault is made, and its key
/// replaced, by processes that may be killed as well.
package struct ControllerKills: Sendable {
    private let seed: UInt64
    private let hosts: Int
    package init(seed: UInt64, hosts: Int = 6) { (self.seed, self.hosts) = (seed, hosts) }

    /// - Parameter cuts: links break at random, too.
    package func run(
        kills wanted: Int, cuts: Bool = false, progress: @Sendable (FaultReport) -> Void = { _ in }
    ) async throws -> FaultReport {
        try await LedgerBench.with(hosts: hosts) { bench in
            var report = FaultReport()
            var random = SeededGenerator(seed, stream: "kills")
            while report.kills < wanted, report.problems.isEmpty {
                report.rounds += 1
                let roundSeed = seed &+ UInt64(report.rounds)
                let before = bench.proxy.breaks.count
                let earlier = try bench.runs()
                if cuts { bench.inject { Fault.random(seed: roundSeed, connection: $0, reach: 60_000) } }
                try bench.clean()
                var program: RunningProgram
                var killed = 0
                var problems: [String] = []
                repeat {
                    // Killed before it had events, a run has touched nothing, and is begun again.
                    let run = try bench.runs().subtracting(earlier).first
                    program =
                        if let run { try bench.start("resume", run) } else {
                            try bench.start("run", "ledger.yml", "-i", "inventory.yml", "--link-timeout", "4")
                        }
                    guard report.kills < wanted, killed < 12 else { break }
                    let moment = Self.moment(of: bench.duration, &random)
                    let victim = program
                    guard try await offPool({ victim.kill(after: moment) }) else { break }
                    killed += 1
                    report.kills += 1
                    if random.chance(25) { try await changeKey(bench, &report, &random) }
                } while true
                let last = program
                let status = try await offPool { last.waitUntilEnd(atMost: 300) }
                if status != 0 {
                    problems.append(
                        (status.map { "ends with status \($0)" } ?? "hangs") + ": "
                            + (last.output + last.errors).suffix(800))
                }
                report.count("resumes", killed)
                report.count(bench.proxy.breaks[before...])
                problems += try bench.ledgerProblems()
                if !problems.isEmpty {
                    problems.append(try bench.keepEvidence(of: try bench.runs().subtracting(earlier).first, last))
                }
                report.problems += problems.map { "seed \(seed), round \(report.rounds), after \(killed) kills: \($0)" }
                progress(report)
            }
            return report
        }
    }

    /// The first time a vault is made, where there was none.
    private func changeKey(
        _ bench: LedgerBench, _ report: inout FaultReport, _ random: inout SeededGenerator
    ) async throws {
        let change = try bench.start("vault", report.counts.contains { $0.name == "key changes" } ? "rotate" : "init")
        report.count("key changes", 1)
        let moment = random.chance(50) ? UInt32.random(in: 0...300_000, using: &random) : nil
        _ = try await offPool { moment.map { change.kill(after: $0) } ?? (change.waitUntilEnd() == 0) }
    }

    /// When to kill, in microseconds: the first quarter of a run more often than the rest, as much happens there.
    private static func moment(of duration: Duration, _ random: inout SeededGenerator) -> UInt32 {
        let whole = UInt32(clamping: Int(duration / .microseconds(1)))
        return UInt32.random(in: 0...(random.chance(30) ? whole / 4 : whole), using: &random)
    }
}

extension RunningProgram {
    /// False when it had ended by then.
    fileprivate func kill(after microseconds: UInt32) -> Bool {
        usleep(microseconds)
        kill()
        return waitUntilEnd() == 128 + SIGKILL
    }
}
