import TestSupport

/// The ledger's playbook through a proxy that breaks links at random: run after run, until there were enough breaks.
package struct LinkCuts: Sendable {
    private let seed: UInt64
    private let hosts: Int
    package init(seed: UInt64, hosts: Int = 6) { (self.seed, self.hosts) = (seed, hosts) }

    package func run(
        breaks wanted: Int, progress: @Sendable (FaultReport) -> Void = { _ in }
    ) async throws -> FaultReport {
        try await LedgerBench.with(hosts: hosts) { bench in
            var report = FaultReport()
            while report.breaks < wanted, report.problems.isEmpty {
                report.rounds += 1
                let roundSeed = seed &+ UInt64(report.rounds)
                let before = bench.proxy.breaks.count
                let earlier = try bench.runs()
                try bench.clean()
                bench.inject { Fault.random(seed: roundSeed, connection: $0, reach: 30_000) }
                let program = try bench.start("run", "ledger.yml", "-i", "inventory.yml", "--link-timeout", "4")
                let status = try await offPool { program.waitUntilEnd(atMost: 600) }
                let run = try bench.runs().subtracting(earlier).first
                report.count(bench.proxy.breaks[before...])
                var problems = status == 0 ? [] : [status.map { "status \($0)" } ?? "it hangs"]
                problems += try bench.ledgerProblems()
                if let run { problems += try RunStory(of: run, in: bench.place).differences(from: bench.reference) }
                if !problems.isEmpty { problems.append(try bench.keepEvidence(of: run, program)) }
                report.problems += problems.map { "seed \(seed), round \(report.rounds): \($0)" }
                progress(report)
            }
            return report
        }
    }
}
