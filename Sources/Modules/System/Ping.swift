import Playbook
import YAML

/// Shows that the host answers and has a shell.
struct Ping: Module {
    static let spec = ModuleSpec(
        "ping", summary: "Shows that the host answers.",
        options: [
            .init("data", .string, default: .string("pong"), help: "What to give back; 'crash' fails.")
        ])
    static let reference = ModuleReference(
        example: """
            - ping:
            """,
        returns: [.init("ping", "data, or pong.")])

    private let data: String
    init(arguments: ValueMap) throws { data = try Arguments(arguments).required("data") }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let answer = try await host.observe("printf %s \(data)")
        guard answer.status == 0 else { throw ModuleFailure("the host's shell does not work: \(answer.complaint)") }
        if data == "crash" { throw ModuleFailure("boom") }
        var result = ModuleResult()
        result.values = ["ping": .string(answer.output)]
        return result
    }
}
