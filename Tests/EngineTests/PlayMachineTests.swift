import Playbook
import Testing
import YAML

@testable import Engine

/// Stories of the machine: which host does which task when, with endings told by hand.
struct PlayMachineTests {
    @Test func linearWaitsForAllBeforeTheNextTask() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 3)
        story.begins(["announce a", "0 a", "1 a", "2 a"])
        story.ends(1, .done, gives: [])
        story.ends(0, .done, gives: [])
        story.ends(2, .done, gives: ["announce b", "0 b", "1 b", "2 b"])
        story.endsAll(gives: ["conclude"])
    }

    @Test func forksLimitHostsAtWork() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 3, forks: 2)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(0, .done, gives: ["2 a"])
        story.ends(1, .done, gives: [])
        story.ends(2, .done, gives: ["announce b", "0 b", "1 b"])
    }

    @Test func aFailedHostLeavesAndOthersGoOn() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(0, .failed, gives: [])
        story.ends(1, .done, gives: ["announce b", "1 b"])
        story.ends(1, .done, gives: ["conclude"])
        #expect(story.machine.hosts.map(\.standing) == [.failed, .finished])
        #expect(story.machine.reachedLimit == nil)
    }

    @Test func anUnreachableHostSkipsRescueAndAlways() {
        var story = Story(tasks: [.block(main: ["a"], rescue: ["r"], always: ["w"])], hosts: 1)
        story.begins(["announce a", "0 a?"])
        story.ends(0, .unreachable, gives: ["conclude"])
        #expect(story.machine.hosts[0].standing == .unreachable)
    }

    @Test func rescueTakesAFailureAndAlwaysRunsForAll() {
        var story = Story(tasks: [.block(main: ["a", "b"], rescue: ["r"], always: ["w"]), .task("z")], hosts: 2)
        story.begins(["announce a", "0 a?", "1 a?"])
        story.ends(0, .failed, gives: [])
        story.ends(1, .done, gives: ["announce b", "1 b?"])
        story.ends(1, .done, gives: ["announce r", "0 r"])
        story.ends(0, .done, gives: ["announce w", "0 w", "1 w"])
        story.ends(0, .done, gives: [])
        story.ends(1, .done, gives: ["announce z", "0 z", "1 z"])
    }

    @Test func withoutARescueTheFailureGoesOnAfterAlways() {
        var story = Story(tasks: [.block(main: ["a"], rescue: [], always: ["w"]), .task("z")], hosts: 1)
        story.begins(["announce a", "0 a"])
        story.ends(0, .failed, gives: ["announce w", "0 w"])
        story.ends(0, .done, gives: ["conclude"])
        #expect(story.machine.hosts[0].standing == .failed)
    }

    @Test func aFailureInARescueGoesToTheOuterBlock() {
        var story = Story(
            tasks: [.nested(inner: ["a"], innerRescue: ["r"], innerAlways: ["w"], rescue: ["outer"])], hosts: 1)
        story.begins(["announce a", "0 a?"])
        story.ends(0, .failed, gives: ["announce r", "0 r?"])
        story.ends(0, .failed, gives: ["announce w", "0 w?"])
        story.ends(0, .done, gives: ["announce outer", "0 outer"])
        story.ends(0, .done, gives: ["conclude"])
        #expect(story.machine.hosts[0].standing == .finished)
    }

    @Test func handlersRunOnceInTheirOrderAtTheEndOfTheSection() {
        var story = Story(tasks: [.task("a"), .task("b")], handlers: ["h0", "h1"], hosts: 2)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(0, .done, notifies: [1, 0], gives: [])
        story.ends(1, .done, gives: ["announce b", "0 b", "1 b"])
        story.ends(0, .done, notifies: [1], gives: [])
        story.ends(1, .done, notifies: [1], gives: ["announce h0", "0 h0"])
        story.ends(0, .done, gives: ["announce h1", "0 h1", "1 h1"])
        story.ends(0, .done, gives: [])
        story.ends(1, .done, gives: ["conclude"])
    }

    @Test func aHandlerNotifiesALaterOneInTheSameFlushAndAnEarlierOneForTheNext() {
        var story = Story(tasks: [.task("a"), .task("b")], post: ["p"], handlers: ["h0", "h1", "h2"], hosts: 1)
        story.begins(["announce a", "0 a"])
        story.ends(0, .done, notifies: [1], gives: ["announce b", "0 b"])
        story.ends(0, .done, gives: ["announce h1", "0 h1"])
        story.ends(0, .done, notifies: [0, 2], gives: ["announce h2", "0 h2"])
        story.ends(0, .done, gives: ["announce p", "0 p"])
        story.ends(0, .done, gives: ["announce h0", "0 h0"])
        story.ends(0, .done, gives: ["conclude"])
    }

    @Test func flushHandlersRunsThemWhereItStands() {
        var story = Story(tasks: [.task("a"), .task("meta"), .task("b")], handlers: ["h"], hosts: 1)
        story.begins(["announce a", "0 a"])
        story.ends(0, .done, notifies: [0], gives: ["announce meta", "0 meta"])
        story.ends(0, .flushHandlers, gives: ["announce h", "0 h"])
        story.ends(0, .done, gives: ["announce b", "0 b"])
        story.ends(0, .done, gives: ["conclude"])
    }

    @Test func runOnceCountsForAll() {
        var story = Story(tasks: [.task("once"), .task("b")], handlers: ["h"], hosts: 3, runOnce: ["once"])
        story.begins(["announce once", "0 once"])
        story.ends(0, .done, notifies: [0], gives: ["share 0 [1, 2]", "announce b", "0 b", "1 b", "2 b"])
        story.ends(0, .done, gives: [])
        story.ends(1, .done, gives: [])
        // The handlers that it notifies are the one host's.
        story.ends(2, .done, gives: ["announce h", "0 h"])
    }

    @Test func aFailedRunOnceFailsAll() {
        var story = Story(tasks: [.task("once"), .task("b")], hosts: 3, runOnce: ["once"])
        story.begins(["announce once", "0 once"])
        story.ends(0, .failed, gives: ["conclude"])
        #expect(story.machine.hosts.allSatisfy { $0.standing == .failed })
    }

    @Test func anyErrorIsFatalForAllAfterTheTask() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 3, anyErrorsFatal: true)
        story.begins(["announce a", "0 a", "1 a", "2 a"])
        story.ends(0, .failed, gives: [])
        story.ends(1, .done, gives: [])
        story.ends(2, .done, gives: ["conclude"])
        #expect(story.machine.reachedLimit == .anyErrorsFatal)
    }

    @Test func aRescueSavesAllWhereAnyErrorIsFatal() {
        var story = Story(tasks: [.block(main: ["a", "b"], rescue: ["r"], always: [])], hosts: 2, anyErrorsFatal: true)
        story.begins(["announce a", "0 a?", "1 a?"])
        story.ends(0, .failed, gives: [])
        story.ends(1, .done, gives: ["announce r", "0 r", "1 r"])
        story.endsAll(gives: ["conclude"])
        #expect(story.machine.reachedLimit == nil)
    }

    /// The task that another host is lost at is the block's last one: the others have left its main section behind.
    @Test func theSectionsOfAnEndedTaskHaveTheirTurnWhereAnyErrorIsFatal() {
        var story = Story(
            tasks: [.block(main: ["a"], rescue: ["r"], always: ["w"]), .task("b")], hosts: 2, anyErrorsFatal: true)
        story.begins(["announce a", "0 a?", "1 a?"])
        story.ends(1, .done, gives: [])
        story.ends(0, .unreachable, gives: ["announce r", "1 r"])
        story.ends(1, .done, gives: ["announce w", "1 w"])
        story.ends(1, .done, gives: ["announce b", "1 b"])
        story.ends(1, .done, gives: ["conclude"])
        #expect(story.machine.hosts.map(\.standing) == [.unreachable, .finished])

        story = Story(tasks: [.block(main: ["a"], rescue: [], always: ["w"])], hosts: 2, anyErrorsFatal: true)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(1, .done, gives: [])
        story.ends(0, .unreachable, gives: ["announce w", "1 w"])
        story.ends(1, .done, gives: ["conclude"])
        #expect(story.machine.hosts.map(\.standing) == [.unreachable, .failed])
    }

    @Test func aHostThatHasDoneAllFailsWithTheOthers() {
        var story = Story(tasks: [.task("a")], hosts: 2, anyErrorsFatal: true)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(0, .done, gives: [])
        story.ends(1, .unreachable, gives: ["conclude"])
        #expect(story.machine.hosts.map(\.standing) == [.failed, .unreachable])
        // Another time it has nothing left to do.
        #expect(story.machine.revive([0]) == [.conclude])
        #expect(story.machine.hosts[0].standing == .finished)
    }

    @Test func moreFailuresThanAllowedEndThePlay() {
        var story = Story(tasks: [.task("a"), .task("b"), .task("c")], hosts: 4, maxFailPercentage: 25)
        story.begins(["announce a", "0 a", "1 a", "2 a", "3 a"])
        story.ends(0, .failed, gives: [])
        for host in 1...2 { story.ends(host, .done, gives: []) }
        story.ends(3, .done, gives: ["announce b", "1 b", "2 b", "3 b"])
        story.ends(1, .failed, gives: [])
        story.ends(2, .done, gives: [])
        story.ends(3, .done, gives: ["conclude"])
        #expect(story.machine.reachedLimit == .maxFailPercentage)
    }

    @Test func unreachableHostsDoNotCountAsFailures() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2, maxFailPercentage: 0)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(0, .unreachable, gives: [])
        story.ends(1, .done, gives: ["announce b", "1 b"])
    }

    @Test func freeHostsDoNotWaitForEachOther() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2, strategy: .free)
        story.begins(["announce a", "0 a", "1 a"])
        story.ends(1, .done, gives: ["announce b", "1 b"])
        story.ends(1, .done, gives: [])
        story.ends(0, .done, gives: ["0 b"])
        story.ends(0, .done, gives: ["conclude"])
    }

    @Test func freeHostsTakeTurns() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2, forks: 1, strategy: .free)
        story.begins(["announce a", "0 a"])
        story.ends(0, .done, gives: ["1 a"])
        story.ends(1, .done, gives: ["announce b", "0 b"])
    }

    @Test func aPinnedHostKeepsItsTurn() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2, forks: 1, strategy: .hostPinned)
        story.begins(["announce a", "0 a"])
        story.ends(0, .done, gives: ["announce b", "0 b"])
        story.ends(0, .done, gives: ["1 a"])
    }

    @Test func throttleIsALowerLimitForOneTask() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 3, throttle: ["a": 1])
        story.begins(["announce a", "0 a"])
        story.ends(0, .done, gives: ["1 a"])
        story.ends(1, .done, gives: ["2 a"])
        story.ends(2, .done, gives: ["announce b", "0 b", "1 b", "2 b"])
    }

    @Test func endHostAndEndPlay() {
        var story = Story(tasks: [.task("meta"), .task("b")], hosts: 3)
        story.begins(["announce meta", "0 meta", "1 meta", "2 meta"])
        story.ends(0, .endHost, gives: [])
        story.ends(1, .done, gives: [])
        story.ends(2, .done, gives: ["announce b", "1 b", "2 b"])
        story.ends(1, .endPlay, gives: [])
        story.ends(2, .done, gives: ["conclude"])
        #expect(story.machine.playEnded)
        #expect(story.machine.hosts[0].standing == .ended)
    }

    @Test func aStopGivesOutNothingMoreAndWaitsForWhatRuns() {
        var story = Story(tasks: [.task("a"), .task("b")], hosts: 2, forks: 1)
        story.begins(["announce a", "0 a"])
        story.stops(gives: [])
        story.ends(0, .interrupted, gives: ["conclude"])
        #expect(story.machine.hosts.map(\.standing) == [.going, .going])
    }

    @Test(arguments: Play.Strategy.allStories)
    func everyHostEndsWhateverHappens(_ strategy: Play.Strategy) {
        // Random endings with a fixed seed: the machine concludes, never gives a host two tasks, never more than forks.
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SplitMix(state: seed)
            var story = Story(
                tasks: [.task("a"), .block(main: ["b", "c"], rescue: ["r"], always: ["w"]), .task("z")], post: ["p"],
                handlers: ["h0", "h1"], hosts: 7,
                forks: Int.random(in: 1...8, using: &random), strategy: strategy,
                anyErrorsFatal: Bool.random(using: &random),
                maxFailPercentage: Bool.random(using: &random) ? 30 : nil)
            var atWork: Set<Int> = []
            var concluded = false
            var actions = story.machine.start()
            for _ in 0..<10_000 where !concluded {
                for action in actions {
                    switch action {
                    case .run(let host, _, _): #expect(atWork.insert(host).inserted, "seed \(seed)")
                    case .conclude: concluded = true
                    case .announce, .share: break
                    }
                }
                guard !concluded else { break }
                guard let host = atWork.sorted().randomElement(using: &random) else {
                    Issue.record("seed \(seed): nothing runs, nothing concluded")
                    return
                }
                atWork.remove(host)
                let ending: TaskOutcome.Kind =
                    [.done, .done, .done, .failed, .unreachable, .endHost].randomElement(using: &random) ?? .done
                actions = story.machine.ended(
                    host, ending, notified: Bool.random(using: &random) ? [Int.random(in: 0...1, using: &random)] : [])
            }
            #expect(concluded && atWork.isEmpty, "seed \(seed)")
            #expect(story.machine.hosts.allSatisfy { $0.standing != .going }, "seed \(seed)")
        }
    }
}

