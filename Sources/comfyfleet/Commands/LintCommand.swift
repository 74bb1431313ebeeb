import ArgumentParser
import Modules
import Playbook
import Redaction
import YAML

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Says what in playbooks and roles would not run, without an inventory.",
        discussion: """
            Reads playbooks, roles (their files of tasks and handlers) and files of tasks, and says everything that it finds, by cause, with the places, \
            and what share of the tasks runs natively. Errors are what Ansible, too, refuses when it loads a playbook. Warnings are what would be wrong \
            when a task runs: comfyfleet run refuses a run for them only where the task must run, and fails the task where it is reached.

              comfyfleet lint
              comfyfleet lint site.yml roles/web --strict
              comfyfleet lint --format sarif > lint.sarif

            Exit codes: 0 no errors, 1 errors, 2 bad usage, or a path that is not there.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

    @Argument(
        help: ArgumentHelp(
            "Playbooks, roles, files of tasks, and folders, which are searched for them; the current folder when there is none.",
            valueName: "path"), completion: .file()) var paths: [String] = ["."]
    @Option(help: "text, json, or sarif (2.1.0) for code scanners.") var format = Format.text
    @Flag(help: "What would be wrong when a task runs is an error, too.") var strict = false

    func run() throws {
        var lint = Lint(
            catalog: BuiltinModules(), paths: ContentPaths(environment: VaultSession.environment), isStrict: strict)
        var missing: [Diagnostic] = []
        for path in paths {
            do { try lint.read(path) } catch { missing += error.all }
        }
        guard missing.isEmpty else {
            for problem in missing { Output.print("error: \(redacted(problem.description))", to: .stderr) }
            throw CommandExit(code: 2)
        }
        switch format {
        case .text: Output.print(redacted(lint.text))
        case .json: Output.print(redacted(JSON.text(lint.json, spaced: false)))
        case .sarif: Output.print(redacted(JSON.text(lint.sarif, spaced: false)))
        }
        if lint.errorCount > 0 { throw CommandExit(code: 1) }
    }
}
