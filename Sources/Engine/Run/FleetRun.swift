import Glibc
import Inventory
import Playbook
import Redaction
import Runs
import Templating
import YAML

/// Playbooks on the hosts of an inventory: checked and planned when it is made, carried out by `perform`.
///
/// ```swift
/// let run = try FleetRun(playbooks, inventory: inventory, options: options, library: BuiltinModules(), templar:
/// templar)
/// let summary = await run.perform(…)
/// ```
package struct FleetRun: Sendable {
    let playbooks: [(playbook: Playbook, plays: [PlannedPlay])]
    let inventory: Inventory
    let options: RunOptions
    private let library: any ModuleLibrary
    let templar: Templar
    /// What tasks carry that may not run.
    private let taskProblems: TaskProblems

    /// - Throws: `Diagnostics` with all that is wrong; nothing has been connected.
    package init(
        _ playbooks: [Playbook], inventory: Inventory, options: RunOptions, library: any ModuleLibrary, templar: Templar
    ) throws(Diagnostics) {
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
                    let play = try PlannedPlay(
                        play, of: playbook, from: start, inventory: inventory, options: options, library: library,
                        templar: templar)
                    start = play.program.start
                    if start.isReached { plays.append(play) }
                } catch { problems += error.all }
            }
            planned.append((playbook, plays))
        }
        if problems.isEmpty, let name = options.startAtTask, !start.isReached {
            let near = Spelling.nearest(
                to: name, among: playbooks.flatMap { $0.plays.flatMap { $0.allTasks.compactMap(\.name) } })
            problems.append(
                Diagnostic(
                    "no task that would run is called '\(name)'", at: nil,
                    remedy: near.map { "did you mean '\($0)'?" } ?? "see --list-tasks"))
        }
        var carried = TaskProblems()
        for (_, plays) in planned { for play in plays { carried.add(play) } }
        switch options.refusal {
        case .ofNothing: break
        case .ofWhatMustRun: problems += carried.errors
        case .ofEverything: problems += carried.all
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        self.playbooks = planned
        taskProblems = carried
    }

    // MARK: What will be done

    /// The hosts of all plays, in the inventory's order.
    package var hosts: [String] {
        let chosen = Set(playbooks.flatMap { $0.plays.flatMap(\.hosts) })
        return inventory.hostOrder.filter(chosen.contains) + chosen.subtracting(inventory.hostOrder).sorted()
    }

    package var warnings: [Diagnostic] {
        playbooks.flatMap { $0.playbook.warnings + $0.plays.flatMap(\.warnings) }
            + taskProblems.warnings(of: playbooks.map(\.playbook.path))
    }

    /// Every file that the run follows from: inventories, playbooks, what they import, and files of variables.
    package var sources: [SourceFile] {
        let read = playbooks.flatMap { $0.playbook.files }
        let others = inventory.sources + playbooks.flatMap { $0.plays.flatMap(\.filePaths) }
        var seen: Set<String> = []
        return (read + others.compactMap(SourceFile.init(reading:))).filter { seen.insert($0.path).inserted }
    }

    package var taskCount: Int { playbooks.reduce(0) { $0 + $1.plays.reduce(0) { $0 + $1.program.tasks.count } } }

    /// For `--list-hosts` and `--list-tasks`.
    package struct Listing: Sendable {
        package struct Task: Sendable {
            package var name: String, module: String, place: String
            package var tags: [String]
            /// The role that it is of.
            package var role: String?
        }
        package var playbook: String
        package var play: String
        /// As the play has it: one text for each entry of its `hosts`.
        package var patterns: [String]
        package var tags: [String]
        package var hosts: [String]
        package var tasks: [Task]
    }
    package var listing: [Listing] {
        playbooks.flatMap { playbook, plays in
            plays.map { play in
                Listing(
                    playbook: playbook.path, play: play.title,
                    patterns: (play.play.hosts.value.list ?? [play.play.hosts.value]).compactMap(\.string),
                    tags: play.play.keywords.tags, hosts: play.hosts,
                    tasks: play.program.tasks.map {
                        .init(
                            name: $0.title, module: $0.definition.module.name, place: $0.definition.mark.description,
                            tags: $0.keywords.tags, role: $0.definition.role?.name)
                    })
            }
        }
    }

    // MARK: Doing it

    /// Runs it all, and ends when every host is done or the run was stopped. Cancelling the task stops it as a
    /// `StopRequest` does.
    ///
    /// - Parameter header: of the first event; its hosts and tasks are filled in here.
    package func perform(_ header: RunHeader, in dependencies: RunDependencies) async -> RunSummary {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { if await dependencies.stop.waitToLeave() { await dependencies.connections.leave() } }
                defer { group.cancelAll() }
                return await performAll(header, in: dependencies)
            }
        } onCancel: {
            dependencies.stop.stop(.interrupted)
        }
    }

    private func performAll(_ header: RunHeader, in dependencies: RunDependencies) async -> RunSummary {
        let clock = ContinuousClock()
        let started = clock.now
        let events = dependencies.events
        var header = header
        header.hosts = hosts
        header.tasks = taskCount
        header.checkMode = options.checkMode
        header.resumed = dependencies.checkpoint?.earlier.processes ?? 0
        events.emit(.runStarted(header))
        for warning in warnings { events.emit(.warning(RedactedText("\(warning)", secrets: dependencies.secrets))) }

        let fleet = FleetVariables(
            inventory, extra: options.extraVariables, constants: constants, templar: templar,
            notes: dependencies.checkpoint == nil ? nil : SecretNotes(dependencies.secrets),
            onHost: { dependencies.connections.update($0) },
            onProblem: { events.emit(.warning(RedactedText("\($0)", secrets: dependencies.secrets))) })
        var progress = RunProgress()
        progress.tally.add(hosts)
        playbooks: for (number, (_, plays)) in playbooks.enumerated() {
            for (index, play) in plays.enumerated() where !progress.isOver {
                await perform(play, (number, index), on: fleet, in: dependencies, &progress)
            }
            // As in the language: a playbook with a failure is the last one.
            if !progress.failed.isEmpty || !progress.unreachable.isEmpty { break playbooks }
        }
        if dependencies.stop.isLeaving {
            await dependencies.connections.leave()
        } else {
            await dependencies.connections.close()
        }
        let summary = RunSummary(
            hosts: (hosts + progress.tally.counts.keys.filter { !header.hosts.contains($0) }.sorted()).map {
                ($0, progress.tally.counts[$0] ?? HostCounts())
            }, exitCode: progress.exitCode(dependencies.stop, looksForDrift: options.looksForDrift),
            duration: (clock.now - started).seconds,
            note: progress.note(
                dependencies.stop, run: dependencies.checkpoint == nil ? nil : header.id, secrets: dependencies.secrets)
        )
        events.emit(.runFinished(summary))
        return summary
    }

    /// - Parameter place: numbers of the playbook and of the play in it.
    private func perform(
        _ play: PlannedPlay, _ place: (playbook: Int, play: Int), on fleet: FleetVariables,
        in dependencies: RunDependencies, _ progress: inout RunProgress
    ) async {
        let events = dependencies.events
        let checkpoint = dependencies.checkpoint
        let begun = checkpoint?.earlier.batches.filter { $0.playbook == place.playbook && $0.play == place.play } ?? []
        let served = Set(begun.flatMap(\.hosts))
        let hosts = play.hosts(of: fleet.roster, limit: options.limit)
        progress.tally.add(hosts)
        let fresh = SerialBatches.cut(
            hosts.filter { !progress.lost.contains($0) && !served.contains($0) },
            sizes: Array(play.batchSizes.dropFirst(min(begun.count, max(0, play.batchSizes.count - 1)))))
        let count = begun.count + fresh.count
        let title = RedactedText(play.title, secrets: dependencies.secrets)
        let playbook = playbooks[place.playbook].playbook.path
        if count == 0 {
            events.emit(.playSkipped(name: title, playbook: playbook, matchesHosts: !hosts.isEmpty))
        }
        var templar = templar
        let search = SearchPath(folder: play.folder)
        templar.environment.searchPath = search.folders
        templar.environment.templateFolders = search.folders
        templar.environment.hostnames = { try fleet.roster.inventory.select($0).hosts }
        for (index, names) in (begun.map(\.hosts) + fresh).enumerated() {
            let earlier = begun.indices.contains(index) ? begun[index] : nil
            var number = index + 1
            if let earlier {
                number = earlier.number
            } else {
                guard dependencies.stop.reason == nil else {
                    progress.unfinished.formUnion(names)
                    continue
                }
                // What can't be written down is not begun; the journal has asked for the stop.
                if let checkpoint {
                    guard
                        let written = try? checkpoint.beginBatch(
                            playbook: place.playbook, play: place.play, hosts: names)
                    else {
                        progress.unfinished.formUnion(names)
                        continue
                    }
                    number = written
                }
            }
            let variables = PlayVariables(
                play.play, files: play.files, filesByHost: play.filesByHost, folder: play.folder, allHosts: hosts,
                batch: names, gone: progress.lost, includes: play.includes)
            prepare(names, of: play, variables, on: fleet, in: dependencies.connections)
            let batch = BatchContext(
                number: number, fleet: fleet, play: variables, options: options, library: library,
                connections: dependencies.connections,
                events: events, secrets: dependencies.secrets, stop: dependencies.stop, checkpoint: checkpoint,
                templar: templar, includes: play.includes)
            let run = BatchRun(
                batch: batch, program: play.program, hosts: names.map(fleet.host), policy: play.policy,
                stop: dependencies.stop
            ) {
                events.emit(
                    .playStarted(name: title, playbook: playbook, hosts: names, batch: index + 1, batches: count))
            }
            let conclusion = await run.run(after: earlier?.steps ?? [], tally: &progress.tally)
            progress.apply(conclusion, of: names.count, in: hosts)
            guard progress.isOver || conclusion.playEnded else { continue }
            if progress.isOver {
                progress.notBegun += (begun.map(\.hosts) + fresh).dropFirst(index + 1).reduce(0) { $0 + $1.count }
            }
            return
        }
    }

    // MARK: Resuming a run

    /// How many hosts and tasks there are in what an earlier process has done of this run.
    ///
    /// - Throws: `Diagnostics` when the playbooks' tasks are other ones than those that have ended; nothing is done
    ///   then.
    package func check(_ earlier: JournalReplay) throws(Diagnostics) {
        for batch in earlier.batches {
            guard playbooks.indices.contains(batch.playbook),
                playbooks[batch.playbook].plays.indices.contains(batch.play)
            else {
                throw Diagnostics([
                    Diagnostic(
                        "the run was in play \(batch.play + 1) of playbook \(batch.playbook + 1), and there is none",
                        at: nil, remedy: "run the playbook anew")
                ])
            }
            let play = playbooks[batch.playbook].plays[batch.play]
            var state = BatchState(PlayMachine(play.program, hosts: batch.hosts.count, policy: play.policy))
            for step in batch.steps {
                switch step {
                case .ended(let ended):
                    do {
                        _ = try state.recall(
                            ended, including: play.includes.recalled(ended.learned.flatMap { try? earlier.opened($0) }))
                    } catch {
                        let host = batch.hosts.indices.contains(error.host) ? batch.hosts[error.host] : "a host"
                        let now =
                            error.expected.map { "now has '\(state.machine.program[$0].title)' there" }
                            ?? "now has no task there"
                        throw Diagnostics([
                            Diagnostic(
                                "the run cannot continue: play '\(play.title)' \(now), and \(host) has ended another task",
                                at: error.expected.map { state.machine.program[$0].definition.mark } ?? play.play.mark,
                                remedy: "put the tasks that have ended back as they were, or run the playbook anew")
                        ])
                    }
                case .revived(let names): state.revive(names.compactMap(batch.hosts.firstIndex))
                }
            }
        }
    }

    /// Hosts that have failed or could not be reached in the plays that were begun.
    package func failedHosts(_ earlier: JournalReplay) -> [String] {
        var failed: Set<String> = []
        for batch in earlier.batches {
            let play = playbooks[batch.playbook].plays[batch.play]
            var state = BatchState(PlayMachine(play.program, hosts: batch.hosts.count, policy: play.policy))
            for case .ended(let ended) in batch.steps {
                _ = try? state.recall(
                    ended, including: play.includes.recalled(ended.learned.flatMap { try? earlier.opened($0) }))
            }
            for (host, progress) in zip(batch.hosts, state.machine.hosts)
            where progress.standing == .failed || progress.standing == .unreachable { failed.insert(host) }
        }
        return failed.sorted()
    }

    private var constants: ValueMap {
        var constants: ValueMap = [
            "ansible_version": .dict(ComfyFleetVersion.language), "ansible_verbosity": .int(options.verbosity),
            "ansible_forks": .int(options.forks),
            "ansible_run_tags": .list(options.tags.only.sorted().map { .string($0) }),
            "ansible_skip_tags": .list(options.tags.skipped.sorted().map { .string($0) }),
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
