import Testing
import YAML

@testable import Scheduler

/// A machine whose clock is moved by hand, and what it did.
private struct Bench {
    var machine = ScheduleMachine()
    var now: Moment
    private(set) var happened: [String] = []

    init(_ text: String, at start: String) throws {
        now = try moment(start)
        try load(text)
    }

    mutating func load(_ text: String) throws {
        let schedule = try Schedule.parse(
            Array(
                "windows: {nights: {from: \"22:00\", to: \"06:00\"}}\ndefaults: {playbook: /dev/null}\njobs:\n  \(text)\n"
                    .utf8), path: "jobs.yml")
        take(.loaded(schedule.jobs))
    }

    mutating func take(_ event: ScheduleMachine.Event) {
        for action in machine.step(event, at: now) {
            switch action {
            case .save(let fire) where fire.state == .ended:
                happened.append("\(short(fire)) \(fire.words)\(fire.missed > 0 ? " +\(fire.missed)" : "")")
            case .start(let fire):
                happened.append(
                    "\(short(fire)) \(fire.start.rawValue)\(fire.cause == .schedule ? "" : " \(fire.cause.rawValue)")\(fire.missed > 0 ? " +\(fire.missed)" : "")"
                )
            case .signal(let id, let signal):
                happened.append("\(id.split(separator: "T").last ?? "") \(signal.rawValue)")
            case .save, .track, .missed: break
            }
        }
    }

    private func short(_ fire: Fire) -> String { String(fire.id.split(separator: "T").last ?? "") }

    /// Time goes on; every second is seen.
    mutating func pass(_ seconds: Int) {
        for _ in 0..<seconds {
            now = now + 1
            take(.tick)
        }
    }
    /// The clock is at another time at once: sleep, or somebody set it.
    mutating func jump(_ seconds: Int) {
        now = now + seconds
        take(.tick)
    }

    mutating func end(_ code: Int) {
        if let fire = machine.running.first { take(.ended(fire: fire.id, .exited(code))) }
    }
    mutating func cutOff() { if let fire = machine.running.first { take(.ended(fire: fire.id, .cutOff)) } }
    mutating func since() -> [String] {
        defer { happened = [] }
        return happened
    }

    /// The daemon was killed, and another one begins with what was saved.
    mutating func restart(_ text: String) throws {
        machine = ScheduleMachine(tracks: machine.tracks, fires: machine.fires, handled: [:])
        try load(text)
    }
}

@Suite struct ScheduleMachineTests {
    @Test func `a job is begun when it is due, once`() throws {
        var bench = try Bench("a: {every: 1m}", at: "2026-01-01T00:00:30Z")
        bench.pass(29)
        #expect(bench.since() == [])
        bench.pass(1)
        #expect(bench.since() == ["00:01:00Z begin"])
        bench.end(0)
        bench.pass(59)
        #expect(bench.since() == ["00:01:00Z succeeded"])
        bench.pass(1)
        #expect(bench.since() == ["00:02:00Z begin"])
    }

