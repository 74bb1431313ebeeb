import Engine
import Playbook

/// What a batch of hosts may do, by the book: it is told of every action of the machine and every ending, and objects.
struct NaiveBatch {
    private let policy: PlayMachine.Policy
    private(set) var hosts: [NaiveHost]
    private(set) var atWork: [Int: TaskReference] = [:]
    private(set) var hasConcluded = false
    private var isStopped = false, isOver = false, hadTooManyFailures = false
    private var announced: Set<TaskReference> = []
    /// Stopped for others' sake when their task has ended.
    private var condemned: Set<Int> = []
    /// Linear: hosts of the present step that have not begun it.
    private var step: (task: TaskReference, toBegin: [Int], members: [Int], failed: Set<Int>)?
    /// Free: since when a host waits for its turn; nil before its first task.
    private var waitingSince: [Int: Int] = [:]
    private var clock = 0
    private(set) var awaitedShare: (from: Int, others: [Int])?

    init(_ play: SimulatedPlay, hosts: Int, policy: PlayMachine.Policy) {
        self.policy = policy
        self.hosts = Array(repeating: NaiveHost(play), count: hosts)
        openStep()
    }

    // MARK: What the machine does

    mutating func announces(_ task: TaskReference) throws(Violation) {
        if policy.strategy == .linear {
            try require(
                step?.task == task && step?.toBegin == step?.members && !announced.contains(task),
                "announces \(task) at a wrong time")
            announced = [task]
        } else {
            try require(announced.insert(task).inserted, "announces \(task) twice")
        }
    }

    mutating func begins(_ host: Int, _ task: TaskReference, rescues: Bool) throws(Violation) {
        try require(!hasConcluded, "begins after the end")
        try require(atWork[host] == nil, "host \(host) gets \(task) while it is at work")
        guard case .next(let due, _, let isRescued) = hosts[host].outlook else {
            throw Violation("host \(host) gets \(task), but is \(hosts[host].outlook)")
        }
        try require(due == task, "host \(host) gets \(task) instead of \(due)")
        try require(isRescued == rescues, "host \(host), \(task): a failure is \(isRescued ? "" : "not ")rescued")
        try require(announced.contains(task), "\(task) was not announced")
        let startable = startable
        try require(
            startable.contains(host),
            "host \(host) gets \(task) although \(isStopped || isOver ? "all was stopped" : "limits or its step forbid it")"
        )
        switch policy.strategy {
        case .linear: break
        case .free:
            let longest = startable.map { waitingSince[$0] ?? -1 }.min() ?? 0
            try require(
                (waitingSince[host] ?? -1) == longest, "host \(host) gets its turn before others that wait for longer")
        case .hostPinned:
            try require(
                waitingSince[host] != nil || !startable.contains { waitingSince[$0] != nil },
                "host \(host) begins its play while a pinned host waits")
        }
        atWork[host] = task
        step?.toBegin.removeAll { $0 == host }
        if policy.strategy == .linear, policy.runOnce.contains(task) { step?.toBegin = [] }
    }

    mutating func shares(from host: Int, with others: [Int]) throws(Violation) {
        try require(
            awaitedShare.map { $0.from == host && $0.others == others } ?? false,
            "shares \(host)'s result with \(others)")
        awaitedShare = nil
    }

    mutating func concludes() throws(Violation) {
        try require(!hasConcluded, "concludes twice")
        try require(atWork.isEmpty, "concludes while \(atWork.keys.sorted()) are at work")
        hasConcluded = true
    }

    /// After the actions that an event gave: nothing that could go on stands still.
    func rests() throws(Violation) {
        try require(awaitedShare == nil, "a result was not shared")
        try require(startable.isEmpty, "hosts \(startable) could go on, but wait")
        try require(
            hasConcluded == atWork.isEmpty, hasConcluded ? "concluded too early" : "nothing runs, nothing concluded")
    }

    // MARK: What happens

    mutating func stops() {
        isStopped = true
    }

    mutating func ends(_ host: Int, _ ending: TaskOutcome.Kind, notified: [Int]) {
        guard let task = atWork.removeValue(forKey: host) else { return }
        clock += 1
        waitingSince[host] = clock
        if ending == .interrupted { isStopped = true } else { hosts[host].befalls(.ended(ending, notified: notified)) }
        let isFailure = ending == .failed || ending == .unreachable
        if isFailure { step?.failed.insert(host) }
        if policy.strategy == .linear, policy.runOnce.contains(task), ending != .interrupted,
            let members = step?.members
        {
            let others = members.filter { $0 != host && hosts[$0].outlook.task == task }
            for other in others {
                hosts[other].befalls(.ended(ending == .unreachable ? .failed : ending, notified: []))
                if isFailure { step?.failed.insert(other) }
            }
            if ending == .done { awaitedShare = (host, others) }
        }
        if condemned.remove(host) != nil, !isFailure, hosts[host].outlook.task != nil {
            hosts[host].befalls(.failedWithOthers)
        }
        if policy.strategy != .linear { applyLimits(sparing: isFailure ? [host] : []) }
        if ending == .endPlay || ending == .endBatch { isOver = true }
        if isOver {
            for other in hosts.indices where atWork[other] == nil && hosts[other].outlook.task != nil {
                hosts[other].befalls(.sentAway)
            }
        }
        if policy.strategy == .linear, atWork.isEmpty, step?.toBegin.isEmpty ?? true || isOver, !isStopped {
            applyLimits(sparing: step?.failed ?? [])
            openStep()
        }
    }

    private mutating func openStep() {
        guard policy.strategy == .linear else { return }
        announced = []
        let places = hosts.compactMap(\.outlook.place)
        guard let earliest = places.min() else {
            step = nil
            return
        }
        let members = hosts.indices.filter { hosts[$0].outlook.place == earliest }
        guard let task = hosts[members[0]].outlook.task else {
            step = nil
            return
        }
        step = (task, members, members, [])
    }

    private mutating func applyLimits(sparing failed: Set<Int>) {
        let share = Double(hosts.count { $0.outlook == .failed }) / Double(hosts.count) * 100
        let tooMany = policy.maxFailPercentage.map { share > $0 && !hadTooManyFailures } ?? false
        guard policy.anyErrorsFatal && !failed.isEmpty || tooMany else { return }
        for other in hosts.indices
        where !failed.contains(other)
            && (hosts[other].outlook.task != nil || policy.strategy == .linear && hosts[other].outlook == .finished)
        {
            // It stops the others once; their rescue sections are not stopped again.
            if tooMany { hadTooManyFailures = true }
            if atWork[other] != nil { condemned.insert(other) } else { hosts[other].befalls(.failedWithOthers) }
        }
    }

    /// Hosts that the rules would let begin their next task now.
    private var startable: [Int] {
        guard !isStopped, atWork.count < policy.forks else { return [] }
        let candidates: [Int]
        if policy.strategy == .linear {
            guard let step else { return [] }
            candidates = policy.runOnce.contains(step.task) ? Array(step.toBegin.prefix(1)) : step.toBegin
        } else {
            candidates = Array(hosts.indices)
        }
        return candidates.filter { host in
            guard atWork[host] == nil, let task = hosts[host].outlook.task else { return false }
            return policy.throttle[task].map { limit in atWork.values.count { $0 == task } < limit } ?? true
        }
    }
}
