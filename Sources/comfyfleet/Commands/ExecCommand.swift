import ArgumentParser
import Engine
import Modules
import Playbook
import Redaction
import Runs
import YAML

struct ExecCommand: ResumableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Runs one command on the hosts of an inventory.",
        discussion: """
              comfyfleet exec 'nvidia-smi -L' -i inventory.yml --limit gpu
              comfyfleet exec --become 'systemctl restart model-server' -i inventory.yml
              comfyfleet exec --module apt 'name=curl state=present' -i inventory.yml -b

            The command is for the login shell of the hosts' users. With --module it is the arguments of a module instead. Output is \
            shown as it comes, with the host in front; secrets in it are replaced.

            Exit codes: as comfyfleet --help says; 2 when the command's status was not 0 on some host.
            """)

    @Argument(help: ArgumentHelp("The command, or a module's arguments.", valueName: "command")) var command: String
    @OptionGroup(title: "Hosts") var hosts: InventoryOptions
    @Option(name: [.short, .long], help: ArgumentHelp("Run this module instead of a command.", valueName: "name"))
    var module: String?
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Work") var fleet: FleetOptions
    @Option(help: ArgumentHelp("Seconds after which the command is ended.", valueName: "seconds")) var limitSeconds:
        Int?
    @Flag(name: [.customShort("C"), .long], help: "With --module: change nothing; say what would be changed.")
    var check = false
    @Flag(name: [.customShort("D"), .long], help: "With --module: show what changes in files.") var diff = false
    @OptionGroup(title: "Display") var display: DisplayOptions

    func validate() throws {
        if let limitSeconds, limitSeconds < 1 {
            throw ValidationError("--limit-seconds takes a number above 0, not \(limitSeconds)")
        }
        if module == nil, command.allSatisfy(\.isWhitespace) {
            throw ValidationError("the command is empty; give what the hosts are to run")
        }
        if check, module == nil {
            throw ValidationError("--check needs --module: what a command would do can't be known")
        }
    }

    func run() async throws { try await perform(RunOrder(arguments: ComfyFleet.arguments), resuming: nil) }

    func perform(_ order: RunOrder, resuming: Resumption?) async throws {
        let vaults = try await hosts.vaults.keyring()
        let inventory = try hosts.load(vaults)
        let selected = try hosts.select(from: inventory).map(\.name)
        guard !selected.isEmpty else { throw hosts.noHosts() }
        let playbook = try taskPlaybook()
        let code = try await VaultSession.with { store, audit in
            let access = try await FleetAccess(store, audit, connection, vaults: vaults)
            var record = RunSession.record(inventory)
            record.command = module.map { "\($0): \(command)" } ?? command
            record.hosts = selected
            record.limit = hosts.limit
            record.checkMode = check
            record.forks = fleet.forks
            let run = try playbook.map {
                try FleetRun(
                    [$0], inventory: inventory, options: runOptions(), library: BuiltinModules(),
                    templar: access.templar)
            }
            var resumption = resuming
            if let run {
                record.files = run.sources.map { .init(path: $0.path, digest: $0.digest) }
                try resumption?.prepare(run, record)
            }
            let session = RunSession(
                access: access, audit: audit, inventory: inventory, hosts: selected, resumption: resumption)
            var console = display.consoleWithOutput
            console.showsResults = module != nil
            return try await session.perform("exec", record: record, order: run == nil ? nil : order, display: console)
            { tools in
                if let run { return await run.perform(tools.header, in: .init(tools)) }
                return await CommandRun(
                    command, hosts: selected, forks: fleet.forks, timeout: limitSeconds.map { .seconds($0) }
                )
                .perform(
                    tools.header, connections: tools.connections, events: tools.events, secrets: ComfyFleet.secrets,
                    stop: tools.stop)
            }
        }
        if code != 0 { throw CommandExit(code: code) }
    }

    /// A module, another identity, or a time limit (which has to end what runs on the host) takes a session and with it
    /// a play; a plain
    /// command takes one channel.
    private func taskPlaybook() throws -> Playbook? {
        guard module != nil || fleet.become || limitSeconds != nil else { return nil }
        let name = module ?? "shell"
        let mark = SourceMark(file: "command line", line: 1, column: 1)
        guard let spec = BuiltinModules().spec(named: name) else { throw Diagnostics([ModulesCommand.unknown(name)]) }
        let arguments: ValueMap
        do { arguments = try FreeForm.parse(command, .data, spec: spec) } catch {
            throw Diagnostics([Diagnostic("\(error)", at: nil)])
        }
        let problems = ArgumentBinder(spec).problems(inUntemplated: arguments)
        guard problems.isEmpty else {
            throw Diagnostics(problems.map { Diagnostic($0.problem, at: nil, remedy: $0.remedy) })
        }
        var task = TaskDefinition(mark: mark, module: spec, arguments: Located(arguments, at: mark))
        task.name = module.map { "\($0): \(command)" } ?? command
        if let limitSeconds { task.keywords.timeout = Located(.int(limitSeconds), at: mark) }
        var play = Play(mark: mark, hosts: Located(.string("all"), at: mark))
        play.gatherFacts = Located(.bool(false), at: mark)
        play.tasks = [.task(task)]
        return Playbook(path: "command line", digest: "", plays: [play])
    }

    private func runOptions() -> RunOptions {
        var options = RunOptions()
        options.limit = hosts.limit
        options.checkMode = check
        options.diffMode = diff
        options.verbosity = display.verbosity
        options.become = fleet.become
        options.forks = fleet.forks
        return options
    }
}
