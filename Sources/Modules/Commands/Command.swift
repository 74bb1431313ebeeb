import Playbook
import YAML

/// Runs a program, without a shell: no pipes, redirections or `&&`.
struct Command: Module {
    static let spec = ModuleSpec(
        "command", summary: "Runs a program, without a shell.",
        options: [
            .init("_raw_params", .string, help: "The command line, when it is given as text."),
            .init("cmd", .string, help: "The command line."),
            .init("argv", .list, help: "The program and its arguments, as a list."),
            .init(
                "expand_argument_vars", .bool, default: .bool(true),
                help: "Replace $NAME and ~ in the words, on the host."),
            .noEffect("executable", .path, because: "there is no shell, nor is there one in Ansible"),
        ] + CommandRun.options, freeForm: .command, requiredOneOf: [["_raw_params", "cmd", "argv"]],
        mutuallyExclusive: [["_raw_params", "cmd", "argv"]])
    static let reference = ModuleReference(
        notes:
            "There are no pipes, redirections or `&&`: that is what shell is for. `$NAME` and `~` in words are replaced on the host. In check mode it is skipped, unless `creates` or `removes` settles what would happen.",
        example: """
            - name: Build the wheel once
              command:
                cmd: python3 -m build
                chdir: /opt/app
                creates: /opt/app/dist/*.whl
            """,
        returns: [
            .init("cmd", "The program and its arguments."),
            .init("start", "When it began."),
            .init("end", "When it ended."),
            .init("delta", "How long it took."),
        ] + ModuleReference.program)

    private let words: [String]
    private let expands: Bool
    private let run: CommandRun
    var isRepeatable: Bool { run.isRepeatable }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        words =
            try arguments.strings("argv")
            ?? CommandLine.split(arguments.string("cmd") ?? arguments.required("_raw_params"))
        expands = arguments.bool("expand_argument_vars")
        run = try CommandRun(arguments)
        guard let program = words.first, !program.isEmpty else {
            throw ModuleFailure("no command given", ["rc": .int(256)])
        }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var line = ShellScript()
        for word in words { line += expands ? " \(shell: .expanding(word))" : " \(word)" }
        // `exec`, so that a builtin of the shell (echo, test) is not taken for the program.
        return try await run.run(
            "(exec\(shell: line))", shown: .list(words.map { .string($0) }), program: words, on: host)
    }
}
