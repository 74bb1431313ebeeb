import Playbook
import Runs
import YAML

/// One batch of a play, run: the machine decides, child tasks do, and this loop stands between them.
struct BatchRun: Sendable {
    struct Conclusion: Sendable {
        var failed: [String] = []
        var unreachable: [String] = []
        var limit: PlayMachine.FailureLimit?
        var playEnded = false
        /// Hosts that had tasks left when the run was stopped.
        var unfinished: [String] = []
        /// What hosts were at when the run was stopped.
        var cutOff: [(host: String, task: String)] = []
    }
    private enum Happening: Sendable {
        case ended(host: Int, TaskRun.Ended)
        case stopRequested
        case nothing
    }

    let batch: BatchContext
    let hosts: [HostMemory]
    let policy: PlayMachine.Policy
    let stop: StopRequest

    func run(tally: inout RunTally) async -> Conclusion {
        var machine = PlayMachine(batch.program, hosts: hosts.count, policy: policy)
        var numbers: [TaskReference: Int] = [:]
        var conclusion = Conclusion()
        await withTaskGroup(of: Happening.self) { group in
            group.addTask { [stop] in await stop.wait() == nil ? .nothing : .stopRequested }
            var actions = machine.start()
            var goesOn = true
            while goesOn {
                var lessons: [Lesson] = []
                for action in actions {
                    switch action {
                    case .announce(let reference):
                        tally.tasks += 1
                        numbers[reference] = tally.tasks
                    case .run(let index, let reference, let rescues):
                        let run = TaskRun(batch: batch, host: hosts[index], task: batch.program[reference], id: numbers[reference] ?? 0, rescues: rescues)
                        if tally.announced.insert(run.id).inserted { announce(run) }
                        group.addTask(executorPreference: batch.connections.executor(for: hosts[index].name)) {
                            .ended(host: index, await run.perform())
                        }
                    case .share, .conclude: break
                    }
                    if action == .conclude { goesOn = false }
                }
                guard goesOn, let happening = await group.next() else { break }
                switch happening {
                case .ended(let index, let ended):
                    tally.count(ended, on: hosts[index].name)
                    if ended.ending == .interrupted, let reference = machine.hosts[index].next {
                        conclusion.cutOff.append((hosts[index].name, batch.program[reference].title))
                    }
                    lessons = ended.lessons
                    actions = machine.ended(index, ended.ending, notified: ended.notified)
                    if ended.ending == .failed || ended.ending == .unreachable { removeLost(machine) }
                    for case .share(_, let others) in actions {
                        for other in others { for lesson in lessons { hosts[other].learn(lesson) } }
                    }
                case .stopRequested:
                    group.cancelAll()
                    actions = machine.stop()
                case .nothing:
                    actions = []
                }
            }
            group.cancelAll()
        }
        for (index, progress) in machine.hosts.enumerated() {
            switch progress.standing {
            case .failed: conclusion.failed.append(hosts[index].name)
            case .unreachable: conclusion.unreachable.append(hosts[index].name)
            case .going: conclusion.unfinished.append(hosts[index].name)
            case .finished, .ended: break
            }
        }
        conclusion.limit = machine.reachedLimit
        conclusion.playEnded = machine.playEnded
        return conclusion
    }

    private func removeLost(_ machine: PlayMachine) {
        for (index, progress) in machine.hosts.enumerated() where progress.standing == .failed || progress.standing == .unreachable {
            batch.play.remove(hosts[index].name)
        }
    }

    private func announce(_ run: TaskRun) {
        guard !run.task.isMeta else { return }
        let title = try? run.templar.render(.string(run.task.title), in: run.scope())
        batch.events.emit(.taskStarted(RunEvent.TaskHeader(
            id: run.id, name: batch.text(title.map(ArgumentBinder.text) ?? run.task.title), module: run.task.definition.module.name,
            place: run.task.definition.mark.description, isHandler: run.task.isHandler)))
    }
}

/// What a run counts.
struct RunTally: Sendable {
    var tasks = 0
    var announced: Set<Int> = []
    private(set) var counts: [String: HostCounts] = [:]

    mutating func add(_ hosts: [String]) {
        for host in hosts where counts[host] == nil { counts[host] = HostCounts() }
    }

    mutating func count(_ ended: TaskRun.Ended, on host: String) {
        var count = counts[host] ?? HostCounts()
        switch ended.status {
        case .ok: count.ok += 1
        case .changed: count.ok += 1
        case .skipped: count.skipped += 1
        case .failed: count.failed += 1
        case .rescued: count.rescued += 1
        case .ignored: count.ok += 1; count.ignored += 1
        case nil: if ended.ending == .unreachable { count.unreachable += 1 }
        }
        // A task that failed has not changed anything that counts, unless its failure was ignored.
        if ended.changed, ended.ending == .done { count.changed += 1 }
        counts[host] = count
    }
}
