import Playbook
import YAML

/// Runs a script of the controller on the host.
struct Script: Module {
    static let spec = ModuleSpec(
        "script", summary: "Runs a script of the controller on the host.",
        options: [
            .init("_raw_params", .string, help: "The script and its arguments, when they are given as text."),
            .init("cmd", .string, help: "The script and its arguments."),
            .init("chdir", .path, help: "Folder to run in."),
            .init("creates", .path, help: "Don't run when this exists."),
            .init("removes", .path, help: "Don't run unless this exists."),
            .init("executable", .path, help: "Program to run the script by."),
        ], freeForm: .command, requiredOneOf: [["_raw_params", "cmd"]], mutuallyExclusive: [["_raw_params", "cmd"]])
    static let reference = ModuleReference(
        notes:
            "The script reaches the host on standard input, lies in a file that only the task's user can read, and is removed afterwards.",
        example: """
            - script:
                cmd: check-driver.sh --fix
                creates: /var/lib/driver-ok
            """,
        returns: ModuleReference.program)

    private let words: [String]
    /// What follows the script's name, which the host's shell reads.
    private let rest: ShellScript
    private let executable: [String]
    private let folder: String?
    private let condition: RunCondition
    var isRepeatable: Bool { condition.settlesARepetition }

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        let line = try arguments.string("cmd") ?? arguments.required("_raw_params")
        words = try CommandLine.split(line)
        let text = line.drop(while: \.isWhitespace)
        rest =
            if let name = words.first, text.hasPrefix(name) {
                ShellScript(stringLiteral: String(text.dropFirst(name.count)))
            } else { " \(Array(words.dropFirst()))" }
        executable = try arguments.path("executable").map(CommandLine.split) ?? []
        folder = try arguments.path("chdir")
        condition = RunCondition(creates: try arguments.path("creates"), removes: try arguments.path("removes"))
        guard !words.isEmpty else { throw ModuleFailure("no command given") }
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        let file = try ControllerFile.read(words[0], folder: "files", context: context)
        if let (reason, option) = try await condition.reasonNotToRun(on: host) {
            result.skipped = true
            result.message = "\(reason), matching \(option) option"
            return result
        }
        let enter: ShellScript = folder.map { "cd -- \(shell: .expanding($0)) || exit\n" } ?? ""
        let ended = try await host.change("run the script \(words[0])") { host in
            try await host.attemptLong(
                """
                cf_folder=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/comfyfleet.XXXXXXXX") || exit
                trap 'rm -rf -- "$cf_folder"' EXIT
                cat >"$cf_folder"/\(Path.name(words[0])) && chmod 0700 "$cf_folder"/\(Path.name(words[0])) || exit
                \(shell: enter){ \(executable) "$cf_folder"/\(Path.name(words[0]))\(shell: rest)
                } </dev/null

                """, stdin: .bytes(file.bytes))
        }
        guard let ended else {
            // What creates or removes did not rule out would run.
            if condition.settlesARepetition {
                result.changed = true
                return result
            }
            result.skipped = true
            result.message = "Check mode is not supported for this task."
            return result
        }
        return ModuleResult(of: ended)
    }
}
