import ArgumentParser
import Audit
import Credentials
import Glibc
import Inventory
import Redaction
import Remote
import Runs
import YAML

struct LocksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locks", abstract: "Shows which runs have locked hosts, and breaks such locks.",
        discussion: """
            A run locks each of its hosts, so that no other run works there at the same time. Where its controller is gone for good, the lock can be broken.

              comfyfleet locks list -i inventory.yml
              comfyfleet locks break gpu-3 -i inventory.yml

            A run that can be resumed is better ended with comfyfleet resume --end, which waits for what must not be interrupted. Locks of tasks that become \
            another user belong to that user: --become shows and breaks those.
            """,
        subcommands: [List.self, Break.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "Connects to hosts, and lists the locks there: whose they are, what is running, and the state of the run in this folder.",
            discussion: "Exit codes: 0 all hosts answered; 4 some could not be reached.")
        @OptionGroup(title: "Hosts") var hosts: InventoryOptions
        @OptionGroup(title: "Connection") var connection: ConnectionOptions
        @OptionGroup(title: "Work") var fleet: FleetOptions
        @Option(help: "table, or json: an object for each lock.") var format = Format.table

        func run() async throws {
            let vaults = try await hosts.vaults.keyring()
            let selected = try hosts.select(from: try hosts.load(vaults))
            guard !selected.isEmpty else { throw hosts.noHosts() }
            let found = try await VaultSession.with { store, audit in
                try await LockSurvey(
                    FleetAccess(store, audit, connection, vaults: vaults), becomes: fleet.become, forks: fleet.forks
                )
                .look(at: selected) { _, _, locks in locks }
            }
            var table = TextTable(["HOST", "RUN", "HOLDER", "ON THE HOST", "HERE"])
            for (host, result) in found {
                guard case .success(let locks) = result else { continue }
                for lock in locks {
                    let run = RunHere(lock.run)
                    switch format {
                    case .json:
                        Output.print(
                            redacted(
                                JSON.text(
                                    .dict([
                                        "host": .string(host), "run": .string(lock.run), "holder": .string(lock.holder),
                                        "state": .string(lock.state.rawValue),
                                        "driven": lock.isDriven.map { Value.bool($0) } ?? .null,
                                        "processes": .list(lock.processes.map { .string($0) }),
                                        "path": .string(lock.path), "here": .string(run.word),
                                    ]), spaced: false)))
                    case .table:
                        table.add([
                            host, lock.run, String(lock.holder.trimmingPrefix("run \(lock.run) of ")), lock.words,
                            run.words,
                        ])
                    }
                }
            }
            let count = found.reduce(0) { $0 + ((try? $1.result.get())?.count ?? 0) }
            if format == .table {
                Output.print(count == 0 ? "none of the \(found.count) hosts is locked" : table.text(ComfyFleet.secrets))
            }
            try found.tellUnreachable()
        }
    }

    struct Break: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "break",
            abstract: "Breaks the locks of hosts: ends the sessions that hold them, with what these run.",
            discussion: """
                It shows first what will be ended, and asks on a terminal; elsewhere it needs --yes. A run that is still running here, or is not one of this \
                folder, needs --force. Each lock that is broken is in the audit trail.

                Exit codes: 0 the hosts are free; 1 nothing was done; 2 some lock is still there; 4 some host could not be reached.
                """)
        @Argument(help: ArgumentHelp("Hosts, or patterns of them.", valueName: "host")) var names: [String]
        @OptionGroup(title: "Hosts") var hosts: InventoryOptions
        @OptionGroup(title: "Connection") var connection: ConnectionOptions
        @OptionGroup(title: "Work") var fleet: FleetOptions
        @Flag(help: "Also for a run that is still running here, or somebody else's.") var force = false
        @Flag(name: [.short, .long], help: "Do not ask.") var yes = false

        func run() async throws {
            let pattern = names.joined(separator: ":")
            let vaults = try await hosts.vaults.keyring()
            let selected = try hosts.select(pattern, from: try hosts.load(vaults))
            guard !selected.isEmpty else { throw hosts.noHosts(pattern) }
            let code = try await VaultSession.with { store, audit in
                let survey = try await LockSurvey(
                    FleetAccess(store, audit, connection, vaults: vaults), becomes: fleet.become, forks: fleet.forks)
                let found = try await survey.look(at: selected) { _, _, locks in locks.filter(\.state.isOwn) }
                let held = found.compactMap { host, result in
                    (try? result.get()).flatMap { $0.isEmpty ? nil : (host: host, locks: $0) }
                }
                guard !held.isEmpty else {
                    if found.contains(where: { (try? $0.result.get()) != nil }) {
                        Output.print("not locked: \(redacted(pattern))", to: .stderr)
                    }
                    try found.tellUnreachable()
                    return Int32(0)
                }
                try agree(to: held)
                for (host, locks) in held {
                    for lock in locks {
                        try audit.append([
                            AuditLog.Entry(
                                "lock.broken",
                                [
                                    ("host", .text(redacted(host))), ("run", .text(redacted(lock.run))),
                                    ("holder", .text(redacted(lock.holder))),
                                ])
                        ])
                    }
                }
                let wanted = Dictionary(held.map { ($0.host, Set($0.locks.map(\.run))) }) { first, _ in first }
                let ended = try await survey.look(at: selected.filter { wanted[$0.name] != nil }) {
                    host, shell, locks in
                    var left: [FoundLock] = []
                    for lock in locks where lock.state.isOwn && wanted[host]?.contains(lock.run) == true {
                        if try await !HostLocks.end(lock, in: shell) { left.append(lock) }
                    }
                    return left
                }
                var stays = false
                for (host, result) in ended {
                    guard let left = try? result.get() else { continue }
                    stays = stays || !left.isEmpty
                    Output.print(
                        left.isEmpty
                            ? "\(redacted(host)): free"
                            : "\(redacted(host)): still locked, perhaps by another run now; see comfyfleet locks list")
                }
                try (found + ended).tellUnreachable()
                return stays ? 2 : 0
            }
            if code != 0 { throw CommandExit(code: code) }
        }

        /// Shows what will be ended, and asks.
        private func agree(to held: [(host: String, locks: [FoundLock])]) throws {
            var refused: [Diagnostic] = []
            for (host, locks) in held {
                for lock in locks {
                    let here = RunHere(lock.run)
                    Output.print(
                        "\(redacted(host)): \(redacted(lock.holder.isEmpty ? "run \(lock.run)" : lock.holder)); \(redacted(lock.words)); \(redacted(here.words))",
                        to: .stderr)
                    guard lock.state == .held, !force else { continue }
                    switch here {
                    case .running:
                        refused.append(
                            Diagnostic(
                                "\(host): run \(lock.run) is still running here", at: nil,
                                remedy: "stop it (Ctrl-C where it runs), or break its lock anyway with --force"))
                    case .unknown:
                        refused.append(
                            Diagnostic(
                                "\(host): run \(lock.run) is not one of this folder", at: nil,
                                remedy: "ask whoever works there, or break the lock anyway with --force"))
                    case .interrupted, .finished: break
                    }
                }
            }
            guard refused.isEmpty else { throw Diagnostics(refused) }
            let sessions = held.reduce(0) { $0 + $1.locks.count { $0.state == .held } }
            guard sessions > 0, !yes else { return }
            guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
                throw Diagnostics([
                    Diagnostic("nothing was ended", at: nil, remedy: "give --yes to end the sessions and what they run")
                ])
            }
            Output.print(
                "End \(sessions == 1 ? "this session and what it runs" : "these \(sessions) sessions and what they run")? [y/N] ",
                to: .stderr, terminator: "")
            guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
                throw CommandExit(code: 1)
            }
        }
    }
}