    @Test func `jitter delays, by the same in every process`() throws {
        let text = "a: {every: 1h, jitter: 10m}"
        var bench = try Bench(text, at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        let fire = try #require(bench.machine.fires.first)
        #expect(fire.wait == .jitter && fire.notBefore > fire.due)
        try bench.restart(text)
        bench.pass(fire.notBefore - fire.due - 1)
        #expect(bench.since() == [])
        bench.pass(1)
        #expect(bench.since() == ["01:00:00Z begin"])
    }

    @Test(arguments: [
        ("skip", ["00:02:00Z skipped (overlap)", "00:03:00Z skipped (overlap)"], ["00:01:00Z succeeded"]),
        ("queue", [], ["00:01:00Z succeeded", "00:02:00Z begin"]),
        ("replace", ["00:01:00Z stop", "00:02:00Z skipped (overlap)"], ["00:01:00Z succeeded", "00:03:00Z begin"]),
    ])
    func `a job that still runs when it is due`(overlap: String, meanwhile: [String], after: [String]) throws {
        var bench = try Bench("a: {every: 1m, overlap: \(overlap)}", at: "2026-01-01T00:00:59Z")
        bench.pass(1)
        #expect(bench.since() == ["00:01:00Z begin"])
        bench.pass(119)
        if overlap == "replace" {
            bench.pass(1)
            #expect(bench.since().filter { !$0.hasSuffix("leave") } == meanwhile)
        } else {
            bench.pass(1)
            #expect(bench.since() == meanwhile)
        }
        bench.end(0)
        #expect(bench.since() == after)
    }

    @Test func `what does not stop is told again, and killed`() throws {
        var bench = try Bench("a: {every: 1h, timeout: 10m, retries: 3}", at: "2026-01-01T00:59:59Z")
        bench.pass(1 + 600)
        #expect(bench.since() == ["01:00:00Z begin", "01:00:00Z stop"])
        bench.pass(60)
        #expect(bench.since() == ["01:00:00Z leave"])
        bench.pass(60)
        #expect(bench.since() == ["01:00:00Z kill"])
        bench.cutOff()
        #expect(bench.since() == ["01:00:00Z timed-out"])
        #expect(bench.machine.isIdle)
    }

    @Test(arguments: [
        ("once", ["05:00:00Z begin catch-up +3"], []),
        ("none", ["05:00:00Z skipped (downtime) +3"], []),
        (
            "all", ["02:00:00Z begin catch-up"],
            [
                "02:00:00Z succeeded", "03:00:00Z begin catch-up", "03:00:00Z succeeded", "04:00:00Z begin catch-up",
                "04:00:00Z succeeded", "05:00:00Z begin catch-up", "05:00:00Z succeeded",
            ]
        ),
    ])
    func `times that nobody saw`(catchUp: String, first: [String], rest: [String]) throws {
        var bench = try Bench("a: {every: 1h, catch_up: \(catchUp)}", at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        bench.end(0)
        _ = bench.since()
        // Four hours asleep.
        bench.jump(4 * 3600 + 1800)
        #expect(bench.since() == first)
        if catchUp == "all" {
            for _ in 0..<4 {
                bench.end(0)
                bench.pass(1)
            }
            #expect(bench.since() == rest)
        }
    }

    @Test func `a time that is seen a little late was not missed`() throws {
        var bench = try Bench("a: {every: 1h, catch_up: none}", at: "2026-01-01T00:59:50Z")
        bench.jump(60)
        #expect(bench.since() == ["01:00:00Z begin"])
        bench.end(0)
        bench.jump(3600 + 20)
        #expect(bench.since() == ["01:00:00Z succeeded", "02:00:00Z skipped (downtime)"])
    }

    @Test func `downtime counts from where the last daemon was`() throws {
        let text = "a: {every: 1h}"
        var bench = try Bench(text, at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        bench.end(0)
        _ = bench.since()
        bench.now = try moment("2026-01-03T00:20:00Z")
        try bench.restart(text)
        #expect(bench.since() == ["00:00:00Z begin catch-up +46"])
    }

    @Test(arguments: [
        ("once", ["03:00:00Z begin catch-up +1"], []),
        ("none", ["03:00:00Z skipped (downtime) +1"], []),
        (
            "all", ["02:00:00Z begin catch-up"],
            ["02:00:00Z succeeded", "03:00:00Z begin catch-up", "03:00:00Z succeeded"]
        ),
    ])
    func `a time from before the daemon began was missed, however young it is`(
        catchUp: String, first: [String], rest: [String]
    ) throws {
        let text = "a: {every: 1h, catch_up: \(catchUp)}"
        var bench = try Bench(text, at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        bench.end(0)
        _ = bench.since()
        bench.now = try moment("2026-01-01T03:00:20Z")
        try bench.restart(text)
        #expect(bench.since() == first)
        if catchUp == "all" {
            for _ in 0..<2 {
                bench.end(0)
                bench.pass(1)
            }
            #expect(bench.since() == rest)
        }
    }

    @Test func `where every time is wanted the last one of a sleep is not left out for those before it`() throws {
        var bench = try Bench("a: {every: 1h, catch_up: all}", at: "2026-01-01T00:59:59Z")
        bench.jump(2 * 3600 + 11)
        bench.end(0)
        bench.end(0)
        bench.end(0)
        #expect(
            bench.since() == [
                "01:00:00Z begin catch-up", "01:00:00Z succeeded", "02:00:00Z begin catch-up", "02:00:00Z succeeded",
                "03:00:00Z begin catch-up", "03:00:00Z succeeded",
            ])
    }

    @Test func `times of a rule that did not hold were not missed`() throws {
        var bench = try Bench("a: {every: 1h}", at: "2026-01-01T00:59:59Z")
        bench.now = try moment("2026-01-03T00:20:00Z")
        try bench.restart("a: {every: 2h}")
        #expect(bench.since() == [])
        bench.pass(1)
        try bench.restart("a: {every: 2h, enabled: no}")
        bench.jump(7200)
        try bench.restart("a: {every: 2h}")
        #expect(bench.since() == [])
    }

    @Test func `a clock that is set back brings no time twice, and none that was not there yet too late`() throws {
        var bench = try Bench("a: {every: 10m, catch_up: all}", at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        bench.end(0)
        bench.pass(600)
        bench.end(0)
        #expect(bench.since() == ["01:00:00Z begin", "01:00:00Z succeeded", "01:10:00Z begin", "01:10:00Z succeeded"])
        bench.jump(-1800)  // 00:40:00
        bench.pass(600)  // 00:50 has not been yet
        bench.end(0)
        #expect(bench.since() == ["00:50:00Z begin", "00:50:00Z succeeded"])
        bench.pass(1200)
        #expect(bench.since() == [])
        bench.pass(600)
        #expect(bench.since() == ["01:20:00Z begin"])
    }

    @Test func `a clock that was far behind when the machine booted makes up for nothing that had its time`() throws {
        let text = "a: {every: 1h, catch_up: all}"
        var bench = try Bench(text, at: "2026-06-01T00:59:59Z")
        bench.pass(1)
        bench.end(0)
        _ = bench.since()
        bench.now = Moment(100)
        try bench.restart(text)
        bench.pass(5)
        bench.now = try moment("2026-06-01T02:10:00Z")
        bench.take(.tick)
        #expect(bench.since() == ["02:00:00Z begin catch-up"])
    }

    @Test func `outside of its windows a job is left out, or waits`() throws {
        var bench = try Bench("a: {every: 6h, only_in: nights}", at: "2026-01-01T11:59:59Z")
        bench.pass(1)
        #expect(bench.since() == ["12:00:00Z skipped (window)"])
        bench = try Bench("a: {every: 6h, only_in: nights, outside: wait}", at: "2026-01-01T11:59:59Z")
        bench.pass(1)
        bench.jump(6 * 3600)
        // One is enough when the window opens.
        #expect(bench.since() == ["12:00:00Z skipped (overlap)"])
        bench.jump(4 * 3600 - 1)
        #expect(bench.since() == [])
        bench.pass(1)
        #expect(bench.since() == ["18:00:00Z begin"])
    }

    @Test func `what failed is tried again, later each time`() throws {
        var bench = try Bench("a: {every: 1d, retries: 2, retry_delay: 1m}", at: "2026-01-01T23:59:59Z")
        bench.pass(1)
        bench.end(4)
        bench.pass(59)
        #expect(bench.since() == ["00:00:00Z begin"])
        bench.pass(1)
        #expect(bench.since() == ["00:00:00Z retry"])
        bench.end(2)
        bench.pass(119)
        #expect(bench.since() == [])
        bench.pass(1)
        bench.end(2)
        #expect(bench.since() == ["00:00:00Z retry", "00:00:00Z failed"])
        #expect(bench.machine.tracks["a"]?.failures == 1)
    }

    @Test func `a playbook that is wrong is not tried again`() throws {
        var bench = try Bench("a: {every: 1d, retries: 2}", at: "2026-01-01T23:59:59Z")
        bench.pass(1)
        bench.end(1)
        #expect(bench.since() == ["00:00:00Z begin", "00:00:00Z refused"])
    }

    @Test func `a job rests after its failures, until it is changed or run by hand and well`() throws {
        var bench = try Bench("a: {every: 1m, failure_limit: 2}", at: "2026-01-01T00:00:59Z")
        for _ in 0..<2 {
            bench.pass(1)
            bench.end(2)
            bench.pass(59)
        }
        _ = bench.since()
        bench.pass(1)
        #expect(bench.since() == ["00:03:00Z skipped (suspended)"])
        bench.take(.requested(job: "a", mark: "1", cause: .manual))
        bench.end(0)
        #expect(bench.since() == ["00:03:00Z!1 begin manual", "00:03:00Z!1 succeeded"])
        bench.pass(60)
        bench.end(2)
        bench.pass(60)
        bench.end(2)
        bench.pass(60)
        #expect(bench.since().last == "00:06:00Z skipped (suspended)")
        try bench.load("a: {every: 1m, failure_limit: 2, limit: gpu}")
        bench.pass(60)
        #expect(bench.since() == ["00:07:00Z begin"])
    }

    @Test func `what is asked for runs whatever the windows say, and not beside itself`() throws {
        var bench = try Bench("a: {every: 1d, only_in: nights}", at: "2026-01-01T12:00:00Z")
        bench.take(.requested(job: "a", mark: "1", cause: .manual))
        bench.take(.requested(job: "a", mark: "2", cause: .manual))
        bench.take(.requested(job: "a", mark: "3", cause: .schedule))
        #expect(
            bench.since() == [
                "12:00:00Z!1 begin manual", "12:00:00Z!2 skipped (overlap)", "12:00:00Z!3 skipped (window)",
            ])
    }

    @Test func `a run that was cut off goes on, whatever has become of its job`() throws {
        var bench = try Bench("a: {every: 1h}", at: "2026-01-01T00:59:59Z")
        bench.pass(1)
        try bench.restart("b: {every: 1d}")
        bench.cutOff()
        bench.pass(1)
        #expect(bench.since() == ["01:00:00Z begin", "01:00:00Z resume"])
        bench.end(0)
        #expect(bench.since() == ["01:00:00Z succeeded"])
    }

    @Test func `one that is killed again and again is given up`() throws {
        var bench = try Bench("a: {every: 1d}", at: "2026-01-01T23:59:59Z")
        bench.pass(1)
        for _ in 0..<6 {
            bench.cutOff()
            bench.pass(60)
        }
        #expect(
            bench.since() == ["00:00:00Z begin"] + Array(repeating: "00:00:00Z resume", count: 5) + ["00:00:00Z failed"]
        )
    }

    @Test
    func `a run that had touched nothing is begun under the id that is written down, or another when that is taken`()
        throws
    {
        var bench = try Bench("a: {every: 1d}", at: "2026-01-01T23:59:59Z")
        bench.pass(1)
        let fire = try #require(bench.machine.running.first)
        bench.take(.ended(fire: fire.id, .notBegun))
        bench.pass(60)
        #expect(bench.machine.running.first?.run == fire.run)
        bench.take(.ended(fire: fire.id, .stillborn))
        bench.pass(60)
        let later = try #require(bench.machine.running.first)
        #expect(later.run != fire.run && later.run != nil)
        #expect(bench.since() == Array(repeating: "00:00:00Z begin", count: 3))
    }

    @Test func `stopping begins nothing, stops what runs, and leaves it to the next daemon`() throws {
        let text = "a: {every: 1m}"
        var bench = try Bench(text, at: "2026-01-01T00:00:59Z")
        bench.pass(1)
        bench.take(.stopping)
        bench.pass(60)
        #expect(bench.since() == ["00:01:00Z begin", "00:01:00Z stop"])
        #expect(!bench.machine.isIdle)
        bench.end(130)
        #expect(bench.machine.isIdle && bench.machine.running.isEmpty)
        try bench.restart(text)
        #expect(bench.since() == ["00:01:00Z resume", "00:02:00Z skipped (overlap)"])
    }

    @Test func `somebody's Ctrl-C is not resumed`() throws {
        var bench = try Bench("a: {every: 1d}", at: "2026-01-01T23:59:59Z")
        bench.pass(1)
        bench.end(130)
        #expect(bench.since() == ["00:00:00Z begin", "00:00:00Z interrupted"])
        #expect(bench.machine.tracks["a"]?.failures == 0)
    }

    @Test func `of a long time without a daemon a hundred times are made up for`() throws {
        var bench = try Bench("a: {every: 1m, catch_up: all, overlap: queue}", at: "2026-01-01T00:00:59Z")
        bench.jump(86400)
        #expect(bench.since().prefix(2) == ["22:19:00Z skipped (downtime) +1338", "22:20:00Z begin catch-up"])
        #expect(bench.machine.fires.count == 101)
    }

    @Test func `jobs go to sleep at the end of time`() throws {
        var bench = try Bench("a: {cron: \"0 0 29 2 *\"}", at: "2026-01-01T00:00:59Z")
        bench.pass(3)
        #expect(bench.since() == [])
        bench.now = try moment("2028-02-28T23:59:59Z")
        bench.pass(1)
        #expect(bench.since() == ["00:00:00Z begin"])
    }
}
