import Glibc
public import Inventory
public import Playbook
public import Redaction
public import Runs
public import Templating
import YAML

/// Playbooks on the hosts of an inventory: checked and planned when it is made, carried out by `perform`.
///
/// ```swift
/// let run = try FleetRun(playbooks, inventory: inventory, options: options, library: BuiltinModules(), templar: templar)
/// let summary = await run.perform(…)
/// ```
public struct FleetRun: Sendable {
    private let playbooks: [(playbook: Playbook, plays: [PlannedPlay])]
    private let inventory: Inventory
    private let options: RunOptions
    private let library: any ModuleLibrary
    private let templar: Templar

    /// - Throws: `Diagnostics` with all that is wrong; nothing has been connected.
    public init(_ playbooks: [Playbook], inventory: Inventory, options: RunOptions, library: any ModuleLibrary, templar: Templar) throws(Diagnostics) {
        self.inventory = inventory
        self.options = options
        self.library = library
        self.templar = templar
        var planned: [(Playbook, [PlannedPlay])] = []
        var problems: [Diagnostic] = []
        var start = StartingPoint(options.startAtTask)
        for playbook in playbooks {
            var plays: [PlannedPlay] = []
            for play in playbook.plays {
                do throws(Diagnostics) {
                    let play = try PlannedPlay(play, of: playbook, from: start, inventory: inventory, options: options, library: library, templar: templar)
                    start = play.program.start
                    if start.isReached { plays.append(play) }
                } catch { problems += error.all }
            }
            planned.append((playbook, plays))
        }
        if problems.isEmpty, let name = options.startAtTask, !start.isReached {
            let near = Spelling.nearest(to: name, among: playbooks.flatMap { $0.plays.flatMap { $0.allTasks.compactMap(\.name) } })
            problems.append(Diagnostic("no task that would run is called '\(name)'", at: nil, remedy: near.map { "did you mean '\($0)'?" } ?? "see --list-tasks"))
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        self.playbooks = planned
    }

    // MARK: What will be done

    /// The hosts of all plays, in the inventory's order.
    public var hosts: [String] {
        let chosen = Set(playbooks.flatMap { $0.plays.flatMap(\.hosts) })
        return inventory.hostOrder.filter(chosen.contains) + chosen.subtracting(inventory.hostOrder).sorted()
    }

    public var warnings: [Diagnostic] { playbooks.flatMap { $0.playbook.warnings + $0.plays.flatMap(\.warnings) } }

    /// Every file that the run follows from: inventories, playbooks, what they import, and files of variables.
    public var sources: [SourceFile] {
        let read = playbooks.flatMap { $0.playbook.files }
        let others = inventory.sources + playbooks.flatMap { $0.plays.flatMap(\.filePaths) }
        var seen: Set<String> = []
        return (read + others.compactMap(SourceFile.init(reading:))).filter { seen.insert($0.path).inserted }
    }

    public var taskCount: Int { playbooks.reduce(0) { $0 + $1.plays.reduce(0) { $0 + $1.program.tasks.count } } }

    /// For `--list-hosts` and `--list-tasks`.
    public struct Listing: Sendable {
        public struct Task: Sendable {
            public var name: String, module: String, place: String
            public var tags: [String]
        }
        public var playbook: String
        public var play: String
        public var hosts: [String]
        public var tasks: [Task]
    }
    public var listing: [Listing] {
        playbooks.flatMap { playbook, plays in
            plays.map { play in
                Listing(playbook: playbook.path, play: play.title, hosts: play.hosts, tasks: play.program.tasks.map {
                    .init(name: $0.title, module: $0.definition.module.name, place: $0.definition.mark.description, tags: $0.keywords.tags)
                })
            }
        }
    }

    // MARK: Doing it

    /// What a run needs from outside.
    public struct Surroundings: Sendable {
        public var connections: any FleetConnections
        public var events: RunEvents
        public var secrets: SecretSet
        public var stop: StopRequest
        /// nil where nothing is written down that another process could go on from.
        public var memory: RunMemory?
        public init(connections: any FleetConnections, events: RunEvents, secrets: SecretSet, stop: StopRequest, memory: RunMemory? = nil) {
            self.connections = connections; self.events = events; self.secrets = secrets; self.stop = stop; self.memory = memory
        }
    }

    /// Runs it all, and ends when every host is done or the run was stopped. Cancelling the task stops it as a `StopRequest` does.
    ///
    /// - Parameter header: of the first event; its hosts and tasks are filled in here.
    public func perform(_ header: RunHeader, in surroundings: Surroundings) async -> RunSummary {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { if await surroundings.stop.waitToLeave() { await surroundings.connections.leave() } }
                defer { group.cancelAll() }
                return await performAll(header, in: surroundings)
            }
        } onCancel: {
            surroundings.stop.stop(.interrupted)
        }
    }

    private func performAll(_ header: RunHeader, in surroundings: Surroundings) async -> RunSummary {
        let clock = ContinuousClock(), started = clock.now
        let events = surroundings.events
        var header = header
        header.hosts = hosts
        header.tasks = taskCount
        header.checkMode = options.checkMode
        header.resumed = surroundings.memory?.earlier.processes ?? 0
        events.emit(.runStarted(header))
        for warning in warnings { events.emit(.warning(RedactedText("\(warning)", secrets: surroundings.secrets))) }

        let fleet = FleetVariables(inventory, extra: options.extraVariables, constants: constants, templar: templar)
        var course = Course()
        course.tally.add(hosts)
        playbooks: for (number, (_, plays)) in playbooks.enumerated() {
            for (index, play) in plays.enumerated() where !course.isOver {
                await perform(play, (number, index), on: fleet, in: surroundings, &course)
            }
            // As in the language: a playbook with a failure is the last one.
            if !course.failed.isEmpty || !course.unreachable.isEmpty { break playbooks }
        }
        if surroundings.stop.isLeaving { await surroundings.connections.leave() } else { await surroundings.connections.close() }
        let summary = RunSummary(
            hosts: (hosts + course.tally.counts.keys.filter { !header.hosts.contains($0) }.sorted()).map { ($0, course.tally.counts[$0] ?? HostCounts()) }, exitCode: course.exitCode(surroundings.stop, looksForDrift: options.looksForDrift),
            duration: (clock.now - started).seconds, note: course.note(surroundings.stop, run: surroundings.memory == nil ? nil : header.id, secrets: surroundings.secrets))
        events.emit(.runFinished(summary))
        return summary
    }

    /// - Parameter place: numbers of the playbook and of the play in it.
    private func perform(_ play: PlannedPlay, _ place: (playbook: Int, play: Int), on fleet: FleetVariables, in surroundings: Surroundings, _ course: inout Course) async {
        let events = surroundings.events, memory = surroundings.memory
        let begun = memory?.earlier.batches.filter { $0.playbook == place.playbook && $0.play == place.play } ?? []
        let served = Set(begun.flatMap(\.hosts))
        let hosts = play.hosts(of: fleet.roster, limit: options.limit)
        course.tally.add(hosts)
        let fresh = SerialBatches.cut(
            hosts.filter { !course.lost.contains($0) && !served.contains($0) }, sizes: Array(play.batchSizes.dropFirst(min(begun.count, max(0, play.batchSizes.count - 1)))))
        let count = begun.count + fresh.count
        let title = RedactedText(play.title, secrets: surroundings.secrets), playbook = playbooks[place.playbook].playbook.path
        if count == 0 {
            events.emit(.warning(hosts.isEmpty ? "play '\(title)' has no hosts" : "play '\(title)': none of its hosts is left"))
        }
        var templar = templar
        templar.environment.searchPath = SearchPath(folder: play.folder).folders
        templar.environment.hostnames = { try fleet.roster.inventory.select($0).hosts }
        for (index, names) in (begun.map(\.hosts) + fresh).enumerated() {
            let earlier = begun.indices.contains(index) ? begun[index] : nil
            var number = index + 1
            if let earlier { number = earlier.number } else {
                guard surroundings.stop.reason == nil else {
                    course.unfinished.formUnion(names)
                    continue
                }
                // What can't be written down is not begun; the journal has asked for the stop.
                if let memory {
                    guard let written = try? memory.beginBatch(playbook: place.playbook, play: place.play, hosts: names) else {
                        course.unfinished.formUnion(names)
                        continue
                    }
                    number = written
                }
            }
            let variables = PlayVariables(
                play.play, files: play.files, filesByHost: play.filesByHost, folder: play.folder, allHosts: hosts, batch: names, gone: course.lost)
            let batch = BatchContext(
                number: number, fleet: fleet, play: variables, options: options, library: library, connections: surroundings.connections,
                events: events, secrets: surroundings.secrets, stop: surroundings.stop, memory: memory, templar: templar, includes: play.includes)
            let run = BatchRun(batch: batch, program: play.program, hosts: names.map(fleet.host), policy: play.policy, stop: surroundings.stop) {
                events.emit(.playStarted(name: title, playbook: playbook, hosts: names, batch: index + 1, batches: count))
            }
            let conclusion = await run.run(after: earlier?.steps ?? [], tally: &course.tally)
            course.take(conclusion, of: names.count)
            guard course.isOver || conclusion.playEnded else { continue }
            if course.isOver { course.notBegun += (begun.map(\.hosts) + fresh).dropFirst(index + 1).reduce(0) { $0 + $1.count } }
            return
        }
    }

    // MARK: Going on with a run

    /// How many hosts and tasks there are in what an earlier process has done of this run.
    ///
    /// - Throws: `Diagnostics` when the playbooks' tasks are other ones than those that have ended; nothing is done then.
    public func check(_ earlier: EarlierRun) throws(Diagnostics) {
        for batch in earlier.batches {
            guard playbooks.indices.contains(batch.playbook), playbooks[batch.playbook].plays.indices.contains(batch.play) else {
                throw Diagnostics([Diagnostic("the run was in play \(batch.play + 1) of playbook \(batch.playbook + 1), and there is none", at: nil, remedy: "run the playbook anew")])
            }
            let play = playbooks[batch.playbook].plays[batch.play]
            var course = BatchCourse(PlayMachine(play.program, hosts: batch.hosts.count, policy: play.policy))
            for step in batch.steps {
                switch step {
                case .ended(let ended):
                    do { _ = try course.recall(ended, including: play.includes.recalled(ended.learned.flatMap { try? earlier.opened($0) })) } catch {
                        let host = batch.hosts.indices.contains(error.host) ? batch.hosts[error.host] : "a host"
                        let now = error.expected.map { "now has '\(course.machine.program[$0].title)' there" } ?? "now has no task there"
                        throw Diagnostics([Diagnostic(
                            "the run cannot go on: play '\(play.title)' \(now), and \(host) has ended another task", at: error.expected.map { course.machine.program[$0].definition.mark } ?? play.play.mark,
                            remedy: "put the tasks that have ended back as they were, or run the playbook anew")])
                    }
                case .revived(let names): course.revive(names.compactMap(batch.hosts.firstIndex))
                }
            }
        }
    }

    /// Hosts that have failed or could not be reached in the plays that were begun.
    public func fallen(_ earlier: EarlierRun) -> [String] {
        var fallen: Set<String> = []
        for batch in earlier.batches {
            let play = playbooks[batch.playbook].plays[batch.play]
            var course = BatchCourse(PlayMachine(play.program, hosts: batch.hosts.count, policy: play.policy))
            for case .ended(let ended) in batch.steps { _ = try? course.recall(ended, including: play.includes.recalled(ended.learned.flatMap { try? earlier.opened($0) })) }
            for (host, progress) in zip(batch.hosts, course.machine.hosts) where progress.standing == .failed || progress.standing == .unreachable { fallen.insert(host) }
        }
        return fallen.sorted()
    }

    private var constants: ValueMap {
        var constants: ValueMap = [
            "ansible_version": .dict(ComfyFleetVersion.language), "ansible_verbosity": .int(options.verbosity), "ansible_forks": .int(options.forks),
            "ansible_run_tags": .list(options.tags.only.sorted().map { .string($0) }), "ansible_skip_tags": .list(options.tags.skipped.sorted().map { .string($0) }),
        ]
        if let limit = options.limit { constants["ansible_limit"] = .string(limit) }
        if let source = inventory.sources.first {
            let file = AbsolutePath.of(source)
            constants["inventory_file"] = .string(file)
            constants["inventory_dir"] = .string(file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "/")
        }
        return constants
    }
}

