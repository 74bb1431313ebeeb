import Glibc
import Simulation

/// Runs simulations: `simulate [--seeds N] [--seed K] [--only NAME]`.
///
/// `--seeds` many interleavings of each scenario (10,000 when not said), the first of them with seed K (random when not
/// said); `--seed K` alone replays that one and shows what happened.
/// Exit status 0: all rules held; 1: some did not, and the seed of it is printed; 64: bad usage.
@main
struct SimulateCommand {
    static func main() async {
        var seeds: UInt64?
        var first: UInt64?
        var only: String?
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seeds": seeds = number(after: argument, &arguments)
            case "--seed": first = number(after: argument, &arguments)
            case "--only": only = arguments.popFirst()
            default:
                print(
                    "usage: simulate [--seeds N] [--seed K] [--only \(Scenario.all.map(\.name).joined(separator: "|"))]"
                )
                exit(argument == "-h" || argument == "--help" ? 0 : 64)
            }
        }
        let scenarios = Scenario.all.filter { only == nil || $0.name == only }
        guard !scenarios.isEmpty else { stop("no scenario is called \(only ?? "")") }
        var failed = false
        for scenario in scenarios {
            if let first, seeds == nil {
                let outcome = scenario.run(seed: first, tracing: true)
                for line in outcome.trace { print(line) }
                print("\(scenario.name), seed \(first): \(outcome.violation ?? "all rules held")")
                failed = failed || outcome.violation != nil
            } else {
                failed =
                    await !run(scenario, seeds ?? 10_000, from: first ?? UInt64.random(in: 0..<1_000_000_000)) || failed
            }
        }
        exit(failed ? 1 : 0)
    }

    /// On all processors; says how many there were in a second.
    private static func run(_ scenario: Scenario, _ count: UInt64, from first: UInt64) async -> Bool {
        let processors = UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let begin = ContinuousClock.now
        let violations = await withTaskGroup(of: [(seed: UInt64, problem: String)].self) { group in
            for part in 0..<processors {
                group.addTask {
                    var found: [(UInt64, String)] = []
                    for seed in stride(from: first + part, to: first + count, by: Int(processors)) where found.count < 5
                    {
                        if let problem = scenario.run(seed: seed).violation { found.append((seed, problem)) }
                    }
                    return found
                }
            }
            return await group.reduce(into: []) { $0 += $1 }.sorted { $0.seed < $1.seed }
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        for (seed, problem) in violations.prefix(5) {
            print("\(scenario.name): \(problem)\n  replay: scripts/simulate --only \(scenario.name) --seed \(seed)")
        }
        print(
            "\(scenario.name): \(count) interleavings, seeds \(first) to \(first + count - 1), \(Int(Double(count) / seconds)) a second: \(violations.isEmpty ? "all rules held" : "rules were broken")"
        )
        return violations.isEmpty
    }

    private static func number(after option: String, _ arguments: inout ArraySlice<String>) -> UInt64 {
        guard let number = arguments.popFirst().flatMap({ UInt64($0) }) else { stop("\(option) needs a number") }
        return number
    }

    private static func stop(_ message: String) -> Never {
        let line = Array("simulate: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(64)
    }
}