extension Play.Strategy {
    static let allStories: [Play.Strategy] = [.linear, .free, .hostPinned]
}

/// A generator whose numbers a seed gives again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A machine with its program, and its actions as short texts: `announce a`, `0 a` (host 0 runs a), `0 a?` (and a
/// failure would be rescued).
struct Story {
    enum Part {
        case task(String)
        case block(main: [String], rescue: [String], always: [String])
        case nested(inner: [String], innerRescue: [String], innerAlways: [String], rescue: [String])
    }
    var machine: PlayMachine

    init(
        tasks: [Part], post: [String] = [], handlers: [String] = [], hosts: Int, forks: Int = 100,
        strategy: Play.Strategy = .linear,
        anyErrorsFatal: Bool = false, maxFailPercentage: Double? = nil, runOnce: Set<String> = [],
        throttle: [String: Int] = [:]
    ) {
        var play = Play(mark: mark, hosts: Located(.string("all"), at: mark))
        play.tasks = tasks.map(Self.step)
        play.postTasks = post.map { .task(named($0)) }
        play.handlers = handlers.map(named)
        let program = PlayProgram(play)
        var policy = PlayMachine.Policy(
            strategy: strategy, forks: forks, anyErrorsFatal: anyErrorsFatal, maxFailPercentage: maxFailPercentage)
        for reference in program.references {
            let name = program[reference].title
            if runOnce.contains(name) { policy.runOnce.insert(reference) }
            if let limit = throttle[name] { policy.throttle[reference] = limit }
        }
        machine = PlayMachine(program, hosts: hosts, policy: policy)
    }

