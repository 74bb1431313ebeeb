import DequeModule
import Playbook
import Templating
import YAML

/// What the hosts of one batch do, and when: strategies, the limit on hosts at work, failure limits, run_once. A value:
/// endings of tasks in, actions out, no I/O.
///
/// - linear: a task is given to every host that stands at it, and the next one when all have ended.
/// - free: every host goes on by itself; hosts take turns when there are more of them than forks.
/// - host_pinned: as free, but a host that has begun keeps its turn until its play is over.
package struct PlayMachine: Sendable {
    package enum Action: Sendable, Equatable {
        /// The task begins for the batch (linear) or for the first host that came to it.
        case announce(TaskReference)
        /// `rescues`: whether a failure of it is caught by a rescue section.
        case run(host: Int, TaskReference, rescues: Bool)
        /// The result of a run_once task counts for these hosts, too.
        case share(from: Int, with: [Int])
        /// Nothing is left to do. Comes once, after the last ending.
        case conclude
    }
    package struct Policy: Sendable {
        package var strategy: Play.Strategy
        /// How many hosts are at work at once, at most.
        package var forks: Int
        package var anyErrorsFatal: Bool
        /// More failed hosts than this share of the batch, in percent, end the play.
        package var maxFailPercentage: Double?
        /// Tasks of which the first host's result counts for all (linear only).
        package var runOnce: Set<TaskReference> = []
        /// Tasks that the first host runs for the batch, and of which the others get no result: `add_host`.
        package var once: Set<TaskReference> = []
        /// Tasks of which a failure ends the play for all hosts.
        package var fatal: Set<TaskReference> = []
        /// A lower limit than `forks`, for one task.
        package var throttle: [TaskReference: Int] = [:]
        /// Tasks of which `run_once`, `any_errors_fatal` or `throttle` is a template: a host says what it gives.
        package var late = Late()
        package struct Late: Sendable {
            package var runOnce: Set<TaskReference> = [], fatal: Set<TaskReference> = [],
                throttle: Set<TaskReference> = []
        }

        package init(
            strategy: Play.Strategy = .linear, forks: Int, anyErrorsFatal: Bool = false,
            maxFailPercentage: Double? = nil
        ) {
            self.strategy = strategy
            self.forks = forks
            self.anyErrorsFatal = anyErrorsFatal
            self.maxFailPercentage = maxFailPercentage
        }
    }
    package enum FailureLimit: Sendable, Equatable { case anyErrorsFatal, maxFailPercentage }

    package private(set) var hosts: [HostProgress]
    /// Set when hosts that had not failed themselves were stopped.
    package private(set) var reachedLimit: FailureLimit?
    /// `meta: end_play` came by.
    package private(set) var playEnded = false
    /// `meta: clear_host_errors` came by.
    package private(set) var errorsCleared = false
    /// Grows by what hosts include.
    package private(set) var program: PlayProgram
    private var policy: Policy
    /// Hosts that wait for their turn.
    private var waiting: Deque<Int> = []
    private var running: Set<Int> = []
    private var runningByTask: [TaskReference: Int] = [:]
    /// Linear: the hosts of the present step, and those that failed in it.
    private var step: Step?
    private var announced: Set<TaskReference> = []
    private var failedCount = 0
    /// Hosts that were at work when a limit stopped the others.
    private var stopsAfterTask: [Int: FailureLimit] = [:]
    private var isStopping = false
    /// `meta: end_batch` or `end_play` came by: what runs ends its task, and nothing follows.
    private var isEnding = false
    private var hasConcluded = false
    /// What the template of a task's keyword gives on a host; nil where it can't be rendered, which the task reports.
    package typealias Answer = @Sendable (_ keyword: Located<Value>, _ task: PlannedTask, _ host: Int) -> Value?
    private let answer: Answer

    private struct Step: Sendable {
        let task: TaskReference
        let members: [Int]
        /// The first host's result counts for all.
        let isOnce: Bool
        var failed: Set<Int> = []
    }

    package init(_ program: PlayProgram, hosts: Int, policy: Policy, answer: @escaping Answer = { _, _, _ in nil }) {
        self.program = program
        self.answer = answer
        self.policy = policy
        self.hosts = Array(repeating: HostProgress(in: program), count: hosts)
        if policy.strategy != .linear { waiting = Deque(0..<hosts) }
    }

    package mutating func start() -> [Action] { advance() }

    /// Gives out nothing more; concludes when what runs has ended.
    package mutating func stop() -> [Action] {
        isStopping = true
        waiting.removeAll()
        return advance()
    }

    /// A task has ended on a host; `hasRun` is whether it was more than skipped, `notified` are handlers (by number) that
    /// it notified, `included` is what it has brought in.
    package mutating func ended(
        _ host: Int, _ kind: TaskOutcome.Kind, hasRun: Bool = true, notified: [Int] = [], included: [Included] = []
    ) -> [Action] {
        guard running.remove(host) != nil, let task = hosts[host].next else { return [] }
        runningByTask[task, default: 1] -= 1
        if kind == .interrupted {
            isStopping = true
            waiting.removeAll()
        }
        var actions: [Action] = []
        let inclusions = included.map { include($0, by: task) }
        apply(kind, hasRun, notified, inclusions, on: host)
        if step?.isOnce == true {
            actions += share(kind, hasRun, of: task, from: host)
        }
        let failed = kind == .failed || kind == .unreachable
        if failed { step?.failed.insert(host) }
        if policy.strategy != .linear {
            if let limit = stopsAfterTask.removeValue(forKey: host), !failed { fail(host, for: limit) }
            applyLimits(after: failed ? [host] : [], of: task)
        }
        if kind == .clearHostErrors {
            errorsCleared = true
            failedCount = 0
            for host in hosts.indices { hosts[host].clearErrors() }
        }
        if kind == .endPlay { playEnded = true }
        if kind == .endPlay || kind == .endBatch { isEnding = true }
        if isEnding { endAll() }
        if policy.strategy != .linear, hosts[host].next != nil, !isStopping {
            if policy.strategy == .hostPinned { waiting.prepend(host) } else { waiting.append(host) }
        }
        return actions + advance()
    }

    /// Hosts that have failed or were lost go on at the task where that happened; with linear strategy when what runs
    /// has ended.
    mutating func revive(_ failed: [Int]) -> [Action] {
        let failed = failed.filter { hosts[$0].standing == .failed || hosts[$0].standing == .unreachable }
        guard !failed.isEmpty else { return [] }
        for host in failed {
            if hosts[host].standing == .failed { failedCount -= 1 }
            hosts[host].revive(in: program)
            step?.failed.remove(host)
            if policy.strategy != .linear, hosts[host].next != nil { waiting.append(host) }
        }
        reachedLimit = nil
        hasConcluded = false
        return advance()
    }

    private mutating func include(_ included: Included, by task: TaskReference) -> Int {
        let first = (task: program.tasks.count, handler: program.handlers.count)
        let number = program.include(included, by: task)
        let fresh =
            (first.task..<program.tasks.count).map { TaskReference.task($0) }
            + (first.handler..<program.handlers.count).map { .handler($0) }
        policy.apply(fresh, of: program)
        return number
    }

    private mutating func apply(
        _ kind: TaskOutcome.Kind, _ hasRun: Bool, _ notified: [Int], _ inclusions: [Int], on host: Int
    ) {
        hosts[host].notify(notified)
        hosts[host].finish(kind, hasRun: hasRun, including: inclusions, in: program)
        if hosts[host].standing == .failed { failedCount += 1 }
    }

    /// A run_once task has ended: the other hosts of the step go the same way. One that was unreachable takes only
    /// itself away.
    private mutating func share(
        _ kind: TaskOutcome.Kind, _ hasRun: Bool, of task: TaskReference, from host: Int
    ) -> [Action] {
        guard let others = step?.members.filter({ $0 != host && hosts[$0].next == task }), kind != .interrupted else {
            return []
        }
        for other in others {
            if kind == .failed || kind == .unreachable { step?.failed.insert(other) }
            // The handlers that it notifies, and what an include brings in, are for the one host.
            apply(kind == .unreachable ? .failed : kind, hasRun, [], [], on: other)
        }
        return kind == .done && !policy.once.contains(task) ? [.share(from: host, with: others)] : []
    }

    private mutating func advance() -> [Action] {
        var actions: [Action] = []
        if policy.strategy == .linear, running.isEmpty, waiting.isEmpty, !isStopping { actions += beginStep() }
        actions += fill()
        if running.isEmpty, waiting.isEmpty, !hasConcluded {
            hasConcluded = true
            actions.append(.conclude)
        }
        return actions
    }

    /// Linear: everyone has ended the last task; those who stand earliest in the program go on.
    private mutating func beginStep() -> [Action] {
        if let step { applyLimits(after: step.failed, of: step.task) }
        step = nil
        let going = hosts.indices.filter { hosts[$0].next != nil }
        guard let earliest = going.map({ hosts[$0].position }).min() else { return [] }
        let members = going.filter { hosts[$0].position == earliest }
        guard let first = members.first, let task = hosts[first].next else { return [] }
        let isOnce = policy.runOnce.contains(task) || says(task, \.runOnce, on: first, among: policy.late.runOnce)
        step = Step(task: task, members: members, isOnce: isOnce)
        waiting = isOnce ? [first] : Deque(members)
        return [.announce(task)]
    }

    /// Gives waiting hosts their tasks, as far as the limits let it.
    private mutating func fill() -> [Action] {
        var actions: [Action] = []
        var passedOver: [Int] = []
        while running.count < policy.forks, let host = waiting.popFirst() {
            guard let task = hosts[host].next else { continue }
            if let limit = throttle(of: task, on: host), runningByTask[task, default: 0] >= limit {
                passedOver.append(host)
                continue
            }
            if policy.strategy != .linear, announced.insert(task).inserted { actions.append(.announce(task)) }
            running.insert(host)
            runningByTask[task, default: 0] += 1
            actions.append(.run(host: host, task, rescues: hosts[host].isRescuing(in: program)))
        }
        for host in passedOver.reversed() { waiting.prepend(host) }
        return actions
    }

    private func says(
        _ task: TaskReference, _ keyword: KeyPath<TaskKeywords, Located<Value>?>, on host: Int,
        among late: Set<TaskReference>
    ) -> Bool {
        guard late.contains(task), let value = program[task].keywords[keyPath: keyword] else { return false }
        return answer(value, program[task], host).flatMap(ArgumentBinder.bool) ?? false
    }

    private func throttle(of task: TaskReference, on host: Int) -> Int? {
        if let limit = policy.throttle[task] { return limit }
        guard policy.late.throttle.contains(task), let value = program[task].keywords.throttle,
            let limit = answer(value, program[task], host).flatMap(PlayProgram.count)
        else { return nil }
        return limit >= 1 ? limit : nil
    }

    private mutating func applyLimits(after failed: Set<Int>, of task: TaskReference) {
        let isFatal =
            policy.anyErrorsFatal || policy.fatal.contains(task)
            || (step?.members ?? Array(failed)).contains {
                says(task, \.anyErrorsFatal, on: $0, among: policy.late.fatal)
            }
        if isFatal, !failed.isEmpty {
            stop(for: .anyErrorsFatal, except: failed)
        } else if let limit = policy.maxFailPercentage, reachedLimit == nil, failedCount > 0,
            Double(failedCount) / Double(hosts.count) * 100 > limit
        {
            stop(for: .maxFailPercentage, except: failed)
        }
    }

    /// Fails the hosts that have not failed by themselves; those at work end their task first. Rescue sections may
    /// still save them.
    private mutating func stop(for limit: FailureLimit, except failed: Set<Int>) {
        for host in hosts.indices where canFail(host) && !failed.contains(host) {
            if limit == .maxFailPercentage { reachedLimit = limit }
            if running.contains(host) { stopsAfterTask[host] = limit } else { fail(host, for: limit) }
        }
    }

    private mutating func fail(_ host: Int, for limit: FailureLimit) {
        guard canFail(host) else { return }
        hosts[host].failWithOthers(in: program)
        if hosts[host].standing == .failed {
            failedCount += 1
            reachedLimit = limit
        }
    }

    /// Linear: a host that has nothing left to do has only ended the step before the others.
    private func canFail(_ host: Int) -> Bool {
        hosts[host].next != nil || policy.strategy == .linear && hosts[host].standing == .finished
    }

    private mutating func endAll() {
        waiting.removeAll()
        for host in hosts.indices where !running.contains(host) { hosts[host].end() }
    }
}

extension PlayMachine.Policy {
    /// What the keywords of tasks say of how they are given out.
    package mutating func apply(_ tasks: [TaskReference], of program: PlayProgram) {
        for reference in tasks {
            let keywords = program[reference].keywords
            func isLate(_ keyword: Located<Value>?) -> Bool { keyword.map { Templar.holdsTemplate($0.value) } ?? false }
            func holds(_ keyword: Located<Value>?) -> Bool {
                keyword.flatMap { ArgumentBinder.bool($0.value) } ?? false
            }
            if isLate(keywords.runOnce) { late.runOnce.insert(reference) }
            if isLate(keywords.anyErrorsFatal) { late.fatal.insert(reference) }
            if isLate(keywords.throttle) { late.throttle.insert(reference) }
            let isOnce = program[reference].runsOnce
            if isOnce { once.insert(reference) }
            if isOnce || holds(keywords.runOnce) { runOnce.insert(reference) }
            if holds(keywords.anyErrorsFatal) { fatal.insert(reference) }
            if let limit = (keywords.throttle?.value).flatMap(PlayProgram.count), limit >= 1 {
                throttle[reference] = limit
            }
        }
    }
}