/// How a run has gone so far.
private struct Course: Sendable {
    var tally = RunTally()
    private(set) var failed: Set<String> = []
    private(set) var unreachable: Set<String> = []
    private(set) var limit: PlayMachine.FailureLimit?
    var unfinished: Set<String> = []
    private var cutOff: [(host: String, task: String, isEnded: Bool)] = []
    /// Hosts of batches behind one in which all failed.
    var notBegun = 0
    /// No further batch or play begins: a limit was reached, or a whole batch failed.
    private(set) var isOver = false

    var lost: Set<String> { failed.union(unreachable) }

    mutating func take(_ conclusion: BatchRun.Conclusion, of size: Int) {
        failed.formUnion(conclusion.failed)
        unreachable.formUnion(conclusion.unreachable)
        unfinished.formUnion(conclusion.unfinished)
        cutOff += conclusion.cutOff
        limit = conclusion.limit ?? limit
        if conclusion.limit != nil || (size > 0 && conclusion.failed.count + conclusion.unreachable.count == size) { isOver = true }
    }

    /// - Parameter looksForDrift: what differs is a result of its own then.
    func exitCode(_ stop: StopRequest, looksForDrift: Bool) -> Int32 {
        if stop.reason != nil, !unfinished.isEmpty || !cutOff.isEmpty { return 130 }
        if limit != nil { return 8 }
        let code: Int32 = (failed.isEmpty ? 0 : 2) | (unreachable.isEmpty ? 0 : 4)
        return code == 0 && looksForDrift && tally.hasChanged ? 3 : code
    }

