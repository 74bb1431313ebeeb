import Playbook
import YAML

/// Runs a text by a shell on the host.
struct Shell: Module {
    static let spec = ModuleSpec(
        "shell", summary: "Runs a text by a shell on the host.",
        options: [
            .init("_raw_params", .string, help: "The text, when it is given as such."),
            .init("cmd", .string, help: "The text to run."),
            .init("executable", .path, default: .string("/bin/sh"), help: "The shell to run it by."),
        ] + CommandRun.options, freeForm: .command, requiredOneOf: [["_raw_params", "cmd"]],
        mutuallyExclusive: [["_raw_params", "cmd"]])
    static let reference = ModuleReference(
        notes:
            "The text reaches the shell on a file descriptor, never as an argument that other users of the host could list.",
        example: """
            - name: Count the GPUs
              shell: nvidia-smi -L | wc -l
              register: gpus
              changed_when: false
            """,
        returns: [
            .init("cmd", "The text that was run."),
            .init("start", "When it began."),
            .init("end", "When it ended."),
            .init("delta", "How long it took."),
        ] + ModuleReference.program)

    private let text: String
    private let executable: String
    private let run: CommandRun
    var isRepeatable: Bool { run.isRepeatable }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        text = try arguments.string("cmd") ?? arguments.required("_raw_params")
        executable = try arguments.requiredPath("executable")
        run = try CommandRun(arguments)
        guard !text.isEmpty else { throw ModuleFailure("no command given", ["rc": .int(256)]) }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        try await run.run(
            Self.script(text, executable: executable), shown: .string(text), program: [executable], on: host)
    }

    static func script(_ text: String, executable: String) -> ShellScript {
        guard ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"].contains(Path.name(executable)) else {
            return "(exec \(executable) -c \(text))"
        }
        var mark = "END_OF_TEXT"
        while text.contains(mark) { mark += "_" }
        let document = ShellScript(stringLiteral: "<<'\(mark)'\n\(text.replacing("\0", with: ""))\n\(mark)\n")
        return "(exec \(executable) -c 'eval \"$(cat <&9 9<&-)\" 9<&-') 9\(shell: document)"
    }
}
