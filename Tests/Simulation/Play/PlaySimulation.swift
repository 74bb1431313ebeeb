import Engine
import Playbook
import TestSupport

extension Scenario {
    /// Plays of random shape over random batches: every order of endings, failures, losses, limits and stops.
    static let play = Scenario(name: "play") { random, trace in
        let play = SimulatedPlay(&random)
        let total = random.magnitude(upTo: 12)
        let sizes =
            random.chance(30)
            ? (0..<Int.random(in: 1...2, using: &random)).map { _ in Int.random(in: 0...5, using: &random) } : []
        let names = (0..<total).map { "host\($0)" }
        let batches = SerialBatches.cut(names, sizes: sizes)
        try checkBatches(batches, names, sizes)
        for batch in batches {
            let policy = PlayMachine.Policy.random(of: play.program, &random)
            trace.note("batch of \(batch.count): \(policy)")
            try BatchSimulation(play, hosts: batch.count, policy: policy).run(&random, &trace)
        }
    }

    /// Every host once, in its order, in batches of the sizes that were asked for, the last of them again and again.
    private static func checkBatches(_ batches: [[String]], _ names: [String], _ sizes: [Int]) throws(Violation) {
        try require(batches.flatMap(\.self) == names, "serial \(sizes) loses or moves hosts: \(batches)")
        var left = names.count
        for (index, batch) in batches.enumerated() {
            let wanted = sizes.isEmpty ? 0 : sizes[min(index, sizes.count - 1)]
            try require(
                batch.count == (wanted > 0 ? min(wanted, left) : left),
                "serial \(sizes): batch \(index) has \(batch.count) hosts")
            left -= batch.count
        }
    }
}

extension PlayMachine.Policy {
    static func random(of program: PlayProgram, _ random: inout SeededGenerator) -> Self {
        var policy = Self(
            strategy: [.linear, .linear, .free, .hostPinned].randomElement(using: &random) ?? .linear,
            forks: Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: policy.anyErrorsFatal = true
        case 1: policy.maxFailPercentage = [0, 20, 50].randomElement(using: &random)
        default: break
        }
        for reference in program.references {
            if random.chance(10) { policy.runOnce.insert(reference) }
            if random.chance(10) { policy.throttle[reference] = Int.random(in: 1...3, using: &random) }
        }
        return policy
    }
}

/// The machine and the model side by side, and a world that decides who ends next, and how.
private struct BatchSimulation {
    private let play: SimulatedPlay
    private var machine: PlayMachine
    private var model: NaiveBatch

    init(_ play: SimulatedPlay, hosts: Int, policy: PlayMachine.Policy) {
        self.play = play
        machine = PlayMachine(play.program, hosts: hosts, policy: policy)
        model = NaiveBatch(play, hosts: hosts, policy: policy)
    }

    consuming func run(_ random: inout SeededGenerator, _ trace: inout Trace) throws(Violation) {
        let failures = [0, 5, 25].randomElement(using: &random) ?? 0
        let losses = [0, 0, 5].randomElement(using: &random) ?? 0
        let stops = random.chance(10)
        try take(machine.start(), &trace)
        var steps = 0
        while !model.hasConcluded {
            steps += 1
            try require(steps < 5000, "no end in sight")
            if stops, random.chance(3) {
                trace.note("stop")
                model.stops()
                try take(machine.stop(), &trace)
                continue
            }
            guard let host = model.atWork.keys.sorted().randomElement(using: &random), let task = model.atWork[host]
            else { break }
            if random.chance(2), let idle = (0..<machine.hosts.count).first(where: { model.atWork[$0] == nil }) {
                let actions = machine.ended(idle, .done)
                try require(actions.isEmpty, "host \(idle), which was not at work, ended: \(actions)")
            }
            var ending = TaskOutcome.Kind.done
            if random.chance(failures) { ending = .failed } else if random.chance(losses) { ending = .unreachable }
            // A condition may keep a meta task from what it does.
            if case .task(let number) = task, let meta = play.metas[number], ending == .done, random.chance(80) {
                ending = meta
            }
            if stops, random.chance(5) { ending = .interrupted }
            let notified =
                random.chance(40) && ending == .done ? (0..<play.handlerCount).filter { _ in random.chance(40) } : []
            trace.note("host \(host): \(task) ends: \(ending)\(notified.isEmpty ? "" : ", notifies \(notified)")")
            model.ends(host, ending, notified: notified)
            try take(machine.ended(host, ending, notified: notified), &trace)
        }
        for (index, host) in machine.hosts.enumerated() {
            try require(
                host.standing.matches(model.hosts[index].outlook),
                "host \(index) is \(host.standing), should be \(model.hosts[index].outlook)")
        }
    }

    private mutating func take(_ actions: [PlayMachine.Action], _ trace: inout Trace) throws(Violation) {
        for action in actions {
            trace.note("  \(action)")
            switch action {
            case .announce(let task): try model.announces(task)
            case .run(let host, let task, let rescues): try model.begins(host, task, rescues: rescues)
            case .share(let from, let others): try model.shares(from: from, with: others)
            case .conclude: try model.concludes()
            }
        }
        try model.rests()
    }
}

extension HostProgress.Standing {
    func matches(_ outlook: NaiveHost.Outlook) -> Bool {
        switch (self, outlook) {
        case (.going, .next), (.finished, .finished), (.ended, .ended), (.failed, .failed),
            (.unreachable, .unreachable):
            true
        default: false
        }
    }
}
