import Remote
import Synchronization
import TestSupport

extension Scenario {
    /// The real session in a world of its own: links that break at any byte, or fall silent, in either direction; a
    /// process that lets go at any moment and another one that
    /// comes back; calls that are given up. Every call runs once, in order, with its whole input, and gives what it
    /// printed.
    static let session = Scenario(name: "session") { random, trace in
        let world = SimulatedWorld(SeededGenerator(random.next()))
        let host = SimulatedHost(
            SeededGenerator(random.next()),
            faults: .init(percent: [0, 1, 2, 5, 10].randomElement(using: &random) ?? 0), isTracing: trace.isOn,
            in: world)
        let plan = (1...(1 + random.magnitude(upTo: 12))).map { SimulatedCall(number: $0, &random) }
        let found = Mutex<Result<Void, any Error>?>(nil)
        let task = Task(executorPreference: world) { [plan] in
            let result: Result<Void, any Error>
            do { result = .success(try await SimulatedProcess(host: host).work(off: plan)) } catch {
                result = .failure(error)
            }
            found.withLock { $0 = result }
        }
        defer { task.cancel() }
        defer { for line in host.state.withLock({ $0.trace ?? [] }) { trace.note(line) } }
        try world.run { found.withLock { $0 != nil } }
        trace.note("\(plan.count) calls, \(host.state.withLock { $0.breaks }) broken links")
        try found.withLock { try $0?.get() }
    }
}

private struct SimulatedCall: Sendable {
    let number: Int, script: Int
    let inGroup: Bool
    /// Bytes of standard input.
    let input: Int
    enum Disturbance: Sendable { case none, leaves, isCancelled }
    /// The process lets go while it runs, and another one comes back; or it is given up.
    let disturbance: Disturbance
    /// How many steps of its output are seen before that.
    let patience: Int

    init(number: Int, _ random: inout SeededGenerator) {
        self.number = number
        script = Int.random(in: 1...999, using: &random)
        // By word, in a chunk, in two chunks.
        input = random.chance(2) ? 600_000 : [0, 0, 10, 9_000].randomElement(using: &random) ?? 0
        let fate = Int.random(in: 0..<100, using: &random)
        disturbance = fate < 20 ? .leaves : fate < 30 ? .isCancelled : .none
        inGroup = disturbance == .isCancelled || random.chance(50)
        patience = random.magnitude(upTo: 20)
    }

    var call: Call {
        var call = Call("run \(script)", stdin: .bytes([UInt8](repeating: 97, count: input)))
        call.ownProcessGroup = inGroup
        call.number = number
        return call
    }
    var entry: SimulatedKeeper.LedgerEntry { .init(script: script, input: input) }
}

/// What drives the session, as a run does.
private struct SimulatedProcess {
    let host: SimulatedHost
    private let record = SessionRecord(openedAt: 0)

    init(host: SimulatedHost) { self.host = host }

    private var options: HostSession.Options {
        var options = HostSession.Options()
        options.acknowledgesResults = false
        options.clock = SessionClock(host.world)
        return options
    }

    func work(off plan: [SimulatedCall]) async throws {
        var session: HostSession
        do { session = try await HostSession(on: host, record: record, options: options) } catch is Unreachable {
            return try require(ledger.isEmpty, "ran \(ledger) although the session was never opened")
        }
        var maybeLast: SimulatedCall?
        for step in plan {
            do {
                switch step.disturbance {
                case .none: try check(try await session.call(step.call), step)
                case .isCancelled:
                    guard try await giveUp(step, session) else { break }
                    maybeLast = step
                case .leaves:
                    try await leave(step, session)
                    session = try await comeBack()
                    // What the first process began is taken in; what it did not is begun.
                    let result = try await session.call(step.call)
                    try check(result, step)
                }
            } catch let lost as Unreachable {
                // A first contact that breaks off ten times is given up; whatever was begun later is tried for ten
                // minutes.
                // A process that left before its first words arrived has left nothing to come back to.
                guard step.number > 1 || lost.reason != .linkLost && (lost.reason != .gone || !ledger.isEmpty) else {
                    return try require(ledger.count < 2, "ran \(ledger)")
                }
                throw Violation("call \(step.number): \(lost)")
            }
            await session.acknowledge(through: step.number)
            if maybeLast != nil { break }
        }
        let ran = ledger
        let wished = plan.prefix(maybeLast?.number ?? plan.count).map(\.entry)
        try require(ran == wished || maybeLast != nil && ran == wished.dropLast(), "ran \(ran) instead of \(wished)")
        await session.close()
        try require(
            !host.isReliable || host.state.withLock { $0.keepers.values.allSatisfy(\.isGone) },
            "the session was closed, and is still there")
    }

    /// As `resume` does, and does again when the host can't be reached.
    private func comeBack() async throws -> HostSession {
        for _ in 0..<50 {
            do { return try await HostSession(returningTo: record, on: host, options: options) } catch let lost
                as Unreachable where lost.reason == .connect || lost.reason == .linkLost
            {}
        }
        throw Violation("the session can't be come back to")
    }

    private var ledger: [SimulatedKeeper.LedgerEntry] { host.state.withLock { $0.keepers.values.first?.ledger ?? [] } }

    private func leave(_ step: SimulatedCall, _ session: HostSession) async throws {
        let call = Task(executorPreference: host.world) { try await session.call(step.call) }
        for _ in 0..<step.patience { await Task.yield() }
        await session.leave()
        _ = try? await call.value
    }

    /// Returns whether the call, and with it the session, ended without a result.
    private func giveUp(_ step: SimulatedCall, _ session: HostSession) async throws -> Bool {
        let call = Task(executorPreference: host.world) { try await session.call(step.call) }
        for _ in 0..<step.patience { await Task.yield() }
        call.cancel()
        do {
            try check(try await call.value, step)
            return false
        } catch is CancellationError {
            return true
        }
    }

    private func check(_ result: CallResult, _ step: SimulatedCall) throws(Violation) {
        try require(
            result.status == Int32(SimulatedKeeper.status(of: step.script)),
            "call \(step.number) ended with \(result.status)")
        try require(
            Self.agrees(result.stdout, SimulatedKeeper.output(of: step.script, stream: 0)),
            "call \(step.number): other output than was printed: \(result.stdout.count) bytes instead of \(SimulatedKeeper.output(of: step.script, stream: 0).count)"
        )
        try require(
            Self.agrees(result.stderr, SimulatedKeeper.output(of: step.script, stream: 1)),
            "call \(step.number): other error output than was printed: \(result.stderr.count) bytes instead of \(SimulatedKeeper.output(of: step.script, stream: 1).count)"
        )
    }

    /// The middle of a long output may be left out, with a mark, for a process that comes back.
    private static func agrees(_ got: [UInt8], _ printed: [UInt8]) -> Bool {
        let mark = Array("\n[… what the host had no room for is left out …]\n".utf8)
        guard let gap = got.firstRange(of: mark) else { return got == printed }
        guard let last = got.ranges(of: mark).last else { return false }
        return printed.starts(with: got[..<gap.lowerBound])
            && printed.suffix(got.count - last.upperBound).elementsEqual(got[last.upperBound...])
    }
}
