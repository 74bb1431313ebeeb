import FaultBench
import Foundation
import TestSupport

/// Runs a series of faults: `faults vault --kills N`, `faults links --cuts N`, `faults kills --kills N`, `faults
/// schedule --kills N`, each with `--seed S`.
///
/// Says now and then how far it is, and at the end what it came to. Exit status 0: all as it must be; 1: not; 64: bad
/// usage.
@main
struct FaultsCommand {
    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let series = arguments.popFirst(),
            let usual = ["vault": 500, "links": 1000, "kills": 300, "schedule": 100][series]
        else { usage() }
        var wanted = usual
        var seed = UInt64.random(in: 1...999_999)
        var hosts = 6
        var cuts = false
        while let option = arguments.popFirst() {
            if option == "--with-cuts", series == "kills" {
                cuts = true
                continue
            }
            guard let number = arguments.popFirst().flatMap({ Int($0) }), number > 0 else { usage() }
            switch option {
            case "--cuts" where series == "links", "--kills" where series != "links": wanted = number
            case "--seed": seed = UInt64(number)
            case "--hosts" where ["links", "kills"].contains(series) && number % 2 == 0: hosts = number
            default: usage()
            }
        }
        let begin = ContinuousClock.now
        let progress: @Sendable (FaultReport) -> Void = { report in
            if series != "vault" || report.rounds % 25 == 0 { say("  \(report.summary)") }
        }
        let report =
            switch series {
            case "vault":
                try await VaultKills(seed: seed).run(
                    kills: wanted,
                    program: URL(fileURLWithPath: Workplace.program).deletingLastPathComponent().path + "/vault-stress",
                    progress: progress)
            case "schedule": try await ScheduleKills(seed: seed).run(kills: wanted, progress: progress)
            case "links": try await LinkCuts(seed: seed, hosts: hosts).run(breaks: wanted, progress: progress)
            default:
                try await ControllerKills(seed: seed, hosts: hosts).run(kills: wanted, cuts: cuts, progress: progress)
            }
        for problem in report.problems { say(problem) }
        say(
            "faults \(series), seed \(seed): \(report.summary), in \(Int((ContinuousClock.now - begin) / .seconds(1))) s"
        )
        exit(report.problems.isEmpty ? 0 : 1)
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func usage() -> Never {
        say(
            "usage: faults vault [--kills N] [--seed S] | links [--cuts N] [--seed S] [--hosts EVEN] | kills [--kills N] [--seed S] [--hosts EVEN] [--with-cuts] | schedule [--kills N] [--seed S]"
        )
        exit(64)
    }
}
