import TestSupport
import Testing
import YAML

@testable import Scheduler

/// Random jobs, ends of runs, sleeps, clocks that are set, daemons that are killed between deciding and writing or
/// writing and doing: against a model that knows seconds alone.
@Suite struct ScheduleSimulationTests {
    /// What has been written, and what runs: all that survives a daemon.
    private struct World {
        var tracks: [String: JobTrack] = [:], fires: [String: Fire] = [:]
        /// Runs by id: how often their process was begun anew, and whether one lives.
        var begun: [String: Int] = [:], alive: Set<String> = []
        var log: [String] = []

        mutating func write(_ actions: [ScheduleMachine.Action]) {
            for action in actions {
                if case .save(let fire) = action { fires[fire.id] = fire }
                if case .track(let name, let track) = action { tracks[name] = track }
            }
        }
        func machine() -> ScheduleMachine {
            let handled = Dictionary(grouping: fires.values.filter { $0.cause != .manual }, by: \.job).mapValues {
                $0.map(\.due)
            }
            return ScheduleMachine(
                tracks: tracks,
                fires: fires.values.filter { $0.state != .ended }.sorted { ($0.due, $0.id) < ($1.due, $1.id) },
                handled: handled)
        }
    }

    @Test func `no time is lost or begun twice`() async throws {
        try await sideBySide(Array(0..<45)) { try simulate(seed: $0) }
    }

