import AnsibleCommands
import Foundation
import Settings
import YAML

/// `ansible-playbook`: a `comfyfleet run` with Ansible's options, output and exit codes.
struct AnsiblePlaybook {
    let configuration: AnsibleConfiguration

    init(_ configuration: AnsibleConfiguration) { self.configuration = configuration }

    func run(_ words: [String]) async throws -> Int32 {
        let options = try AnsibleParsers.playbook.read(words, configuration)
        let common = AnsibleRunOptions(options: options, configuration: configuration)
        for playbook in options.arguments where !FileManager.default.fileExists(atPath: playbook) {
            AnsibleProgram.error("the playbook: \(playbook) could not be found", at: nil)
            return 1
        }
        AnsibleVersion("ansible-playbook", configuration).printPreamble(common.verbosity)
        var arguments = ["run"]
        arguments += try common.arguments()
        for key in ["list-hosts", "list-tasks", "list-tags", "syntax-check"] where options.has(key) {
            arguments.append("--\(key)")
        }
        for key in ["tags", "skip-tags"] { arguments += options.all(key).map { "--\(key)=\($0)" } }
        if let task = options.last("start-at-task") { arguments.append("--start-at-task=\(task)") }
        if options.has("force-handlers") { arguments.append("--setting=DEFAULT_FORCE_HANDLERS=true") }
        arguments.append("--")
        arguments += options.arguments
        guard let command = try ComfyFleet.parseAsRoot(arguments) as? RunCommand else { return 1 }
        do {
            try await command.perform(RunOrder(arguments: arguments), resuming: nil)
        } catch let problems as Diagnostics
            where problems.all.count == 1 && problems.all[0].problem.hasPrefix("--limit '")
        {
            if let limit = options.last("limit") {
                AnsibleProgram.warn("Could not match supplied host pattern, ignoring: \(limit)")
            }
            AnsibleProgram.error(
                "Specified inventory, host pattern and/or --limit leaves us with no hosts to target.", at: nil)
            return 1
        }
        return 0
    }
}
