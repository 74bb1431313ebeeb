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
        var errorsCleared = false
        /// Hosts that had tasks left when the run was stopped.
        var unfinished: [String] = []
        /// What hosts were at when the run was stopped; the others are left alone.
        var cutOff: [(host: String, task: String, isEnded: Bool)] = []
    }
    private enum Happening: Sendable {
        case ended(host: Int, TaskOutcome)
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
    /// Called before the first task that this process runs.
    let announce: @Sendable () -> Void

    /// - Parameter earlier: what an earlier process has written down of the batch; it is applied again, and nothing of
    ///   it is done.
    func run(after earlier: [JournalReplay.Step] = [], tally: inout RunTally) async -> Conclusion {
        var state = BatchState(PlayMachine(program, hosts: hosts.count, policy: policy, answer: answer))
        do { try recall(earlier, in: &state, tally: &tally) } catch {
            stop.stop(.journal("\(error)"))
            state.stop()
        }
        if stop.reason == .givenUp, !state.isOver {
            state.stop { batch.checkpoint?.hasCalls(in: taskID(of: $0)) ?? false }
        }
        var conclusion = Conclusion()
        if !state.isOver {
            announce()
            await runLoop(&state, tally: &tally, &conclusion)
        }
        tally.tasks += state.taskCount
        for (index, progress) in state.machine.hosts.enumerated() {
            switch progress.standing {
            case .failed: conclusion.failed.append(hosts[index].name)
            case .unreachable: conclusion.unreachable.append(hosts[index].name)
            case .going: conclusion.unfinished.append(hosts[index].name)
            case .finished, .ended: break
            }
        }
        let order = Dictionary(hosts.enumerated().map { ($1.name, $0) }) { first, _ in first }
        conclusion.cutOff.sort { order[$0.host] ?? 0 < order[$1.host] ?? 0 }
        conclusion.limit = state.machine.reachedLimit
        conclusion.playEnded = state.machine.playEnded
        conclusion.errorsCleared = state.machine.errorsCleared
        return conclusion
    }

    /// What the template of a keyword gives on a host that has come to its task.
    private var answer: PlayMachine.Answer {
        { [batch, hosts] keyword, task, host in
            let context = TaskContext(
                batch: batch, host: hosts[host], task: task, taskID: TaskID(batch: batch.number, host: host, task: 0),
                id: 0, rescues: false, handlerNumbers: [:])
            return (try? context.keyword("", keyword, in: context.scope())) ?? nil
        }
    }

    private func runLoop(_ state: inout BatchState, tally: inout RunTally, _ conclusion: inout Conclusion) async {
        await withTaskGroup(of: Happening.self) { group in
            group.addTask { [stop] in await stop.wait() == nil ? .nothing : .stopRequested }
            var atWork: [Int: BatchState.Assignment] = [:]
            var isEnding = false
            while true {
                for assignment in state.dequeueDue() {
                    let context = TaskContext(
                        batch: batch, host: hosts[assignment.host], task: state.machine.program[assignment.task],
                        taskID: taskID(of: assignment), id: tally.tasks + assignment.number,
                        rescues: assignment.rescues, handlerNumbers: state.machine.program.handlerNumbers)
                    if tally.announced.insert(context.id).inserted { announce(context) }
                    atWork[assignment.host] = assignment
                    group.addTask(executorPreference: batch.connections.executor(for: context.host.name)) {
                        .ended(host: assignment.host, await TaskRun(context).perform())
                    }
                }
                guard !state.isOver, let happening = await group.next() else { break }
                switch happening {
                case .ended(let index, let outcome):
                    guard let assignment = atWork.removeValue(forKey: index) else { break }
                    if !writeDown(outcome, of: assignment, state.machine.program[assignment.task]) { state.stop() }
                    tally.count(outcome, on: hosts[index].name)
                    if outcome.kind == .interrupted {
                        let task = state.machine.program[assignment.task]
                        let isEnded =
                            isEnding && batch.library.type(named: task.definition.module.name)?.isSafeToEnd ?? true
                        conclusion.cutOff.append((hosts[index].name, task.title, isEnded))
                        // If this can't be written, only the later report lacks it; the journal's own failure has been
                        // reported.
                        if isEnded { _ = try? batch.checkpoint?.append(.cutOff(taskID(of: assignment))) }
                    }
                    apply(outcome, of: index, to: &state)
                case .endsNow:
                    // Ends what may be ended; `ModuleInvocation` waits for what may not.
                    isEnding = !stop.isLeaving
                    group.cancelAll()
                case .stopRequested:
                    group.addTask { [stop, connections = batch.connections] in
                        if await stop.isLeft() { await connections.leave() }
                        return .endsNow
                    }
                    state.stop()
                    tellWhatIsWaitedFor(atWork.values.map { (hosts[$0.host].name, state.machine.program[$0.task]) })
                case .nothing: break
                }
            }
            group.cancelAll()
        }
    }

    private func apply(_ outcome: TaskOutcome, of index: Int, to state: inout BatchState) {
        for other in state.ended(index, outcome) {
            for update in outcome.updates { batch.fleet.apply(update, on: hosts[other]) }
        }
        if outcome.kind == .failed || outcome.kind == .unreachable { removeLost(state.machine) }
        if outcome.kind == .clearHostErrors { batch.play.clear() }
    }

    private func taskID(of assignment: BatchState.Assignment) -> TaskID {
        TaskID(batch: batch.number, host: assignment.host, task: assignment.number)
    }

    // MARK: The journal

    /// Before anything follows from it, the end of a task is in the journal.
    private func writeDown(_ outcome: TaskOutcome, of assignment: BatchState.Assignment, _ task: PlannedTask) -> Bool {
        guard let checkpoint = batch.checkpoint, outcome.kind != .interrupted else { return true }
        let entry = JournalEntry.ended(
            .init(
                place: taskID(of: assignment), ending: outcome.kind.word, status: outcome.status?.rawValue,
                changed: outcome.changed,
                notified: outcome.notified, mark: TaskMemory.mark(of: task), learned: outcome.learned))
        guard let number = try? checkpoint.append(entry) else { return false }
        batch.fleet.notes?.shared.wrote(outcome.sharedSecrets)
        // A host that was lost may come back to what it was at.
        if outcome.kind != .unreachable { checkpoint.finish(outcome.calls, by: number) }
        return true
    }

    private func recall(_ steps: [JournalReplay.Step], in state: inout BatchState, tally: inout RunTally) throws {
        for step in steps {
            switch step {
            case .ended(let end):
                let learned = try end.learned.flatMap { try batch.checkpoint?.earlier.opened($0) }
                // What follows may ask the host, as it was when the task had ended.
                var updates: [VariableUpdate] = []
                if let learned {
                    for secret in TaskMemory.hidden(learned) { batch.secrets.insert(secret.text, label: secret.label) }
                    if hosts.indices.contains(end.place.host) {
                        updates = TaskMemory.updates(learned, of: hosts[end.place.host].name)
                        for update in updates { batch.fleet.apply(update, on: hosts[end.place.host]) }
                    }
                }
                let sharers: [Int]
                var included: [Included] = []
                let read = batch.includes.recalled(learned)
                do {
                    sharers = try state.recall(end) { task in
                        let inclusions = read(task)
                        included = inclusions ?? []
                        return inclusions
                    }
                } catch {
                    throw JournalReplay.Unreadable(
                        description: "the journal tells of other tasks than the playbook has")
                }
                let outcome = TaskOutcome(
                    TaskOutcome.Kind(word: end.ending) ?? .done,
                    status: end.status.flatMap(RunEvent.Outcome.Status.init), changed: end.changed, included: included)
                tally.count(outcome, on: hosts[end.place.host].name)
                for host in sharers { for update in updates { batch.fleet.apply(update, on: hosts[host]) } }
            case .revived(let names):
                let revived = names.compactMap { name in hosts.firstIndex { $0.name == name } }
                for host in revived { tally.revive(hosts[host].name) }
                state.revive(revived)
            }
        }
        if state.machine.errorsCleared { batch.play.clear() }
        removeLost(state.machine)
    }

    // MARK: Telling

    private func removeLost(_ machine: PlayMachine) {
        for (index, progress) in machine.hosts.enumerated()
        where progress.standing == .failed || progress.standing == .unreachable {
            batch.play.remove(hosts[index].name)
        }
    }

    private func announce(_ context: TaskContext) {
        guard !context.task.isMeta else { return }
        var header = context.header
        header.isInStep = policy.strategy == .linear
        batch.events.emit(.taskStarted(header))
    }

    private func tellWhatIsWaitedFor(_ atWork: [(host: String, task: PlannedTask)]) {
        let waiting = atWork.filter { batch.library.type(named: $0.task.definition.module.name)?.isSafeToEnd == false }
            .sorted { $0.host < $1.host }
        let names = waiting.map { batch.text($0.host) }
        let ended: RedactedText =
            atWork.count > waiting.count
            ? "what runs on \(atWork.count - waiting.count) \(atWork.count - waiting.count == 1 ? "host" : "hosts") will be stopped in \(StopRequest.patience.components.seconds) seconds; a command or script that is stopped counts as failed when the run is resumed, or is run again by resume --rerun-interrupted"
            : "nothing new is begun"
        guard let first = waiting.first?.task else {
            batch.events.emit(.stopping("stopping: \(ended); Ctrl-C again leaves it running"))
            return
        }
        let shown = names.prefix(5).joined(separator: ", ")
        let more: RedactedText = names.count > 5 ? " and \(names.count - 5) more" : ""
        batch.events.emit(
            .stopping(
                "stopping: \(ended); waiting for '\(batch.text(first.title))' on \(shown)\(more), which must not be interrupted; Ctrl-C again leaves it running"
            ))
    }
}
