import AnsibleCommands
import Inventory
import Modules
import Playbook
import Redaction
import Settings
import Vault
import YAML

/// `ansible`: one task on the hosts of a pattern.
struct AnsibleAdHoc {
    let configuration: AnsibleConfiguration

    init(_ configuration: AnsibleConfiguration) { self.configuration = configuration }

    func run(_ words: [String]) async throws -> Int32 {
        let options = try AnsibleParsers.adHoc.read(words, configuration)
        let common = AnsibleRunOptions(options: options, configuration: configuration)
        let pattern = options.arguments[0]
        let module = options.last("module-name") ?? configuration.moduleName
        let text = options.last("args") ?? configuration.moduleArguments
        let short = module.split(separator: ".").last.map(String.init) ?? module
        if ["command", "shell", "script", "raw"].contains(short), text.isEmpty, !options.has("list-hosts") {
            AnsibleProgram.error("No argument passed to \(module) module", at: nil)
            return 5
        }
        AnsibleVersion("ansible", configuration).printPreamble(common.verbosity)
        let arguments = try common.arguments()
        let sources = arguments.compactMap { $0.hasPrefix("--inventory=") ? String($0.dropFirst(12)) : nil }
        let settings = InventorySettings(vault: try await AnsibleInventory.keyring(options))
        let inventory = try Inventory.load(sources, settings: settings)
        let selection = try inventory.select(pattern, limit: options.last("limit"))
        if options.has("list-hosts") {
            Output.print("  hosts (\(selection.hosts.count)):")
            for host in selection.hosts { Output.print("    \(redacted(host))") }
            return 0
        }
        if selection.hosts.isEmpty {
            for warning in selection.warnings { AnsibleProgram.warn(warning.problem) }
            AnsibleProgram.warn("No hosts matched, nothing to do")
            return 0
        }
        var run = ["run"] + arguments
        run += ["--ad-hoc=\(module)", "--ad-hoc-arguments=\(text)"]
        if let seconds = options.last("task-timeout") { run.append("--setting=TASK_TIMEOUT=\(seconds)") }
        run.append(
            "--callback=\(options.has("one-line") ? "oneline" : configuration.loadsAdHocCallbacks ? configuration.callback : "minimal")"
        )
        run += ["--", pattern]
        guard let command = try ComfyFleet.parseAsRoot(run) as? RunCommand else { return 1 }
        try await command.perform(RunOrder(arguments: run), resuming: nil)
        return 0
    }
}

/// The play of one task that `ansible` runs.
enum AdHocPlaybook {
    static func make(_ pattern: String, module name: String, arguments text: String) throws -> Playbook {
        let mark = SourceMark(file: "<adhoc '\(name)' task>", line: 1, column: 1)
        guard let spec = BuiltinModules().spec(named: name) else { throw Diagnostics([ModulesCommand.unknown(name)]) }
        var arguments: ValueMap
        if text.hasPrefix("{"), let map = try? JSON.parse(Array(text.utf8)).map {
            arguments = map
        } else {
            do { arguments = try FreeForm.parse(text, .trusted, spec: spec) } catch {
                throw Diagnostics([Diagnostic("\(error)", at: nil)])
            }
        }
        for option in spec.options {
            for alias in option.aliases {
                if let value = arguments[alias] {
                    arguments[alias] = nil
                    arguments[option.name] = arguments[option.name] ?? value
                }
            }
        }
        let task = TaskDefinition(mark: mark, module: spec, arguments: Located(arguments, at: mark))
        var play = Play(mark: mark, hosts: Located(.string(pattern), at: mark))
        play.name = "Ansible Ad-Hoc"
        play.gatherFacts = Located(.bool(false), at: mark)
        play.tasks = [.task(task)]
        return Playbook(path: "__adhoc_playbook__", digest: "", plays: [play])
    }
}
