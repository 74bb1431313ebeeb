import AnsibleCommands
import AnsibleVault
import ArgumentParser
import Engine
import Foundation
import Inventory
import Modules
import Playbook
import Redaction
import Runs
import Settings
import YAML

struct RunCommand: ResumableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs playbooks on the hosts of an inventory.",
        discussion: """
            Everything that can be wrong with the playbooks, the inventory and the variables is reported before the first connection.

              comfyfleet run install.yml -i inventory.yml
              comfyfleet run install.yml -i inventory.yml -l 'gpu:!gpu-3' -t driver -CD
              comfyfleet run install.yml -i inventory.yml -e version=1.4 -e @release.yml

            Ctrl-C stops in order: nothing new is begun, what runs on the hosts is ended, package managers are waited for. A second one leaves \
            what runs running. comfyfleet resume continues it. Every run leaves its events, a log for each host and a summary in logs/runs/<id>/.
            """)

    @Argument(
        help: ArgumentHelp(
            "Playbooks, run one after the other: files, or names of 'comfyfleet playbooks'.", valueName: "playbook"),
        completion: .file(extensions: ["yml", "yaml"])) var playbooks: [String]
    @OptionGroup(title: "Hosts") var hosts: InventoryOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Work") var fleet: FleetOptions
    @OptionGroup(title: "Links") var link: LinkOptions
    @Option(
        name: [.customShort("e"), .customLong("extra-vars")],
        help: ArgumentHelp(
            "Variables that go before all others: name=value, JSON, YAML, or @file.", valueName: "variables"))
    var extraVariables: [String] = []
    @Option(name: [.short, .long], help: ArgumentHelp("Only tasks with one of these tags.", valueName: "tags"))
    var tags: [String] = []
    @Option(help: ArgumentHelp("No tasks with one of these tags.", valueName: "tags")) var skipTags: [String] = []
    @Option(
        help: ArgumentHelp("Begin with the task of this name; what stands before it is left out.", valueName: "name"))
    var startAtTask: String?
    @Flag(name: [.customShort("C"), .long], help: "Change nothing; say what would be changed.") var check = false
    @Flag(name: [.customShort("D"), .long], help: "Show what changes in files.") var diff = false
    @Flag(
        help: ArgumentHelp(
            "Look for drift: --check and --diff, with a report of what differs on which host.",
            discussion: "Exit code 3 when hosts differ.")) var drift = false
    @Option(
        help: ArgumentHelp(
            "Webhooks of config/hooks.yml that are notified of the run.", discussion: "Default: all of them.",
            valueName: "names")) var notify: [String] = []
    @Option(help: ArgumentHelp("Id of the run, given out before.", visibility: .hidden)) var runID: String?
    @Option(help: ArgumentHelp("The schedule's job that the run is for.", visibility: .hidden)) var job: String?
    @OptionGroup(title: "Display") var display: DisplayOptions
    @Flag(help: "List the hosts of each play, and end.") var listHosts = false
    @Flag(help: "List the tasks of each play, and end.") var listTasks = false
    @Flag(help: "Check the playbooks, and end.") var syntaxCheck = false
    @Flag(
        help: ArgumentHelp(
            "Refuse playbooks with tasks that could not run, also where these may be skipped.",
            discussion: "Without it they are warnings, and the task's failure on a host that comes to it."))
    var strict =
        false
    @Flag(help: ArgumentHelp("List the tags of each play, and end.", visibility: .hidden)) var listTags = false
    @OptionGroup(title: "Settings") var settings: SettingOptions

    func validate() throws {
        if playbooks.isEmpty { throw ValidationError("give a playbook") }
    }

    func run() async throws { try await perform(RunOrder(arguments: ComfyFleet.arguments), resuming: nil) }

    func perform(_ order: RunOrder, resuming: Resumption?) async throws {
        let configuration = try settings.configuration()
        settings.report(configuration)
        let vaults = try await hosts.vaults.keyring()
        // Read once: a file may be a pipe.
        let extra = try ExtraVariables.parse(extraVariables, vault: vaults)
        var options = runOptions(extra, configuration)
        var names = PlaybookParser.NameSource(extraVariables: extra)
        names.extraVariables.merge(order.variables)
        names.templar.environment.ansibleVault = vaults
        let parsed = try parse(names, configuration).map { $0.defaulting(to: configuration) }
        if syntaxCheck, settings.asAnsible {
            for playbook in parsed { Output.print("\nplaybook: \(redacted(playbook.path))") }
            return
        }
        if syntaxCheck {
            for playbook in parsed { for problem in playbook.problems { warn(problem.diagnostic) } }
            for playbook in parsed {
                switch display.format {
                case .json:
                    Output.print(
                        redacted(
                            JSON.text(
                                .dict(["playbook": .string(playbook.path), "problems": .list([])]), spaced: false)))
                default: Output.print("\(redacted(playbook.path)): no problems")
                }
            }
            return
        }
        let inventory = try hosts.load(
            vaults, configuration, besides: parsed.first?.path, extraVariables: extra)
        // A run that goes on has the answers to its own questions among them.
        if resuming == nil { try refuseFixed(order.variables, in: parsed) }
        options.extraVariables.merge(order.variables)
        var order = order
        if !listHosts, !listTasks, !listTags {
            let answers = try VariablePrompts.answers(of: parsed, given: options.extraVariables)
            order.variables.merge(answers)
            options.extraVariables.merge(answers)
        }
        options.extraVariables = VariablePrompts.concealed(options.extraVariables, of: parsed)
        let code = try await VaultSession.with { [order, options] store, audit in
            let access = try await FleetAccess(
                store, audit, connection, configuration, extra: options.extraVariables, vaults: vaults)
            let run = try FleetRun(
                parsed, inventory: inventory, options: options, library: BuiltinModules(), templar: access.templar)
            if settings.asAnsible, listHosts || listTasks || listTags {
                AnsibleListing(hosts: listHosts, tasks: listTasks, tags: listTags).show(run.listing, of: parsed)
                return Int32(0)
            }
            if listHosts || listTasks {
                list(run.listing)
                return Int32(0)
            }
            guard !run.hosts.isEmpty || hosts.limit == nil else { throw hosts.noHosts() }
            let record = self.record(parsed, options, run, inventory)
            var resumption = resuming
            try resumption?.prepare(run, record)
            let session = RunSession(
                access: access, audit: audit, inventory: inventory, hosts: run.hosts, resumption: resumption,
                looksForDrift: drift, notify: notify.isEmpty ? nil : words(notify), policy: link.policy)
            let title =
                parsed.count == 1
                ? Self.stem(parsed[0].path) : "\(Self.stem(parsed[0].path))-and-\(parsed.count - 1)-more"
            var console = display.console
            if settings.asAnsible { AnsibleShow(configuration, self.settings.callback).install(in: &console, options) }
            return try await session.perform(title, id: runID, record: record, order: order, display: console) {
                tools in
                await run.perform(tools.header, in: .init(tools))
            }
        }
        if code != 0 { throw CommandExit(code: settings.asAnsible ? AnsibleShow.exitCode(code) : code) }
    }

    /// All playbooks' problems at once.
    private func parse(
        _ names: PlaybookParser.NameSource, _ configuration: AnsibleConfiguration
    ) throws -> [Playbook] {
        if let module = settings.adHoc {
            return [try AdHocPlaybook.make(playbooks[0], module: module, arguments: settings.adHocArguments)]
        }
        let parser = PlaybookParser(
            catalog: BuiltinModules(), names: names,
            paths: ContentPaths(environment: VaultSession.ansibleEnvironment))
        var parsed: [Playbook] = []
        var problems: [Diagnostic] = []
        for name in playbooks {
            do { parsed.append(try parser.parse(path: shipped(name) ?? name)) } catch { problems += error.all }
        }
        if strict { problems += parsed.flatMap { $0.problems.map(\.diagnostic) } }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return parsed
    }

    private func warn(_ problem: Diagnostic) {
        Output.print("warning: " + RedactedText(problem.description, secrets: ComfyFleet.secrets), to: .stderr)
    }

    /// The file of a playbook that ships, for a name that is no file's.
    private func shipped(_ name: String) -> String? {
        guard !name.contains("/"), !FileManager.default.fileExists(atPath: name) else { return nil }
        return try? PlaybookCatalogue.shipped().path(of: name)
    }

    /// What a role fixes in `vars/`, only who may use this machine can set to something else.
    private func refuseFixed(_ variables: ValueMap, in playbooks: [Playbook]) throws {
        let fixed = Set(playbooks.flatMap(\.plays).flatMap(\.roleVariables.names))
        let problems = variables.names.filter(fixed.contains).map {
            Diagnostic("'\($0)' is fixed by a role", at: nil, remedy: "its vars/ can't be set by clients")
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
    }

    private func runOptions(_ extra: ValueMap, _ configuration: AnsibleConfiguration) -> RunOptions {
        var options = RunOptions()
        options.limit = hosts.limit
        options.extraVariables = extra
        options.tags = TagSelection(
            only: words(tags.isEmpty ? configuration.tags : tags),
            skipped: words(skipTags.isEmpty ? configuration.skippedTags : skipTags))
        options.startAtTask = startAtTask
        options.checkMode = check || drift
        options.diffMode = diff || drift || configuration.diffAlways
        options.looksForDrift = drift
        options.verbosity = max(display.verbosity, configuration.verbosity)
        options.become = fleet.become || configuration.become
        options.forks = fleet.forks(configuration)
        options.refusal = listHosts || listTasks || listTags ? .ofNothing : strict ? .ofEverything : .ofWhatMustRun
        return options
    }

    private func words(_ texts: [String]) -> Set<String> {
        Set(texts.flatMap { $0.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) } })
    }

    private func record(
        _ playbooks: [Playbook], _ options: RunOptions, _ run: FleetRun, _ inventory: Inventory
    ) -> RunRecord {
        var record = RunSession.record(inventory)
        record.playbooks = playbooks.map { .init(path: $0.path, digest: $0.digest) }
        let variableFiles = extraVariables.filter { $0.hasPrefix("@") }.compactMap {
            SourceFile(reading: String($0.dropFirst()))
        }
        record.files = (run.sources + variableFiles).map { .init(path: $0.path, digest: $0.digest) }
        record.hosts = run.hosts
        record.limit = options.limit
        record.tags = options.tags.only.sorted()
        record.skippedTags = options.tags.skipped.sorted()
        record.startAtTask = options.startAtTask
        record.extraVariableNames = options.extraVariables.names
        record.checkMode = options.checkMode
        record.diffMode = options.diffMode
        record.forks = options.forks
        record.job = job
        return record
    }

    private func list(_ plays: [FleetRun.Listing]) {
        for play in plays where display.format == .json {
            var object: ValueMap = ["playbook": .string(play.playbook), "play": .string(play.play)]
            if listHosts { object["hosts"] = .list(play.hosts.map { .string($0) }) }
            if listTasks {
                object["tasks"] = .list(
                    play.tasks.map {
                        .dict([
                            "name": .string($0.name), "module": .string($0.module),
                            "tags": .list($0.tags.map { .string($0) }), "place": .string($0.place),
                        ])
                    })
            }
            Output.print(redacted(JSON.text(.dict(object), spaced: false)))
        }
        for play in plays where display.format != .json {
            Output.print("\(redacted(play.playbook)): \(redacted(play.play))")
            if listHosts {
                Output.print("  hosts (\(play.hosts.count)):")
                for host in play.hosts { Output.print("    \(redacted(host))") }
            }
            if listTasks {
                Output.print("  tasks (\(play.tasks.count)):")
                for task in play.tasks {
                    let tags: RedactedText =
                        task.tags.isEmpty ? "" : "  [\(redacted(task.tags.joined(separator: ", ")))]"
                    Output.print("    \(redacted(task.name))\(tags)  \(redacted(task.place))")
                }
            }
        }
    }

    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }
}