    /// - Parameter run: its id, if it can be gone on with.
    func note(_ stop: StopRequest, run: String?, secrets: SecretSet) -> RedactedText? {
        var note: RedactedText
        switch stop.reason {
        case .interrupted? where unfinished.isEmpty && cutOff.isEmpty: return nil
        case let reason?: note = reason.text(secrets)
        case nil:
            switch limit {
            case .maxFailPercentage: return "stopped: more hosts failed than max_fail_percentage allows"
            case .anyErrorsFatal: return "stopped: a host failed where any error is fatal"
            case nil: return notBegun == 0 ? nil : "stopped: every host of a batch failed; hosts that were not begun: \(notBegun)"
            }
        }
        let goingOn = stop.isLeaving ? cutOff.filter { !$0.isEnded } : [], ended = stop.isLeaving ? cutOff.filter(\.isEnded) : cutOff
        for (what, tasks) in [("goes on on the hosts", goingOn), ("ended in the middle", ended)] as [(RedactedText, [(host: String, task: String, isEnded: Bool)])] where !tasks.isEmpty {
            let shown = tasks.prefix(5).map { RedactedText("\($0.host) in '\($0.task)'", secrets: secrets) }.joined(separator: ", ")
            note += "; \(what): \(shown)"
            if tasks.count > 5 { note += " and \(tasks.count - 5) more" }
        }
        if !unfinished.isEmpty { note += "; hosts with tasks left: \(unfinished.count)" }
        // An abandoned run is not to be resumed.
        guard let run, stop.reason != .givenUp else { return note }
        note += "; resume with: comfyfleet resume \(RedactedText(run, secrets: secrets))"
        if !ended.isEmpty { note += " (--rerun-interrupted also runs interrupted commands and scripts again)" }
        return note
    }
}
