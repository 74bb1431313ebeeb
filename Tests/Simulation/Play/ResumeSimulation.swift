import Engine
import Playbook
import Runs
import TestSupport

extension Scenario {
    /// Plays whose controller dies at any moment, and which another one resumes from the journal; a machine that loses
    /// power also loses the journal's end.
    static let resume = Scenario(name: "resume") { random, trace in
        let play = SimulatedPlay(&random)
        let policy = PlayMachine.Policy.random(of: play.program, &random)
        trace.note("\(policy)")
        try ResumeSimulation(play, hosts: Int.random(in: 1...6, using: &random), policy: policy).run(&random, &trace)
    }
}

/// A batch that is begun again and again from the journal, beside a model that is told the same.
///
/// What ended on a host has ended: when the journal has lost that, it ends in the same way once more. Between the
/// processes the journal is bytes (`SimulatedJournal`).
private struct ResumeSimulation {
    private struct Execution: Hashable {
        let host: Int
        let task: TaskReference
        let time: Int
    }
    private let play: SimulatedPlay
    private let hosts: Int
    private let policy: PlayMachine.Policy
    private var state: BatchState
    private var model: NaiveBatch
    /// What was written down, and not lost.
    private var journal: [JournalEntry.Ending] = []
    private var file = SimulatedJournal()
    private var outcomes: [Execution: TaskOutcome] = [:]
    /// Numbers of tasks that were given out.
    private var numbers: [Int: TaskReference] = [:]
    private var assigned: [Int: Int] = [:]

    init(_ play: SimulatedPlay, hosts: Int, policy: PlayMachine.Policy) {
        (self.play, self.hosts, self.policy) = (play, hosts, policy)
        state = BatchState(PlayMachine(play.program, hosts: hosts, policy: policy))
        model = NaiveBatch(play, hosts: hosts, policy: policy)
    }

    consuming func run(_ random: inout SeededGenerator, _ trace: inout Trace) throws {
        let failures = [0, 5, 25].randomElement(using: &random) ?? 0
        // Where others' failures stop a host in the middle of its play, what it does next depends on who was faster.
        let losesPower =
            random.chance(50)
            && (policy.strategy == .linear || (!policy.anyErrorsFatal && policy.maxFailPercentage == nil))
        file.open()
        try begin(&trace)
        var steps = 0
        while !model.hasConcluded {
            steps += 1
            try require(steps < 5000, "no end in sight")
            if random.chance(8) {
                let lost = losesPower ? Int.random(in: 0...min(4, journal.count), using: &random) : 0
                trace.note(lost > 0 ? "power is lost, and with it the last \(lost) entries" : "killed")
                try die(losing: lost, &random, &trace)
                continue
            }
            guard let host = model.atWork.keys.sorted().randomElement(using: &random), let task = model.atWork[host],
                let number = assigned[host]
            else { break }
            let execution = Execution(
                host: host, task: task, time: journal.count { $0.place.host == host && numbers[$0.place.task] == task })
            let end = outcomes[execution] ?? Self.ending(of: task, in: play, failures, &random)
            outcomes[execution] = end
            trace.note("host \(host): \(task) ends: \(end.kind), notifies \(end.notified)")
            let entry = JournalEntry.Ending(
                place: TaskID(batch: 1, host: host, task: number), ending: end.kind.word, status: nil, changed: false,
                notified: end.notified,
                mark: TaskMemory.mark(of: play.program[task]), learned: nil)
            journal.append(entry)
            file.append(entry)
            _ = state.dequeueDue()
            try apply(entry, end.kind, &trace) { state in state.ended(host, end) }
        }
        for (index, host) in state.machine.hosts.enumerated() {
            try require(
                host.standing.matches(model.hosts[index].outlook),
                "host \(index) is \(host.standing), should be \(model.hosts[index].outlook)")
        }
    }

    private static func ending(
        of task: TaskReference, in play: SimulatedPlay, _ failures: Int, _ random: inout SeededGenerator
    ) -> TaskOutcome {
        if random.chance(failures) { return .init(random.chance(10) ? .unreachable : .failed) }
        if case .task(let number) = task, let meta = play.metas[number], random.chance(80) { return .init(meta) }
        return .init(
            .done, notified: random.chance(40) ? (0..<play.handlerCount).filter { _ in random.chance(40) } : [])
    }

    /// Another process takes in the journal: it has to come to what the dead one was at.
    private mutating func die(losing lost: Int, _ random: inout SeededGenerator, _ trace: inout Trace) throws {
        let before = (atWork: model.atWork, assigned: assigned)
        journal.removeLast(lost)
        file.tear(losing: lost, &random)
        let entries = try file.read()
        try require(entries == journal, "the journal is read as \(entries), should be \(journal)")
        file.open()
        state = BatchState(PlayMachine(play.program, hosts: hosts, policy: policy))
        model = NaiveBatch(play, hosts: hosts, policy: policy)
        (numbers, assigned) = ([:], [:])
        try begin(&trace)
        for entry in entries {
            let task = numbers[entry.place.task]
            try require(
                task.map { entry.mark == TaskMemory.mark(of: play.program[$0]) } ?? false,
                "task \(entry.place.task) is another one now: \(task.map { "\($0)" } ?? "none")")
            guard let ending = Self.endings.first(where: { $0.word == entry.ending }) else {
                throw Violation("no ending is called \(entry.ending)")
            }
            try apply(entry, ending, &trace) { state throws in try state.recall(entry) }
        }
        guard lost == 0 else { return }
        try require(model.atWork == before.atWork, "was at \(before.atWork), is at \(model.atWork)")
        for host in model.atWork.keys {
            try require(assigned[host] == before.assigned[host], "host \(host)'s task has another number")
        }
    }

    private static let endings: [TaskOutcome.Kind] = [
        .done, .failed, .unreachable, .endHost, .endBatch, .endPlay, .flushHandlers,
    ]

    private mutating func apply(
        _ entry: JournalEntry.Ending, _ ending: TaskOutcome.Kind, _ trace: inout Trace,
        _ ended: (inout BatchState) throws -> [Int]
    ) throws {
        let sharers: [Int]
        do { sharers = try ended(&state) } catch { throw Violation("the journal's \(entry) is not taken in: \(error)") }
        model.ends(entry.place.host, ending, notified: entry.notified)
        assigned[entry.place.host] = nil
        if model.awaitedShare != nil || !sharers.isEmpty { try model.shares(from: entry.place.host, with: sharers) }
        try begin(&trace)
    }

    /// What the batch has given out begins.
    private mutating func begin(_ trace: inout Trace) throws {
        for assignment in state.due where model.atWork[assignment.host] == nil {
            if numbers[assignment.number] == nil { try model.announces(assignment.task) }
            numbers[assignment.number] = assignment.task
            assigned[assignment.host] = assignment.number
            trace.note("  \(assignment)")
            try model.begins(assignment.host, assignment.task, rescues: assignment.rescues)
        }
        if state.isOver { try model.concludes() }
        try model.rests()
    }
}
