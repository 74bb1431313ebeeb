import ArgumentParser
import Glibc
import Redaction
import Runs
import Support
import Vault
import YAML

@main
struct ComfyFleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comfyfleet",
        abstract: "Installs software on fleets of GPU hosts over SSH.",
        discussion: """
            Reads inventories and playbooks in Ansible's language, takes each host's credentials from an encrypted vault, and runs the \
            installs on all hosts at once. Hosts need sshd and a POSIX sh, nothing else.

              comfyfleet inventory graph -i inventory.yml
              comfyfleet resolve -i inventory.yml --probe
              comfyfleet run playbooks/install.yml -i inventory.yml --check --diff
              comfyfleet exec 'nvidia-smi -L' -i inventory.yml --limit gpu

            Exit codes: 0 all well; 1 bad usage, configuration or playbook, nothing was touched; 2 a task failed on some host; 3 hosts have drifted; \
            4 some host was unreachable; 6 both; 8 stopped by a failure limit; 130 interrupted, to be resumed with comfyfleet resume.

            Shell completions: comfyfleet --generate-completion-script bash (zsh, fish)
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self,
            LintCommand.self,
            ExecCommand.self,
            ResumeCommand.self,
            RunsCommand.self,
            LocksCommand.self,
            PlaybooksCommand.self,
            ModulesCommand.self,
            ScheduleCommand.self,
            InventoryCommand.self,
            ResolveCommand.self,
            VaultCommand.self,
            AnsibleVaultCommand.self,
            AuditCommand.self,
            ServeCommand.self,
            TokenCommand.self,
            DoctorCommand.self,
            RequestCommand.self,
            AnsibleCommandsCommand.self,
        ])

    /// Of the command line, without the program's name. `@last` is named: another run is the last one when this one is
    /// resumed.
    static var arguments: [String] { namingLast(Array(CommandLine.arguments.dropFirst())) }

    static func namingLast(_ arguments: [String]) -> [String] {
        arguments.map { argument in
            guard argument.contains("@last:"), let last = RunArchive().runs(newest: 1).first else { return argument }
            return argument.replacing("@last:", with: "@\(last.folder.id):")
        }
    }

    /// Secrets that this process has read; all that it prints is searched for them.
    static let secrets = SecretSet()

    static func main() async {
        ProcessMemory.protect()
        secrets.insertVaultVariables(VaultSession.environment)
        if let program = AnsibleProgram(CommandLine.arguments) { leave(await program.run()) }
        do {
            var command = try parseAsRoot(AnsibleProgram.unlinked(CommandLine.arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(error)
        }
        leave(Output.failure(of: .stdout).map { $0.readerHasGone ? 0 : 1 } ?? 0)
    }

    /// Prints what an error has to say, and ends with its code: usage errors too are 1, not the parser's 64.
    private static func end(_ error: any Error) -> Never {
        switch error {
        case let status as CommandExit:
            leave(status.code)
        case let problems as Diagnostics:
            for problem in problems.all { show(problem) }
            leave(1)
        case let problem as any ExplainedError:
            show(problem)
            leave(1)
        default:
            let code = exitCode(for: error)
            let text = RedactedText(fullMessage(for: error), secrets: secrets)
            if !text.isEmpty { Output.print(text, to: code.isSuccess ? .stdout : .stderr) }
            leave(code.isSuccess ? 0 : usageCode)
        }
    }

    /// Usage errors are 1, like all else that keeps a run from beginning; of `lint`, whose 1 is what it has found, they
    /// are 2.
    private static var usageCode: Int32 { CommandLine.arguments.dropFirst().first == "lint" ? 2 : 1 }

    private static func show(_ problem: any ExplainedError) {
        Output.print("error: " + RedactedText(problem.description, secrets: secrets), to: .stderr)
    }

    private static func leave(_ code: Int32) -> Never { Glibc.exit(code) }
}

/// Ends the program with one of the codes of `comfyfleet --help`; what there is to say has been said.
struct CommandExit: Error {
    var code: Int32
    static let badConfiguration = CommandExit(code: 1)
}
