import Glibc
import Playbook
import YAML

/// Waits before the play goes on.
struct Pause: Module {
    static let spec = ModuleSpec(
        "pause", summary: "Waits before the play continues.",
        options: [
            .init("seconds", .int, help: "How long."),
            .init("minutes", .int, help: "How long."),
        ], requiredOneOf: [["seconds", "minutes"]], mutuallyExclusive: [["seconds", "minutes"]])
    static let reference = ModuleReference(
        notes: "A run that is resumed waits for what is left. There is nobody to ask: a `prompt` is refused.",
        example: """
            - pause: { minutes: 2 }
            """,
        returns: [
            .init("delta", "Seconds that were waited."),
            .init("stdout", "The same in words."),
        ],
        differences: ["there is nobody to ask: `prompt` is refused"])

    private let seconds: Int
    private let unit: String, amount: Int

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        (unit, amount) = arguments.int("minutes").map { ("minutes", $0) } ?? ("seconds", arguments.int("seconds") ?? 0)
        let (seconds, isTooLong) = max(0, amount).multipliedReportingOverflow(by: unit == "minutes" ? 60 : 1)
        guard !isTooLong, seconds <= 30 * 86400 else { throw ModuleFailure("\(amount) \(unit) is longer than 30 days") }
        self.seconds = seconds
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let now = time(nil)
        let begin = context.kept?.int ?? now
        if context.kept == nil { try context.keep(.int(now)) }
        let left = begin + seconds - now
        if left > 0 { try await Task.sleep(for: .seconds(left)) }
        var result = ModuleResult()
        result.values = [
            "rc": .int(0), "delta": .int(max(seconds, time(nil) - begin)),
            "stdout": .string("Paused for \(amount).0 \(unit)"), "stderr": .string(""), "echo": .bool(true),
            "user_input": .string(""),
        ]
        return result
    }
}