/// The state of a run, as far as this folder knows.
private enum RunHere {
    case running(process: Int?)
    case interrupted(canResume: Bool)
    case finished, unknown

    init(_ id: String) {
        // A host may say anything; a part of an id, or 'last', is no run's.
        guard let entry = try? RunArchive().run(id), entry.folder.id == id else {
            self = .unknown
            return
        }
        switch entry.state {
        case .running: self = .running(process: RunLock.holder(entry.folder))
        case .interrupted: self = .interrupted(canResume: entry.hasJournal)
        case .finished: self = .finished
        }
    }

    var word: String {
        switch self {
        case .running: "running"
        case .interrupted: "interrupted"
        case .finished: "finished"
        case .unknown: "unknown"
        }
    }

    var words: String {
        switch self {
        case .running(let process): "running here\(process.map { " (process \($0))" } ?? "")"
        case .interrupted(let canResume): canResume ? "was interrupted here; it can be resumed" : "was interrupted here"
        case .finished: "finished here"
        case .unknown: "not one of this folder"
        }
    }
}

extension FoundLock {
    fileprivate var words: String {
        switch state {
        case .gone: return "its session is gone; the next run takes the lock over"
        case .foreign: return "another identity's on that host"
        case .elsewhere: return "of another machine that shares the folder"
        case .held: break
        }
        let task =
            processes.isEmpty
            ? "idle" : "runs \(Set(processes).subtracting(["sh"]).sorted().prefix(5).joined(separator: ", "))"
        return isDriven == false ? "\(task), nobody is connected" : task
    }
}

