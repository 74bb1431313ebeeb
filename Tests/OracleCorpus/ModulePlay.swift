import Engine
import Inventory
import Modules
import Playbook
import Redaction
import Remote
import Runs
import Synchronization
import Templating
import YAML

/// A case's task, run by the engine as the one task of a playbook: what is judged is what a user gets.
struct ModulePlay: Sendable {
    private let playbook: Playbook
    private let inventory: Inventory
    private let machine: ModuleTarget

    struct Outcome: Sendable {
        /// As `register` keeps it.
        var values: ValueMap
        var differences: [Difference] = []
        func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
        /// A task that the engine refuses before it runs.
        static func refused(_ problem: some Error) -> Outcome {
            Outcome(values: ["failed": .bool(true), "msg": .string("\(problem)")])
        }
    }

    /// - Parameters:
    ///   - task: the module's name with its arguments, and keywords.
    ///   - folder: of the playbook; `files` in it holds what the task copies.
    /// - Throws: `Diagnostics` when the playbook does not load.
    init(_ task: ValueMap, variables: ValueMap, in folder: String, on machine: ModuleTarget) throws {
        let play: ValueMap = [
            "hosts": .string("target"), "gather_facts": .bool(false), "vars": .dict(variables),
            "tasks": .list([.dict(task)]),
        ]
        try JSON.text(.list([.dict(play)])).write(toFile: folder + "/play.yml", atomically: false, encoding: .utf8)
        try "target\n".write(toFile: folder + "/hosts", atomically: false, encoding: .utf8)
        playbook = try PlaybookParser(catalog: BuiltinModules()).parse(path: folder + "/play.yml")
        inventory = try Inventory.load([folder + "/hosts"])
        self.machine = machine
    }

    func run(checkMode: Bool) async throws -> Outcome {
        var options = RunOptions()
        options.checkMode = checkMode
        options.diffMode = true
        let run: FleetRun
        do {
            run = try FleetRun(
                [playbook], inventory: inventory, options: options, library: WitnessedModules(), templar: Templar())
        } catch { return .refused(error) }
        let stop = StopRequest()
        let events = RunEvents(recorder: nil, stop: stop)
        let reader = events.reader()
        async let seen = reader.reduce(into: [RunEvent]()) { $0.append($1) }
        let witness = Witness()
        let header = RunHeader(
            id: "case", playbook: playbook.path, folder: "", hosts: [], tasks: 0, checkMode: checkMode)
        _ = await Witness.$current.withValue(witness) {
            await run.perform(
                header,
                in: .init(
                    connections: ConnectedMachine(machine: machine), events: events, secrets: SecretSet(), stop: stop))
        }
        events.finish()
        for event in await seen {
            switch event.kind {
            case .hostTaskFinished(_, _, let outcome):
                guard let values = try JSON.parse(Array(outcome.result.description.utf8)).map else {
                    throw CorpusError("a result that is no mapping")
                }
                return Outcome(values: values, differences: witness.differences)
            case .hostUnreachable(_, _, let message): throw CorpusError("unreachable: \(message)")
            default: continue
            }
        }
        throw CorpusError("the task has no result")
    }
}

/// Connections that outlive a run, since all cases share the machine.
private struct ConnectedMachine: FleetConnections {
    let machine: ModuleTarget
    var shellsHaveLibrary: Bool { true }
    func shell(_ request: ShellRequest) async throws -> any HostShell {
        try await machine.shell(as: request.become.map { $0.user ?? "root" })
    }
    func reset(_ host: String) async {}
    func executor(for host: String) -> (any TaskExecutor)? { nil }
    func close() async {}
    func leave() async {}
}

/// Keeps modules' differences as values; the engine's events have them as text for people.
private final class Witness: Sendable {
    @TaskLocal static var current: Witness?
    private let seen = Mutex([Difference]())
    var differences: [Difference] { seen.withLock { $0 } }
    func add(_ differences: [Difference]) { seen.withLock { $0 += differences } }
}

private struct WitnessedModules: ModuleLibrary {
    func type(named name: String) -> (any Module.Type)? { BuiltinModules().type(named: name).map(witnessed) }
    func spec(named name: String) -> ModuleSpec? { BuiltinModules().spec(named: name) }
    var moduleNames: [String] { BuiltinModules().moduleNames }
    private func witnessed(_ type: any Module.Type) -> any Module.Type {
        func open<Wrapped: Module>(_: Wrapped.Type) -> any Module.Type { Witnessed<Wrapped>.self }
        return open(type)
    }
}

private struct Witnessed<Wrapped: Module>: Module {
    static var spec: ModuleSpec { Wrapped.spec }
    static var reference: ModuleReference { Wrapped.reference }
    private let module: Wrapped
    init(arguments: ValueMap) throws { module = try Wrapped(arguments: arguments) }

    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        let result = try await module.run(on: host, context: context)
        Witness.current?.add(result.diff)
        return result
    }
}
