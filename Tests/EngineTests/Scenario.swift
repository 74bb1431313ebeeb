import Foundation
import Inventory
import Modules
import Playbook
import Redaction
import Remote
import Runs
import Synchronization
import Templating
import Testing
import YAML

@testable import Engine

/// A playbook run on hosts that are shells of this machine: everything is real but the network.
struct Scenario {
    struct Outcome {
        var events: [RunEvent]
        var summary: RunSummary
        /// `gpu-1 changed Install`, in the order of the events; items as `gpu-1 - changed x`.
        var lines: [String]
        /// Its folder, which is removed at the end, and what was in it.
        var folder = ""
        var files: [String] = []

        func count(_ host: String) -> HostCounts? { summary.hosts.first { $0.name == host }?.counts }
        /// Results of a task, by host.
        func result(of task: String, on host: String) -> ValueMap? {
            let numbers = numbers(of: task)
            for event in events {
                guard case .hostTaskFinished(host, let id, let outcome) = event.kind, numbers.contains(id) else {
                    continue
                }
                return try? JSON.parse(Array(outcome.result.description.utf8)).map
            }
            return nil
        }
        /// What a task's events say of its hosts, items and results.
        func text(of task: String) -> String {
            let numbers = numbers(of: task)
            return events.filter { event in
                switch event.kind {
                case .hostOutput(_, let id, _, _), .itemFinished(_, let id, _, _), .hostTaskFinished(_, let id, _):
                    numbers.contains(id)
                default: false
                }
            }.map { "\($0)" }.joined(separator: "\n")
        }
        private func numbers(of task: String) -> Set<Int> {
            Set(
                events.compactMap {
                    if case .taskStarted(let header) = $0.kind, header.name.description == task {
                        header.id
                    } else {
                        nil
                    }
                })
        }
        func message(of task: String, on host: String) -> String? { result(of: task, on: host)?["msg"]?.string }
    }
    var hosts = ["gpu-1", "gpu-2"]
    /// Written to `inventory.ini` in the scenario's folder instead of a plain list.
    var inventory: String?
    var options = RunOptions()
    var files: [String: String] = [:]
    /// Variables of the environment that say where roles and collections are; `$DIR` is the scenario's folder.
    var environment: [String: String] = [:]
    var secrets = SecretSet()
    /// Values of every provider of the vault; other fields are texts that say so.
    var vault: ValueMap = [:]
    var stop = StopRequest()
    var connections = ShellsHere()
    /// Called with each event as it comes.
    var onEvent: (@Sendable (RunEvent) -> Void)?

    func run(_ playbook: String) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.path + "/scenario-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files.merging(
            ["play.yml": playbook, "inventory.ini": inventory ?? hosts.joined(separator: "\n") + "\n"],
            uniquingKeysWith: { $1 })
        {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        let inventory = try Inventory.load(["\(folder)/inventory.ini"])
        let paths = ContentPaths(
            environment: environment.mapValues { $0.replacing("$DIR", with: folder) }.merging(["HOME": folder]) { $1 })
        var options = options
        options.extraVariables["folder"] = .string(folder)
        let names = PlaybookParser.NameSource(extraVariables: options.extraVariables)
        let parsed = try PlaybookParser(catalog: BuiltinModules(), names: names, paths: paths)
            .parse(path: "\(folder)/play.yml")
        var environment = TemplateEnvironment()
        environment.secrets = secrets
        environment.secret = { [secrets, vault] provider, fields in
            if let value = fields.first.flatMap({ vault[$0] }) {
                return value.mapScalars { $0.withOwn(.secret("\(provider).\(fields[0])")) }
            }
            let text = "vault-value-of-\(provider).\(fields.joined(separator: "."))"
            secrets.insert(Secret(text), label: "\(provider).\(fields.joined(separator: "."))")
            return .string(text)
        }
        let run = try FleetRun(
            [parsed], inventory: inventory, options: options, library: BuiltinModules(),
            templar: Templar(environment: environment))
        let recorder = try RunRecorder(RunFolder.create(for: "scenario", in: folder + "/runs"), secrets: secrets)
        let events = RunEvents(recorder: recorder, stop: stop)
        let reader = events.reader()
        async let seen = reader.reduce(into: [RunEvent]()) { [onEvent] in
            $0.append($1)
            onEvent?($1)
        }
        let header = RunHeader(
            id: recorder.folder.id, playbook: "play.yml", folder: recorder.folder.path, hosts: [], tasks: 0,
            checkMode: false)
        let summary = await run.perform(
            header, in: .init(connections: connections, events: events, secrets: secrets, stop: stop))
        events.finish()
        var outcome = Outcome(events: await seen, summary: summary, lines: [])
        outcome.folder = folder
        outcome.lines = Self.lines(outcome.events)
        outcome.files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for path in try FileManager.default.subpathsOfDirectory(atPath: recorder.folder.path) {
            guard let text = try? String(contentsOfFile: recorder.folder.path + "/" + path, encoding: .utf8) else {
                continue
            }
            #expect(!text.contains("vault-value-of"), "a secret is in \(path)")
        }
        return outcome
    }

    private static func lines(_ events: [RunEvent]) -> [String] {
        var titles: [Int: String] = [:]
        return events.compactMap { event in
            switch event.kind {
            case .taskStarted(let task):
                titles[task.id] = task.name.description
                return nil
            case .hostTaskFinished(let host, let task, let outcome):
                return "\(host) \(outcome.status.rawValue) \(titles[task] ?? "?")"
            case .itemFinished(let host, _, let item, let outcome):
                return "\(host) - \(outcome.status.rawValue) \(item)"
            case .hostUnreachable(let host, let task, _): return "\(host) unreachable \(titles[task ?? 0] ?? "?")"
            case .retry(let host, _, let attempt, let attempts): return "\(host) retry \(attempt)/\(attempts)"
            default: return nil
            }
        }
    }
}

/// Shells of this machine in the place of hosts; one whose name begins with `away` can't be reached.
final class ShellsHere: FleetConnections {
    private let connections = Mutex([String: HostConnection]())
    private let asked = Mutex([ShellRequest]())
    private let told = Mutex([Inventory.Host]())
    var shellsHaveLibrary: Bool { false }
    /// In the order in which they came.
    var requests: [ShellRequest] { asked.withLock { $0 } }
    /// Hosts that have come or changed.
    var updates: [Inventory.Host] { told.withLock { $0 } }

    func update(_ host: Inventory.Host) { told.withLock { $0.append(host) } }

    func shell(_ request: ShellRequest) async throws -> any HostShell {
        asked.withLock { $0.append(request) }
        if request.host.hasPrefix("away") { throw Unreachable(.connect, "connection refused") }
        let connection = connections.withLock { connections in
            if let connection = connections[request.host] { return connection }
            let connection = HostConnection(transport: LocalTransport())
            connections[request.host] = connection
            return connection
        }
        return try await connection.shell()
    }
    func leave() async { await close() }
    func reset(_ host: String) async { await connections.withLock { $0.removeValue(forKey: host) }?.close() }
    func executor(for host: String) -> (any TaskExecutor)? { nil }
    func close() async {
        for connection in connections.withLock({ Array($0.values) }) { await connection.close() }
    }
}
