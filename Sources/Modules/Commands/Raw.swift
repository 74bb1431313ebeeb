import Playbook
import YAML

/// Runs a text by the session's shell as it is, for hosts on which nothing else works.
struct Raw: Module {
    static let spec = ModuleSpec(
        "raw", summary: "Runs a text by a shell, with nothing around it.",
        options: [
            .init("_raw_params", .string, required: true, help: "The text to run."),
            .init("executable", .path, default: .string("/bin/sh"), help: "The shell to run it by."),
        ], freeForm: .command)
    static let reference = ModuleReference(
        notes: "For hosts on which nothing else works.",
        example: """
            - raw: opkg install coreutils
            """,
        returns: ModuleReference.program)

    private let text: String
    private let executable: String
    var isRepeatable: Bool { false }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        text = try arguments.required("_raw_params")
        executable = try arguments.requiredPath("executable")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        guard
            let ended = try await host.change(
                "run the command", { try await $0.attemptLong(Shell.script(text, executable: executable) + "\n") })
        else {
            result.skipped = true
            return result
        }
        return ModuleResult(of: ended)
    }
}
