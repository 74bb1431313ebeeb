import Playbook
import Redaction
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
        /// What hosts were at when the run was stopped; the others are left alone.
        var cutOff: [(host: String, task: String, isEnded: Bool)] = []
    }
    private enum Happening: Sendable {
        case ended(host: Int, TaskRun.Ended)
        case stopRequested
        /// Nobody has asked to leave what runs alone.
        case endsNow
        case nothing
    }

    let batch: BatchContext
    let program: PlayProgram
    let hosts: [HostMemory]
    let policy: PlayMachine.Policy
    let stop: StopRequest
    /// Told before the first task that this process runs.
    let announce: @Sendable () -> Void

    /// - Parameter earlier: what an earlier process has taken in of the batch; it is taken in again, and nothing of it is done.
    func run(after earlier: [EarlierRun.Step] = [], tally: inout RunTally) async -> Conclusion {
        var course = BatchCourse(PlayMachine(program, hosts: hosts.count, policy: policy))
        do { try recall(earlier, in: &course, tally: &tally) } catch {
            stop.stop(.journal("\(error)"))
            course.stop()
        }
        if stop.reason == .givenUp, !course.isOver {
            course.stop { batch.memory?.hasCalls(in: TaskPlace(batch: batch.number, host: $0.host, task: $0.number)) ?? false }
        }
        var conclusion = Conclusion()
        if !course.isOver {
            announce()
            await goOn(&course, tally: &tally, &conclusion)
        }
        tally.tasks += course.taskCount
        for (index, progress) in course.machine.hosts.enumerated() {
            switch progress.standing {
            case .failed: conclusion.failed.append(hosts[index].name)
            case .unreachable: conclusion.unreachable.append(hosts[index].name)
            case .going: conclusion.unfinished.append(hosts[index].name)
            case .finished, .ended: break
            }
        }
        let order = Dictionary(hosts.enumerated().map { ($1.name, $0) }) { first, _ in first }
        conclusion.cutOff.sort { order[$0.host] ?? 0 < order[$1.host] ?? 0 }
        conclusion.limit = course.machine.reachedLimit
        conclusion.playEnded = course.machine.playEnded
        return conclusion
    }

    private func goOn(_ course: inout BatchCourse, tally: inout RunTally, _ conclusion: inout Conclusion) async {
        await withTaskGroup(of: Happening.self) { group in
            group.addTask { [stop] in await stop.wait() == nil ? .nothing : .stopRequested }
            var atWork: [Int: BatchCourse.Assignment] = [:], isEnding = false
            while true {
                for assignment in course.takeDue() {
                    var run = TaskRun(batch: batch, index: assignment.host, host: hosts[assignment.host], task: course.machine.program[assignment.task], number: assignment.number, id: tally.tasks + assignment.number, rescues: assignment.rescues)
                    run.handlerNumbers = course.machine.program.handlerNumbers
                    if tally.announced.insert(run.id).inserted { announce(run) }
                    atWork[assignment.host] = assignment
                    group.addTask(executorPreference: batch.connections.executor(for: run.host.name)) { [run] in
                        .ended(host: assignment.host, await run.perform())
                    }
                }
                guard !course.isOver, let happening = await group.next() else { break }
                switch happening {
                case .ended(let index, let ended):
                    guard let assignment = atWork.removeValue(forKey: index) else { break }
                    if !writeDown(ended, of: assignment, course.machine.program[assignment.task]) { course.stop() }
                    tally.count(ended, on: hosts[index].name)
                    if ended.ending == .interrupted {
                        let task = course.machine.program[assignment.task], isEnded = isEnding && batch.library.type(named: task.definition.module.name)?.isSafeToEnd ?? true
                        conclusion.cutOff.append((hosts[index].name, task.title, isEnded))
                        // If this can't be written, only the later report lacks it; the journal's own failure has been reported.
                        if isEnded { _ = try? batch.memory?.append(.cutOff(TaskPlace(batch: batch.number, host: index, task: assignment.number))) }
                    }
                    take(ended, of: index, in: &course)
                case .endsNow:
                    // Ends what may be ended; `TaskRun` waits for what may not.
                    isEnding = !stop.isLeaving
                    group.cancelAll()
                case .stopRequested:
                    group.addTask { [stop, connections = batch.connections] in
                        if await stop.isLeft() { await connections.leave() }
                        return .endsNow
                    }
                    course.stop()
                    tellWhatIsWaitedFor(atWork.values.map { (hosts[$0.host].name, course.machine.program[$0.task]) })
                case .nothing: break
                }
            }
            group.cancelAll()
        }
    }

    private func take(_ ended: TaskRun.Ended, of index: Int, in course: inout BatchCourse) {
        for other in course.ended(index, .init(ending: ended.ending, notified: ended.notified, included: ended.included)) {
            for lesson in ended.lessons { hosts[other].learn(lesson) }
        }
        if ended.ending == .failed || ended.ending == .unreachable { removeLost(course.machine) }
    }

    // MARK: The journal

    /// Before anything follows from it, the end of a task is in the journal.
    private func writeDown(_ ended: TaskRun.Ended, of assignment: BatchCourse.Assignment, _ task: PlannedTask) -> Bool {
        guard let memory = batch.memory, ended.ending != .interrupted else { return true }
        let entry = JournalEntry.ended(.init(
            place: TaskPlace(batch: batch.number, host: assignment.host, task: assignment.number), ending: ended.ending.word, status: ended.status?.rawValue, changed: ended.changed,
            notified: ended.notified, mark: TaskMemory.mark(of: task), learned: ended.learned))
        guard let number = try? memory.append(entry) else { return false }
        // A host that was lost may come back to what it was at.
        if ended.ending != .unreachable { memory.settle(ended.calls, by: number) }
        return true
    }

    private func recall(_ steps: [EarlierRun.Step], in course: inout BatchCourse, tally: inout RunTally) throws {
        for step in steps {
            switch step {
            case .ended(let end):
                let learned = try end.learned.flatMap { try batch.memory?.earlier.opened($0) }
                let sharers: [Int]
                do { sharers = try course.recall(end, including: batch.includes.recalled(learned)) } catch {
                    throw EarlierRun.Unreadable(description: "the journal tells of other tasks than the playbook has")
                }
                var ended = TaskRun.Ended(ending: HostProgress.Ending(word: end.ending) ?? .done)
                ended.status = end.status.flatMap(RunEvent.Outcome.Status.init)
                ended.changed = end.changed
                tally.count(ended, on: hosts[end.place.host].name)
                if let learned {
                    for text in TaskMemory.hidden(learned) { batch.secrets.insert(text, label: "no_log") }
                    for lesson in TaskMemory.lessons(learned) {
                        for host in [end.place.host] + sharers { hosts[host].learn(lesson) }
                    }
                }
            case .revived(let names):
                let revived = names.compactMap { name in hosts.firstIndex { $0.name == name } }
                for host in revived { tally.revive(hosts[host].name) }
                course.revive(revived)
            }
        }
        removeLost(course.machine)
    }

    // MARK: Telling

    private func removeLost(_ machine: PlayMachine) {
        for (index, progress) in machine.hosts.enumerated() where progress.standing == .failed || progress.standing == .unreachable {
            batch.play.remove(hosts[index].name)
        }
    }

    private func announce(_ run: TaskRun) {
        guard !run.task.isMeta else { return }
        let title = try? run.templar.render(.string(run.task.title, .trusted), in: run.scope())
        batch.events.emit(.taskStarted(RunEvent.TaskHeader(
            id: run.id, name: batch.text(title.map(ArgumentBinder.text) ?? run.task.title), module: run.task.definition.module.name,
            place: run.task.definition.mark.description, isHandler: run.task.isHandler)))
    }

    private func tellWhatIsWaitedFor(_ atWork: [(host: String, task: PlannedTask)]) {
        let waiting = atWork.filter { batch.library.type(named: $0.task.definition.module.name)?.isSafeToEnd == false }.sorted { $0.host < $1.host }
        let names = waiting.map { batch.text($0.host) }
        let ended: RedactedText = atWork.count > waiting.count
            ? "what runs on \(atWork.count - waiting.count) \(atWork.count - waiting.count == 1 ? "host" : "hosts") will be stopped in \(StopRequest.patience.components.seconds) seconds; a command or script that is stopped counts as failed when the run is resumed, or is run again by resume --rerun-interrupted"
            : "nothing new is begun"
        guard let first = waiting.first?.task else {
            batch.events.emit(.stopping("stopping: \(ended); Ctrl-C again leaves it running"))
            return
        }
        let shown = names.prefix(5).joined(separator: ", "), more: RedactedText = names.count > 5 ? " and \(names.count - 5) more" : ""
        batch.events.emit(.stopping("stopping: \(ended); waiting for '\(batch.text(first.title))' on \(shown)\(more), which must not be cut off; Ctrl-C again leaves it running"))
    }
}

/// What a run counts.
struct RunTally: Sendable {
    var tasks = 0
    /// Tasks that this process has told of.
    var announced: Set<Int> = []
    private(set) var counts: [String: HostCounts] = [:]
    /// Whether some task has changed its host, or in check mode would have.
    private(set) var hasChanged = false

    mutating func add(_ hosts: [String]) {
        for host in hosts where counts[host] == nil { counts[host] = HostCounts() }
    }

    mutating func count(_ ended: TaskRun.Ended, on host: String) {
        var count = counts[host] ?? HostCounts()
        switch ended.status {
        case .ok: count.ok += 1
        case .changed:
            count.ok += 1
            hasChanged = true
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

    /// The host goes on from what it failed at.
    mutating func revive(_ host: String) {
        counts[host]?.failed = 0
        counts[host]?.unreachable = 0
    }
}
