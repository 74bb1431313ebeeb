import Playbook
import Remote
import YAML

/// Waits until a host can be reached and has a shell.
struct WaitForConnection: Module {
    static let spec = ModuleSpec(
        "wait_for_connection", summary: "Waits until a host can be reached.",
        options: [
            .init("timeout", .float, default: .int(600), help: "Seconds that it may take."),
            .init("delay", .float, default: .int(0), help: "Seconds to wait before the first try."),
            .init("sleep", .float, default: .int(1), help: "Seconds between two tries."),
            .noEffect(
                "connect_timeout", .float, default: .int(5), because: "the credentials' connect_timeout holds"),
        ])
    static let reference = ModuleReference(
        notes: "In check mode nothing is waited for.",
        example: """
            - wait_for_connection:
                timeout: 300
            """,
        returns: [.init("elapsed", "Seconds that were waited.")])

    private let timeout: Double, delay: Double, sleep: Double
    init(arguments: ValueMap) throws {
        func seconds(_ name: String) -> Double {
            let given: Double =
                switch arguments[name] {
                case .double(let number, _): number
                case .int(let number, _): Double(number)
                default: 0
                }
            return min(max(given, 0), 1e9)
        }
        timeout = seconds("timeout")
        delay = seconds("delay")
        sleep = seconds("sleep")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        guard !host.checkMode else {
            result.skipped = true
            return result
        }
        let clock = ContinuousClock()
        let started = clock.now
        func elapsed() -> Value { .int(Int((clock.now - started).components.seconds)) }
        try await host.pause(for: .seconds(delay))
        let end = clock.now + .seconds(timeout)
        while true {
            let problem: String
            do {
                let answer = try await host.observe("echo pong")
                if answer.status == 0 { break }
                problem = answer.complaint
            } catch let lost as Unreachable { problem = lost.description } catch let cut as CutOff {
                problem = "\(cut)"
            }
            guard clock.now < end else {
                throw ModuleFailure("timed out waiting for ping module test: \(problem)", ["elapsed": elapsed()])
            }
            try await host.pause(for: .seconds(sleep))
        }
        result.values["elapsed"] = elapsed()
        return result
    }
}
