import Foundation
import TestSupport
import YAML

/// The scheduler's daemon on a real host, killed at random moments: alone, when its runs go on and the next daemon has
/// to find them, or with all its runs, as when power fails.
///
/// Each run writes the time that it is for into its host's ledger. Afterwards every time of the job has one fire, every
/// fire that came out well stands in the ledger exactly once,
/// and no line stands there twice.
package struct ScheduleKills: Sendable {
    private let seed: UInt64
    package init(seed: UInt64) { self.seed = seed }

    private static let period = 3
    private static let playbook = """
        - hosts: all
          gather_facts: no
          tasks:
            - name: begin
              shell: echo "{{ comfyfleet_due }} begin" >> {{ ledger }}
            - name: work
              shell: sleep 0.2
            - name: end
              shell: echo "{{ comfyfleet_due }} end" >> {{ ledger }}
        """

    /// - Parameter alone: the daemon is killed, and never its runs.
    package func run(
        kills wanted: Int, alone: Bool = false, progress: @Sendable (FaultReport) -> Void = { _ in }
    ) async throws -> FaultReport {
        try await LoopbackFleet.with { fleet in
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 1, variables: ["ledger": place.folder + "/ledger"])
                try place.write("ledger.yml", Self.playbook)
                try jobs(place, isEnabled: true)
                var report = FaultReport()
                var random = SeededGenerator(seed, stream: "schedule")
                var withRuns: Set<String> = []
                let begin = Int(Date().timeIntervalSince1970)
                while report.kills < wanted, report.problems.isEmpty {
                    let daemon = try start(place)
                    // Often right after its beginning, when it takes up what the last one left.
                    let moment = UInt32.random(in: 0...(random.chance(40) ? 400_000 : 4_000_000), using: &random)
                    let takesRuns = !alone && random.chance(40)
                    let ended = try await offPool {
                        usleep(moment)
                        guard daemon.isRunning else { return true }
                        daemon.kill()
                        return false
                    }
                    if ended {
                        report.problems.append(
                            "seed \(seed): the daemon ended by itself: \(daemon.errors.suffix(2000))")
                        break
                    }
                    report.kills += 1
                    if takesRuns {
                        let victims = Self.killRuns(place)
                        withRuns.formUnion(victims)
                        report.count("runs killed with it", victims.count)
                    }
                    report.rounds += 1
                    progress(report)
                }
                guard report.problems.isEmpty else { return report }
                let last = try start(place)
                // It takes up what is left, and makes up for what it missed; then nothing new comes.
                let fires = try await settled(place, last, jobs: { try jobs(place, isEnabled: false) })
                let stopped = try await offPool {
                    kill(last.processIdentifier, SIGTERM)
                    return last.waitUntilEnd(atMost: 60)
                }
                if stopped != 0 {
                    report.problems.append(
                        "the last daemon ends with \(stopped.map(String.init) ?? "a hang"): \(last.errors.suffix(1000))"
                    )
                }
                report.problems += try problems(fires, place, since: begin, withRuns)
                report.count("fires", fires.count)
                report.problems = report.problems.map { "seed \(seed): \($0)" }
                return report
            }
        }
    }

    private func jobs(_ place: Workplace, isEnabled: Bool) throws {
        try place.write(
            "config/schedules.yml",
            """
            jobs:
              ledger: {every: \(Self.period)s, playbook: ledger.yml, inventory: inventory.yml, catch_up: all, overlap: queue, enabled: \(isEnabled)}
            """)
    }

    private func start(_ place: Workplace) throws -> RunningProgram {
        try RunningProgram(
            Workplace.program, ["schedule", "daemon"], environment: place.environment(), in: place.folder)
    }

    /// Kills the processes of all runs that go on; their ids.
    private static func killRuns(_ place: Workplace) -> [String] {
        let parent = place.folder + "/logs/runs"
        return ((try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []).filter { run in
            guard let text = try? String(contentsOfFile: "\(parent)/\(run)/lock", encoding: .utf8),
                let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)),
                let command = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
                command.contains(run)
            else { return false }
            return kill(process, SIGKILL) == 0
        }
    }

    /// Fires, when a daemon has had time for all that were due and none is open any more.
    private func settled(
        _ place: Workplace, _ daemon: RunningProgram, jobs disable: () throws -> Void
    ) async throws -> [ValueMap] {
        var isDisabled = false
        for _ in 0..<600 {
            try await Task.sleep(for: .milliseconds(500))
            guard daemon.isRunning else {
                throw BenchFailure(description: "the daemon ended: \(daemon.errors.suffix(2000))")
            }
            if !isDisabled, daemon.errors.contains("1 jobs") {
                try disable()
                isDisabled = true
                continue
            }
            let fires = try await history(place)
            if isDisabled, daemon.errors.contains("the file was read again"),
                fires.allSatisfy({ $0["state"] == .string("ended") })
            {
                return fires
            }
        }
        throw BenchFailure(description: "the daemon does not come to rest: \(daemon.errors.suffix(2000))")
    }

    private func history(_ place: Workplace) async throws -> [ValueMap] {
        let outcome = try await place.comfyfleet("schedule", "history", "--limit=1000000", "--format=json")
        return try outcome.stdout.split(separator: "\n").compactMap { try JSON.parse(Array($0.utf8)).map }
    }

    private func problems(
        _ fires: [ValueMap], _ place: Workplace, since begin: Int, _ killed: Set<String>
    ) throws -> [String] {
        var problems: [String] = []
        var lines: [String: Int] = [:]
        for line in ((try? place.read("ledger")) ?? "").split(separator: "\n") { lines[String(line), default: 0] += 1 }
        for (line, count) in lines where count > 1 { problems.append("'\(line)' stands \(count) times in the ledger") }
        var dues: [Int] = []
        let parser = ISO8601DateFormatter()
        for fire in fires {
            let due = fire["due"]?.string ?? ""
            let result = fire["result"]?.string ?? ""
            let run = fire["run"]?.string ?? ""
            dues.append(Int(parser.date(from: due)?.timeIntervalSince1970 ?? 0))
            let written = [
                lines.removeValue(forKey: "\(due) begin") ?? 0, lines.removeValue(forKey: "\(due) end") ?? 0,
            ]
            switch result {
            case "succeeded":
                if written != [1, 1] {
                    problems.append("\(due) succeeded, and stands \(written) times in the ledger (run \(run))")
                }
            // What a shell was at when its run was killed may be told as a failure; never when the daemon alone was.
            case "failed" where killed.contains(run): break
            default:
                problems.append(
                    "\(due) is \(result): \(fire["skip_reason"]?.string ?? "") \(fire["note"]?.string ?? "") (run \(run))"
                )
            }
        }
        for line in lines.keys { problems.append("'\(line)' is of no fire") }
        dues.sort()
        if let first = dues.first, let last = dues.last {
            // The first daemon may have been killed before it saw its jobs; from the first fire on none is missing.
            let expected = Array(stride(from: first, through: last, by: Self.period))
            if dues != expected {
                problems.append(
                    "\(dues.count) fires instead of \(expected.count): \(Set(expected).subtracting(dues).count) are missing, \(dues.count - Set(dues).count) are double"
                )
            }
            if first - begin > 30 { problems.append("the first fire came \(first - begin) s late") }
        } else {
            problems.append("nothing was fired")
        }
        return problems
    }
}
