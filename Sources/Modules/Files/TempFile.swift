import Playbook
import YAML

/// Makes an empty file or folder with a name of its own, for its user only.
struct TempFile: Module {
    static let spec = ModuleSpec(
        "tempfile", summary: "Makes a temporary file or folder.",
        options: [
            .init("state", .string, choices: ["file", "directory"], default: .string("file"), help: "Which."),
            .init("path", .path, help: "Folder to make it in."),
            .init("prefix", .string, default: .string("ansible."), help: "Begins the name."),
            .init("suffix", .string, default: .string(""), help: "Ends the name."),
        ])
    static let reference = ModuleReference(
        notes: "Only its user may read it.",
        example: """
            - tempfile: state=directory suffix=.build
              register: work
            """,
        returns: [.init("path", "The file or folder.")] + ModuleReference.fileStatus)

    private let folder: String?
    private let prefix: String, suffix: String, state: String

    init(arguments: ValueMap) throws {
        let arguments = Arguments(arguments)
        folder = try arguments.path("path")
        prefix = try arguments.required("prefix")
        suffix = try arguments.required("suffix")
        state = try arguments.required("state")
    }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        var result = ModuleResult()
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789_")
        var random = SeededGenerator(seed: context.seed)
        let name =
            prefix + String((0..<8).map { _ in letters[Int.random(in: letters.indices, using: &random)] }) + suffix
        let start: ShellScript =
            try await folder.asyncMap { ShellScript(stringLiteral: ShellScript.quoted(try await host.resolve($0))) }
            ?? "\"${TMPDIR:-/tmp}\""
        // noclobber: a file that is there already is not taken.
        let make: ShellScript = state == "directory" ? "mkdir -- \"$cf_path\"" : "set -C && : >\"$cf_path\""
        let made = try await host.change(
            "make a temporary \(state)",
            "umask 077; cf_path=\(shell: start)/\(name)\n\(shell: make) || exit\nprintf '%s\\000' \"$cf_path\"; cf_stat \"$cf_path\"\n"
        )
        guard let made else {
            result.skipped = true
            result.message = "remote module (tempfile) does not support check mode"
            return result
        }
        result.changed = true
        result.values["path"] = .string(made.records[0])
        if made.records.count > 1, let status = PathStatus(record: made.records[1])?.own {
            result.values.merge(status.registered)
        }
        return result
    }
}

extension Optional {
    func asyncMap<Result>(_ change: (Wrapped) async throws -> Result) async rethrows -> Result? {
        if let self { try await change(self) } else { nil }
    }
}