    private func simulate(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed), stream: "schedule")
        let catchUp = ["once", "all", "none"][seed % 3]
        let overlap = ["skip", "queue", "replace"][seed / 3 % 3]
        let when = ["every: 10s", "every: 7s", "cron: \"* * * * *\"", "every: 45s", "every: 2s"][seed / 9 % 5]
        let schedule = try Schedule.parse(
            Array(
                "jobs: {a: {\(when), playbook: /dev/null, catch_up: \(catchUp), overlap: \(overlap), retries: 1, retry_delay: 3s}}"
                    .utf8), path: "jobs.yml")
        let trigger = try #require(schedule["a"]).trigger
        var world = World()
        var machine = world.machine()
        var now = try moment("2026-03-28T23:50:00Z")
        // Seconds that a daemon has seen, each at its first time. A second that nobody has seen is missed.
        var seen: Set<Moment> = []
        var latest = now
        var earliest = now
        var wasSetBack = false

        func act(_ actions: [ScheduleMachine.Action]) {
            for case .start(let fire) in actions {
                guard let run = fire.run else {
                    Issue.record("seed \(seed): \(fire.id) is begun without a run")
                    continue
                }
                if world.alive.contains(run) {
                    Issue.record("seed \(seed): \(fire.id): a second process for run \(run)")
                }
                if fire.start == .begin, world.begun[run] != nil {
                    Issue.record("seed \(seed): \(fire.id): run \(run) is begun twice")
                }
                if world.fires[fire.id]?.run != run {
                    Issue.record("seed \(seed): \(fire.id) is begun before it is written down")
                }
                if world.fires.values.contains(where: { $0.id != fire.id && $0.run.map(world.alive.contains) == true })
                {
                    Issue.record("seed \(seed): \(fire.id) beside another one")
                }
                world.begun[run, default: 0] += 1
                world.alive.insert(run)
            }
        }
        func step(_ event: ScheduleMachine.Event) {
            let actions = machine.step(event, at: now)
            // Killed before it has written, before it has done it, or not at all.
            switch Int.random(in: 0..<100, using: &random) {
            case 0: restart()
            case 1:
                world.write(actions)
                restart()
            default:
                world.write(actions)
                act(actions)
            }
        }
        func restart() {
            machine = world.machine()
            for event in [ScheduleMachine.Event.loaded(schedule.jobs)]
                + machine.running.compactMap({ fire in
                    // The driver looks at each run that was written down.
                    guard let run = fire.run, !world.alive.contains(run) else { return nil }
                    return .ended(fire: fire.id, world.begun[run] == nil ? .notBegun : .cutOff)
                })
            {
                let actions = machine.step(event, at: now)
                world.write(actions)
                act(actions)
            }
        }

        restart()
        for _ in 0..<1000 {
            switch Int.random(in: 0..<200, using: &random) {
            case 0: now = now + random.magnitude(upTo: 4000)
            case 1:
                now = now - random.magnitude(upTo: 300)
                wasSetBack = true
            default: now = now + 1
            }
            (latest, earliest) = (max(latest, now), min(earliest, now))
            seen.insert(now)
            step(.tick)
            for fire in machine.running where random.chance(12) {
                guard let run = fire.run, world.alive.remove(run) != nil else { continue }
                step(
                    .ended(
                        fire: fire.id,
                        [.exited(0), .exited(0), .exited(0), .exited(2), .cutOff].randomElement(using: &random)
                            ?? .exited(0)))
            }
            // The driver notices the end of what a killed one began.
            for fire in machine.running {
                if let run = fire.run, !world.alive.contains(run) { step(.ended(fire: fire.id, .cutOff)) }
            }
        }

        // The naive model: second by second, was it a time of the job?
        var times: [Moment] = []
        var next = earliest
        while let due = trigger.next(after: next), due <= latest {
            times.append(due)
            next = due
        }
        let known = Set(world.fires.values.filter { $0.cause != .manual }.map(\.due))
        #expect(
            known.isSubset(of: times),
            "seed \(seed): fires at times that are none: \(known.subtracting(times).sorted())")
        let covered = world.fires.values.reduce(0) { $0 + 1 + $1.missed }
        // What was passed over comes again when the clock is set back, and counts then.
        if !wasSetBack { #expect(covered <= times.count, "seed \(seed): each time is stood for once") }
        for due in times where seen.contains(due) && !known.contains(due) {
            // It was seen in its second: only a later one that came at once may stand for it.
            let later = world.fires.values.filter { $0.due > due && $0.missed > 0 }.map(\.due).min()
            if later == nil { Issue.record("seed \(seed): \(due) was seen and has no fire") }
        }
        let ended = world.fires.values.filter { $0.state == .ended }
        #expect(ended.count >= known.count - ScheduleMachine.queueLimit - 2, "seed \(seed)")
    }

    /// Without faults the outcome is exactly that of a loop over seconds.
    @Test(arguments: 0..<30)
    func `as a loop over seconds would do it`(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed), stream: "seconds")
        let overlap = ["skip", "queue", "replace"][seed % 3]
        let period = [5, 9, 20][seed / 3 % 3]
        let schedule = try Schedule.parse(
            Array("jobs: {a: {every: \(period)s, playbook: /dev/null, overlap: \(overlap)}}".utf8), path: "jobs.yml")
        var machine = ScheduleMachine()
        var begun: [Int] = []
        var expected: [Int] = []
        let durations = (0..<2000).map { _ in Int.random(in: 1...(period * 2), using: &random) }
        var endsAt: Int?
        var count = 0
        _ = machine.step(.loaded(schedule.jobs), at: Moment(1_000_000))
        for second in 1_000_001..<1_002_000 {
            func take(_ actions: [ScheduleMachine.Action]) {
                for action in actions {
                    if case .start = action {
                        begun.append(second)
                        endsAt = second + durations[count]
                        count += 1
                    }
                    if case .signal = action { endsAt = second + 1 }
                }
            }
            if endsAt == second, let fire = machine.running.first {
                endsAt = nil
                take(machine.step(.ended(fire: fire.id, .exited(0)), at: Moment(second)))
            }
            take(machine.step(.tick, at: Moment(second)))
        }
        // The same in a dozen lines that know nothing of fires.
        var runsUntil: Int?
        var waiting = 0
        var number = 0
        for second in 1_000_001..<1_002_000 {
            if runsUntil == second { runsUntil = nil }
            if runsUntil == nil, waiting > 0 {
                waiting -= 1
                expected.append(second)
                runsUntil = second + durations[number]
                number += 1
            }
            if second % period == 0 {
                if runsUntil == nil {
                    expected.append(second)
                    runsUntil = second + durations[number]
                    number += 1
                } else if overlap == "queue" {
                    waiting = min(waiting + 1, ScheduleMachine.queueLimit)
                } else if overlap == "replace" {
                    waiting = 1
                    runsUntil = second + 1
                }
            }
        }
        #expect(begun == expected)
    }
}
