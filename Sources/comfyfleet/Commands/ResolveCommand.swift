import ArgumentParser
import Credentials
import Engine
import Inventory
import Modules
import Playbook
import Redaction
import Remote
import YAML

struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Shows where each host's credentials come from, and what is wrong with them.",
        discussion: """
            The dry run of every connection: for each host the layer that gives each field and the layers that it shadows, never a value; and \
            what would keep it from connecting, with what to do. Nothing is connected to, unless --probe is given: then each host is, \
            and logged in to.

            Exit codes: 0 every host would connect (with --probe: did); 1 some host's configuration is at fault; 4 some host could not be reached.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

    @OptionGroup var hosts: InventoryOptions
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Pattern of hosts.") var pattern = "all"
    @Option(help: "table, json or csv.") var format = Format.table
    @Option(
        name: [.customShort("e"), .customLong("extra-vars")],
        help: ArgumentHelp(
            "Variables of a run that go before all others: name=value, JSON, YAML, or @file.", valueName: "variables"))
    var extraVariables: [String] = []
    @Option(
        help: ArgumentHelp(
            "Also what this playbook's plays say of their hosts' connections, each play by itself.", valueName: "path"),
        completion: .file(extensions: ["yml", "yaml"])) var playbook: String?
    @Flag(help: "Also connect to each host and log in.") var probe = false
    @Option(name: [.short, .long], help: ArgumentHelp("With --probe, how many hosts at once.", valueName: "number"))
    var forks = 100

    func validate() throws {
        if forks < 1 { throw ValidationError("--forks takes a number above 0, not \(forks)") }
    }

    func run() async throws {
        let vaults = try await hosts.vaults.keyring()
        let inventory = try hosts.load(vaults, besides: playbook)
        let selected = try hosts.select(pattern, from: inventory)
        let extra = try ExtraVariables.parse(extraVariables, vault: vaults)
        let parsed = try playbook.map { path throws(Diagnostics) in
            var names = PlaybookParser.NameSource()
            names.templar.environment.ansibleVault = vaults
            return try PlaybookParser(
                catalog: BuiltinModules(), names: names, paths: ContentPaths(environment: VaultSession.environment)
            ).parse(path: path)
        }
        guard !selected.isEmpty else { throw hosts.noHosts(pattern) }
        let report = try await VaultSession.with { store, audit in
            let fleet = try await FleetAccess(store, audit, connection, extra: extra, vaults: vaults)
            var questions = selected.map { CredentialResolver.Question(host: $0) }
            if let parsed {
                questions += try plays(of: parsed, on: selected, inventory, extra, fleet)
            }
            let resolutions = try fleet.resolver.resolve(questions)
            // What a host says when it is logged in to may be shown.
            if probe { try fleet.vault.concealAll(connections: Set(resolutions.map(\.provider))) }
            let probes = probe ? try await probes(of: resolutions, with: fleet) : nil
            return ResolveReport(resolutions, probes: probes, secrets: ComfyFleet.secrets)
        }
        switch format {
        case .table: Output.print(report.table())
        case .json: Output.print(report.json())
        case .csv: Output.print(report.csv())
        }
        if report.exitCode != 0 { throw CommandExit(code: report.exitCode) }
    }

    /// The hosts as plays have them whose variables or keywords say something.
    private func plays(
        of playbook: Playbook, on hosts: [Inventory.Host], _ inventory: Inventory, _ extra: ValueMap,
        _ fleet: FleetAccess
    ) throws -> [CredentialResolver.Question] {
        var options = RunOptions()
        options.limit = self.hosts.limit
        options.extraVariables = extra
        let run = try FleetRun(
            [playbook], inventory: inventory, options: options, library: BuiltinModules(), templar: fleet.templar)
        let entries = Dictionary(hosts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return run.connections().compactMap { found in
            guard let entry = entries[found.host] else { return nil }
            var question = CredentialResolver.Question(host: entry, overrides: found.overrides)
            (question.keywords, question.play, question.unknown) = (found.keywords, found.play, found.unknown)
            return question
        }
    }

    /// Logs in to every host, `forks` at a time.
    private func probes(
        of resolutions: [HostResolution], with fleet: FleetAccess
    ) async throws -> [String: ResolveReport.Probe] {
        try await withThrowingTaskGroup(of: (String, ResolveReport.Probe).self) { group in
            var rest = resolutions.compactMap { resolution in resolution.settings.map { (resolution.id, $0) } }[...]
            var probes: [String: ResolveReport.Probe] = [:]
            func startNext() {
                guard let (id, settings) = rest.popFirst() else { return }
                group.addTask { (id, try await Self.probe(settings, with: fleet)) }
            }
            for _ in 0..<forks { startNext() }
            while let (host, probe) = try await group.next() {
                probes[host] = probe
                startNext()
            }
            return probes
        }
    }

    private static func probe(
        _ settings: ConnectionSettings, with fleet: FleetAccess
    ) async throws -> ResolveReport.Probe {
        do {
            let transport = try await fleet.connect(settings)
            do {
                // The openssh transport connects when it is used.
                let stream = try await transport.open("exit 0")
                while try await stream.read() != nil {}
                let status = try await stream.exitStatus()
                await stream.close()
                await transport.close()
                return status == 0
                    ? .connected
                    : .failed(
                        "logged in, but the login shell ended with \(status ?? -1)",
                        remedy: "look at the user's shell and its start files")
            } catch {
                await transport.close()
                throw error
            }
        } catch let error as Unreachable {
            return .failed(redacted(error.message).onOneLine(), remedy: error.remedy.map(redacted))
        }
    }
}