/// Looks at the locks of many hosts at once, by shells that hold none.
private struct LockSurvey {
    typealias Found = [(host: String, result: Result<[FoundLock], Unreachable>)]
    private let access: FleetAccess
    private let becomes: Bool
    private let forks: Int

    init(_ access: FleetAccess, becomes: Bool, forks: Int) {
        (self.access, self.becomes, self.forks) = (access, becomes, forks)
    }

    /// In the hosts' order. `body` has the host's name, too.
    func look(
        at hosts: [Inventory.Host],
        _ body: @escaping @Sendable (String, HostSession, [FoundLock]) async throws -> [FoundLock]
    ) async throws -> Found {
        let resolutions = try access.resolver.resolve(hosts)
        return try await withThrowingTaskGroup(of: (Int, Result<[FoundLock], Unreachable>).self) { group in
            var rest = resolutions.indices[...]
            var found: [Int: Result<[FoundLock], Unreachable>] = [:]
            func startNext() {
                guard let index = rest.popFirst() else { return }
                group.addTask {
                    do throws(Unreachable) {
                        return (index, .success(try await look(at: resolutions[index], body)))
                    } catch { return (index, .failure(error)) }
                }
            }
            for _ in 0..<forks { startNext() }
            while let (index, result) = try await group.next() {
                found[index] = result
                startNext()
            }
            return resolutions.enumerated().compactMap { index, resolution in found[index].map { (resolution.host, $0) }
            }
        }
    }

    private func look(
        at host: HostResolution, _ body: @Sendable (String, HostSession, [FoundLock]) async throws -> [FoundLock]
    ) async throws(Unreachable) -> [FoundLock] {
        guard let settings = host.settings else {
            let problem = host.problems.first { $0.severity == .error }
            throw Unreachable(
                .authentication, problem?.text ?? "its credentials are not complete",
                remedy: problem?.remedy ?? "see comfyfleet resolve")
        }
        do {
            let transport = try await access.connect(settings)
            do {
                let become =
                    becomes
                    ? Become(
                        method: Become.Method(rawValue: settings.becomeMethod) ?? .sudo,
                        user: settings.becomeUser ?? "root", password: settings.becomePassword) : nil
                let session = try await HostSession(transport: transport, become: become)
                let found: [FoundLock]
                do { found = try await body(host.host, session, HostLocks.list(in: session)) } catch {
                    await session.close()
                    throw error
                }
                await session.close()
                await transport.close()
                return found
            } catch {
                await transport.close()
                throw error
            }
        } catch let error as Unreachable { throw error } catch { throw Unreachable(.linkLost, "\(error)") }
    }
}

extension LockSurvey.Found {
    /// - Throws: exit code 4 when there is one.
    fileprivate func tellUnreachable() throws {
        var isWhole = true
        for (host, result) in self {
            guard case .failure(let error) = result else { continue }
            isWhole = false
            Output.print("error: \(redacted(host)): \(redacted(error.description).onOneLine())", to: .stderr)
        }
        if !isWhole { throw CommandExit(code: 4) }
    }
}
