import AnsibleCommands
import ArgumentParser
import Foundation
import Redaction
import Settings
import Support
import YAML

/// The program under the name of one of Ansible's commands: `comfyfleet ansible-playbook …`, or a link of that name.
struct AnsibleProgram {
    let name: String
    let arguments: [String]

    static let names = [
        "ansible", "ansible-config", "ansible-doc", "ansible-inventory", "ansible-playbook", "ansible-vault",
    ]

    /// nil where the program is asked for under its own name, or for what is a command of its own: `ansible-vault`.
    init?(_ words: [String]) {
        let called = Self.called(words)
        if called == "ansible-vault" || words.dropFirst().first == "ansible-vault" { return nil }
        if Self.names.contains(called) {
            (name, arguments) = (called, Array(words.dropFirst()))
        } else if let command = words.dropFirst().first, Self.names.contains(command) {
            (name, arguments) = (command, Array(words.dropFirst(2)))
        } else {
            return nil
        }
    }

    private static func called(_ words: [String]) -> String {
        words.first?.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The command line of `comfyfleet` that a link's name stands for.
    static func unlinked(_ words: [String]) -> [String] {
        (called(words) == "ansible-vault" ? ["ansible-vault"] : []) + words.dropFirst()
    }

    /// - Returns: the exit code, as Ansible's.
    func run() async -> Int32 {
        do {
            let configuration: AnsibleConfiguration
            do { configuration = try AnsibleConfiguration(environment: VaultSession.environment) } catch {
                Output.print("ERROR: \(redacted("\(error)"))\n", to: .stderr)
                return 5
            }
            for warning in configuration.warnings { Self.warn(warning) }
            switch name {
            case "ansible-playbook": return try await AnsiblePlaybook(configuration).run(arguments)
            case "ansible": return try await AnsibleAdHoc(configuration).run(arguments)
            case "ansible-inventory": return try await AnsibleInventory(configuration).run(arguments)
            case "ansible-doc": return try AnsibleDocumentation(configuration).run(arguments)
            case "ansible-config": return try AnsibleConfigurationCommand(configuration).run(arguments)
            default:
                var command = try AnsibleVaultCommand.parseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                return 0
            }
        } catch let end as OptionParser.Ended {
            return end.code
        } catch let status as CommandExit {
            return status.code
        } catch let problems as Diagnostics {
            for problem in problems.all {
                Self.error(problem.problem + (problem.remedy.map { "; \($0)" } ?? ""), at: problem.mark)
            }
            return problems.all.contains { $0.mark != nil } ? 4 : 1
        } catch let problem as any ExplainedError {
            Self.error(problem.description, at: nil)
            return 1
        } catch {
            // A help text is none; what is wrong with the options of ansible-vault ends as Ansible's parser does.
            let code = AnsibleVaultCommand.exitCode(for: error)
            let text = AnsibleVaultCommand.fullMessage(for: error)
            if code.isSuccess {
                Output.print(redacted(text))
                return 0
            }
            if code == .validationFailure {
                Output.print(redacted(text), to: .stderr)
                return 2
            }
            Self.error(text.isEmpty ? "\(error)" : text, at: nil)
            return 1
        }
    }

    static func warn(_ text: String) { Output.print("[WARNING]: \(redacted(text))", to: .stderr) }

    static func error(_ text: String, at mark: SourceMark?) {
        Output.print("[ERROR]: \(redacted(text))", to: .stderr)
        if let mark { Output.print(redacted(SourceExcerpt.text(mark)), to: .stderr) }
    }
}

extension OptionParser {
    /// A command line that has ended with what it had to say.
    struct Ended: Error { var code: Int32 }

    /// Reads a command line; help, version and errors are printed as argparse does.
    func read(_ words: [String], _ configuration: AnsibleConfiguration) throws -> ParsedOptions {
        do throws(End) { return try parse(words) } catch {
            switch error {
            case .help: Output.print(redacted(help), terminator: "")
            case .version: Output.print(redacted(AnsibleVersion(program, configuration).text))
            case .wrong(let problem):
                Output.print(redacted("\(usage)\n\(program): error: \(problem)"), to: .stderr)
                throw Ended(code: 2)
            }
            throw Ended(code: 0)
        }
    }
}
