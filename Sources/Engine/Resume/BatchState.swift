import Playbook
import Runs

/// The machine of a batch with what has to be known beside it: the numbers of tasks, and what was given out and not
/// begun. A value: what is taken in may come
/// from hosts, or from the journal of an earlier process; it goes the same way.
package struct BatchState: Sendable {
    package struct Assignment: Sendable, Equatable {
        package let host: Int
        package let task: TaskReference
        /// Number of the task in the batch, from 1.
        package let number: Int
        package let rescues: Bool
    }
    /// The journal tells of tasks that this playbook does not have there.
    package struct Mismatch: Error, Sendable {
        /// Place of the host in the batch.
        let host: Int
        /// What the host would do now; nil for nothing.
        let expected: TaskReference?
    }

    package private(set) var machine: PlayMachine
    /// Nothing is left to do.
    package private(set) var isOver = false
    /// How many tasks the batch has had so far.
    private(set) var taskCount = 0
    private var numbers: [TaskReference: Int] = [:]
    /// What was given out, and neither taken nor ended.
    package private(set) var due: [Assignment] = []

    package init(_ machine: PlayMachine) {
        self.machine = machine
        _ = apply(self.machine.start())
    }

    /// What is to be begun.
    package mutating func dequeueDue() -> [Assignment] {
        defer { due = [] }
        return due
    }

    /// - Returns: the hosts that share a `run_once` task's result.
    package mutating func ended(_ host: Int, _ outcome: TaskOutcome) -> [Int] {
        apply(
            machine.ended(
                host, outcome.kind, hasRun: outcome.hasRun, notified: outcome.notified, included: outcome.included))
    }

    package mutating func stop() { _ = apply(machine.stop()) }

    /// Stops, and drops what is due but for what an earlier process has begun.
    package mutating func stop(sparing hasBegun: (Assignment) -> Bool) {
        stop()
        let dropped = due.filter { !hasBegun($0) }
        due.removeAll { !hasBegun($0) }
        for assignment in dropped { _ = ended(assignment.host, TaskOutcome(.interrupted)) }
    }

    // MARK: From the journal

    /// A task that ended in an earlier process.
    /// - Parameter include: reads again what the task, an include, has brought in.
    /// - Returns: as `ended`.
    package mutating func recall(
        _ ended: JournalEntry.Ending, including include: (PlannedTask) -> [Included]? = { _ in [] }
    ) throws(Mismatch) -> [Int] {
        let host = ended.place.host
        guard let index = due.firstIndex(where: { $0.host == host }), due[index].number == ended.place.task,
            ended.mark == TaskMemory.mark(of: machine.program[due[index].task]),
            let kind = TaskOutcome.Kind(word: ended.ending)
        else {
            throw Mismatch(host: host, expected: machine.hosts.indices.contains(host) ? machine.hosts[host].next : nil)
        }
        guard let included = include(machine.program[due[index].task]) else {
            throw Mismatch(host: host, expected: due[index].task)
        }
        due.remove(at: index)
        return self.ended(
            host,
            TaskOutcome(
                kind, status: ended.status.flatMap(RunEvent.Outcome.Status.init(rawValue:)),
                notified: ended.notified.filter(machine.program.handlers.indices.contains), included: included))
    }

    /// Hosts that have failed go on from the task that failed.
    mutating func revive(_ hosts: [Int]) {
        isOver = false
        _ = apply(machine.revive(hosts))
    }

    private mutating func apply(_ actions: [PlayMachine.Action]) -> [Int] {
        var sharers: [Int] = []
        for action in actions {
            switch action {
            case .announce(let reference):
                taskCount += 1
                numbers[reference] = taskCount
            case .run(let host, let reference, let rescues):
                due.append(Assignment(host: host, task: reference, number: numbers[reference] ?? 0, rescues: rescues))
            case .share(_, let hosts): sharers += hosts
            case .conclude: isOver = true
            }
        }
        return sharers
    }
}