    private static func step(_ part: Part) -> Step {
        switch part {
        case .task(let name): return .task(named(name))
        case .block(let main, let rescue, let always):
            var block = Block(mark: mark)
            block.tasks = main.map { .task(named($0)) }
            block.rescue = rescue.map { .task(named($0)) }
            block.always = always.map { .task(named($0)) }
            return .block(block)
        case .nested(let inner, let innerRescue, let innerAlways, let rescue):
            var block = Block(mark: mark)
            block.tasks = [step(.block(main: inner, rescue: innerRescue, always: innerAlways))]
            block.rescue = rescue.map { .task(named($0)) }
            return .block(block)
        }
    }

    mutating func begins(_ expected: [String]) { check(machine.start(), expected) }
    mutating func stops(gives expected: [String]) { check(machine.stop(), expected) }
    mutating func ends(
        _ host: Int, _ ending: TaskOutcome.Kind, notifies: [Int] = [], gives expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        check(machine.ended(host, ending, notified: notifies), expected, sourceLocation)
    }
    /// All hosts that have a task end it well; what the last of them gives is looked at.
    mutating func endsAll(gives expected: [String]) {
        var last: [PlayMachine.Action] = []
        for host in machine.hosts.indices where machine.hosts[host].next != nil { last = machine.ended(host, .done) }
        check(last, expected)
    }

    private func check(
        _ actions: [PlayMachine.Action], _ expected: [String], _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let texts = actions.map { action in
            switch action {
            case .announce(let reference): "announce \(machine.program[reference].title)"
            case .run(let host, let reference, let rescues):
                "\(host) \(machine.program[reference].title)\(rescues ? "?" : "")"
            case .share(let from, let others): "share \(from) \(others)"
            case .conclude: "conclude"
            }
        }
        #expect(texts == expected, sourceLocation: sourceLocation)
    }
}

private let mark = SourceMark(file: "story.yml", line: 1, column: 1)
private func named(_ name: String) -> TaskDefinition {
    var task = TaskDefinition(
        mark: mark, module: ModuleSpec("debug", summary: "", options: []), arguments: Located(ValueMap(), at: mark))
    task.name = name
    return task
}
