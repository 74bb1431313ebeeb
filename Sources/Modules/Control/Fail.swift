import Playbook
import YAML

/// Fails, for use with `when:`.
struct Fail: Module {
    static let spec = ModuleSpec(
        "fail", summary: "Fails with a message.",
        options: [
            .init("msg", .string, default: .string("Failed as requested from task"), help: "Why.")
        ])
    static let reference = ModuleReference(
        notes: "It stands with `when:`.",
        example: """
            - fail: msg="unknown distribution {{ ansible_distribution }}"
              when: ansible_os_family != 'Debian'
            """)

    private let message: String
    init(arguments: ValueMap) throws { message = try Arguments(arguments).required("msg") }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        ModuleResult(ModuleFailure(message))
    }
}
