import Playbook
import YAML

/// Steers the run itself; the engine carries it out and never sends it to a host.
struct Meta: Module {
    static let actions = [
        "flush_handlers", "noop", "end_host", "end_play", "end_role", "end_batch", "clear_facts", "clear_host_errors",
        "refresh_inventory", "reset_connection",
    ]
    static let spec = ModuleSpec(
        "meta", summary: "Steers the run itself.",
        options: [
            .init("_raw_params", .string, required: true, choices: actions, help: "What to do.")
        ], freeForm: .command)
    static let reference = ModuleReference(
        notes: "It is never sent to a host.",
        example: """
            - meta: flush_handlers
            """)

    init(arguments: ValueMap) throws {}
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        throw ModuleFailure("a meta task is the engine's")
    }
}
