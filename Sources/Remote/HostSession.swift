import Glibc
import Support

/// One durable POSIX shell on a host, for one identity, over one channel of a transport at a time.
///
/// Calls run one after the other, in the order in which they are asked for. Each runs in a subshell of its own: what it
/// changes
/// (folder, variables, options) is gone with it.
///
/// The shell outlives its channel: what stands at the host's end of it only hands calls to a keeper and reads what that
/// writes (`keeper.sh`,
/// `attach.sh`). When the link is lost, the session connects again, for as long as its options say, and goes on
/// reading at the exact byte. Calls are
/// numbered, and the keeper takes each number once, so a call that is sent again, as nobody knows whether it arrived,
/// runs once.
///
/// ```swift
/// let session = try await HostSession(transport: LocalTransport())
/// let result = try await session.call(Call("uname -r"))
/// await session.close()
/// ```
package actor HostSession: HostShell {
    package struct Options: Sendable {
        /// Command that starts the shell; it must read its commands from standard input.
        package var shell = "sh"
        /// Shell functions (one text) that all calls can use; sent once, when the session begins. It only defines, and
        /// prints nothing.
        /// Names that begin with one `_` are the session's.
        package var prelude = ""
        /// How long the shell may take to greet.
        package var startTimeout: Duration = .seconds(30)
        /// Between TERM and KILL for a call that timed out or was cancelled.
        package var killGrace: Duration = .seconds(5)
        /// How long a cancelled call that can't be ended is waited for before the session is abandoned.
        package var patience: Duration = .seconds(5)
        /// How long a lost host is tried to be reached again. Chosen: a reboot of a large machine, a switch that is
        /// exchanged.
        package var reconnectFor: Duration = .seconds(600)
        /// What runs when the host has been lost for so long (seconds at least) is ended by the host itself; nil lets
        /// it run to its end.
        package var endsWhenLostFor: Duration?
        /// How long an idle shell waits on the host for somebody to come back.
        package var grace: Duration = .seconds(3600)
        /// How often the host is shown that somebody is there. After 45 seconds without it another controller may come.
        package var heartbeat: Duration = .seconds(20)
        /// After so long without a call the host's side rests.
        package var restsAfter: Duration = .seconds(2)
        /// Held by the session on the host; nil takes none.
        package var lock: HostLock?
        /// How long to wait while another run holds the host.
        package var lockWait: Duration = .zero
        /// The result of a call is done with when it is returned; else when `acknowledge` says so.
        package var acknowledgesResults = true
        /// Between two attempts to reach a lost host. Chosen: a fleet that comes back at once does not do so in one
        /// second.
        package var longestPause: Duration = .seconds(8)
        package var clock = SessionClock(ContinuousClock())
        package init() {}
    }

    enum State {
        case open, closed
        case lost(Unreachable)
    }
    enum StopReason: Sendable { case cancelled, timedOut }
    /// The call that runs now.
    struct Running {
        let number: Int
        let hasGroup: Bool
        let plan: CallPlan?
        /// Known once it has begun.
        var group: Int?
        var stop: StopReason?
        /// Its stdin could not be read here.
        var inputFailure: InvalidCall?
        /// The link was lost, and it is not known yet whether the host has begun the call.
        var isInDoubt = false
        var hasGap = false
        /// The attachment that its stdin goes to.
        var uploadsTo: String?
    }

    /// What finds this session again.
    package nonisolated let record: SessionRecord
    nonisolated let proof: EndProof
    nonisolated let options: Options
    nonisolated let become: Become?
    let source: any TransportSource
    let onLink: (@Sendable (LinkEvent) async -> Void)?
    let gate = Gate()
    /// How often a session is asked to end.
    private static let farewells = 3
    var state = State.open
    /// nil while the link is lost.
    var attachment: Attachment?
    /// Of the transport that was last used.
    var transportNumber = 0
    var executor: (any TaskExecutor)?
    var tracks: (stdout: SpoolTrack, stderr: SpoolTrack)
    var inbox = SessionInbox()
    /// The last number that the host has begun, as far as is known here; what the next call's number follows.
    package internal(set) var lastNumber = 0
    var running: Running?
    var greeting: HostIdentity?
    var heartbeat: Task<Void, Never>?
    /// Waits for the time to rest, and rests.
    var resting: Task<Void, Never>?
    /// When the last call has ended, by the options' clock.
    var lastUse = Duration.zero
    var notice: String?
    /// How often a first contact has broken off.
    var beginnings = 0
    /// How often a shell has not greeted in time.
    var silences = 0
    /// Whether a channel has ever been there.
    var wasOpened = false

    // MARK: - Beginning

    /// Opens a shell as `become` says. Throws `Unreachable`: with reason `.become` when the other identity could not be
    /// had.
    ///
    /// - Parameters:
    ///   - record: nil for one that no later process comes back to.
    ///   - onLink: called for lost and found links, in order.
    package init(
        on source: any TransportSource, record: SessionRecord? = nil, become: Become? = nil,
        options: Options = Options(), onLink: (@Sendable (LinkEvent) async -> Void)? = nil
    ) async throws {
        self.init(source, record ?? SessionRecord(openedAt: time(nil)), become, options, onLink)
        try await begin()
    }

    /// The same over one transport, for as long as it lasts.
    package init(transport: any Transport, become: Become? = nil, options: Options = Options()) async throws {
        try await self.init(on: OneTransport(transport: transport), become: become, options: options)
    }

    /// Comes back to the shell that an earlier process opened: its calls' results that were not acknowledged are read
    /// again. Throws `Unreachable`: with
    /// reason `.gone` or `.rebooted` when it is not there any more.
    package init(
        returningTo record: SessionRecord, on source: any TransportSource, become: Become? = nil,
        options: Options = Options(), onLink: (@Sendable (LinkEvent) async -> Void)? = nil
    ) async throws {
        guard record.isWellFormed else { throw Unreachable(.gone, "the session's record can't be read") }
        self.init(source, record, become, options, onLink)
        do {
            let (transport, number) = try await source.transport(after: 0)
            try await attach(.whole, on: transport, number)
            try await greeted()
        } catch let lost as Unreachable where lost.mayPass || lost.reason == .locked {
            try await reattach(after: lost, .whole)
        }
        var isKnown = false
        while !isKnown {
            do {
                try await readHello()
                isKnown = true
            } catch let lost as Unreachable where lost.mayPass { try await reattach(after: lost, .whole) }
        }
    }

    private init(
        _ source: any TransportSource, _ record: SessionRecord, _ become: Become?, _ options: Options,
        _ onLink: (@Sendable (LinkEvent) async -> Void)?
    ) {
        (self.source, self.record, self.become, self.options, self.onLink) = (source, record, become, options, onLink)
        let proof = record.proof
        self.proof = proof
        tracks = (SpoolTrack(marker: record.marker, proof: proof), SpoolTrack(marker: record.marker, proof: proof))
    }

    private func begin() async throws {
        do {
            let (transport, number) = try await source.transport(after: transportNumber)
            try await attach(.new, on: transport, number)
        } catch let lost as Unreachable {
            guard await mayBeginAgain(after: lost) else { throw lost }
            try await reattach(after: lost, .new)
        }
    }

    /// What the shell said of its host; waits for its greeting.
    package func identity() async throws -> HostIdentity {
        if let greeting { return greeting }
        _ = try await call(Call(":"))
        guard let greeting else { throw Unreachable(.protocolError, "the host's shell gave an unreadable greeting") }
        return greeting
    }

    /// Whether calls can still be made.
    package var isUsable: Bool {
        if case .open = state { true } else { false }
    }

    // MARK: - Ending

    /// Ends the shell. A call that is running is not waited for: it throws.
    ///
    /// - Returns: whether it has ended; otherwise it waits on the host for its grace's end, and holds its lock.
    @discardableResult package func close() async -> Bool {
        guard case .open = state else { return true }
        state = .closed
        await stopResting()
        var hasEnded = false
        if running != nil {
            await endRunning()
            hasEnded = true
        } else {
            // A link may break now, too, and what is not asked to end waits on the host for the grace's end.
            for attempt in 0..<Self.farewells {
                if attempt > 0 {
                    guard wasOpened else {
                        hasEnded = true
                        break
                    }
                    if attempt > 1 {
                        try? await options.clock.sleep(for: min(options.longestPause, .seconds(1 << (attempt - 2))))
                    }
                    do { try await attachOnce() } catch let lost as Unreachable {
                        if lost.mayPass { continue }
                        hasEnded = lost.reason == .gone || lost.reason == .rebooted
                        break
                    } catch {
                        hasEnded = true
                        break
                    }
                }
                await send("_Q\n")
                if await attachment?.finish(within: .seconds(3)) ?? false {
                    hasEnded = true
                    break
                }
            }
        }
        await detach()
        return hasEnded
    }

    /// Lets go of the shell, which continues with its call, and is found again by its record. A call that is being
    /// ended is ended, and the shell with it.
    package func leave() async {
        guard case .open = state else { return }
        state = .closed
        await stopResting()
        if running?.stop != nil { await endRunning() }
        await detach()
    }

    /// A keeper that waits for a call does not listen. The call's own reading sees the channel's end.
    private func endRunning() async {
        await send("_K\n")
        try? await attachment?.stream.finishWriting()
        for _ in 0..<150 where running != nil { try? await options.clock.sleep(for: .milliseconds(20)) }
    }

    /// Once more over a link that broke.
    private func attachOnce() async throws {
        await drop()
        let (transport, number) = try await source.transport(after: transportNumber)
        try await attach(
            greeting == nil ? .whole : .again(tracks.stdout.position, tracks.stderr.position), on: transport, number)
        try await greeted()
    }

    func detach() async {
        heartbeat?.cancel()
        heartbeat = nil
        guard let attachment else { return }
        self.attachment = nil
        try? await attachment.stream.finishWriting()
        await attachment.stream.close()
    }

    /// Calls up to this number are done with: the host may drop what it keeps of them.
    package func acknowledge(through number: Int) async {
        if let place = tracks.stdout.acknowledge(through: number) {
            await send("_x 1 \(place.segment) \(place.call)\n")
        }
        if let place = tracks.stderr.acknowledge(through: number) {
            await send("_x 2 \(place.segment) \(place.call)\n")
        }
    }

    // MARK: - Calls

    package func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
        try await gate.enter()
        defer {
            gate.leave()
            restLater()
        }
        try check()
        try Task.checkCancellation()
        let (stops, stop) = AsyncStream.makeStream(of: StopReason.self, bufferingPolicy: .bufferingOldest(1))
        // Its own task, so that a cancelled caller does not end the conversation in the middle of a frame.
        let exchange = Task(executorPreference: executor) {
            try await self.exchange(call, stops: stops, stop: stop, onOutput: onOutput)
        }
        return try await withTaskCancellationHandler {
            try await exchange.value
        } onCancel: {
            stop.yield(.cancelled)
        }
    }

    func check() throws {
        switch state {
        case .open: break
        case .closed: throw Unreachable(.linkLost, "the session is closed")
        case .lost(let reason): throw reason
        }
    }

    private func exchange(
        _ call: Call, stops: AsyncStream<StopReason>, stop: AsyncStream<StopReason>.Continuation,
        onOutput: (@Sendable (OutputChunk) async -> Void)?
    ) async throws -> CallResult {
        let number = call.number ?? lastNumber + 1
        let isNew = number > lastNumber
        let hasGroup = call.ownProcessGroup || call.timeout != nil
        let plan = isNew ? try CallPlan(call, number: number, hasGroup: hasGroup, proof: proof.text(of: number)) : nil
        if isNew {
            try await call.willSend?(number)
            lastNumber = number
            inbox.dropOutput()
        }
        running = Running(number: number, hasGroup: hasGroup, plan: plan)
        defer { running = nil }
        do {
            let result = try await withThrowingTaskGroup(of: Void.self) { group in
                if let timeout = call.timeout {
                    group.addTask {
                        try await self.options.clock.sleep(for: timeout)
                        stop.yield(.timedOut)
                    }
                }
                group.addTask {
                    for await reason in stops { return try await self.end(number, reason) }
                }
                defer { group.cancelAll() }
                let started = ContinuousClock.now
                await send(commandToRead() + (plan?.command ?? ""))
                return try await receive(number, started: started, limit: call.outputLimit, onOutput: onOutput) {
                    upload in
                    group.addTask { await self.send(upload, to: number) }
                }
            }
            if options.acknowledgesResults { await acknowledge(through: number) }
            if running?.stop == .cancelled { throw CancellationError() }
            if let failure = running?.inputFailure { throw failure }
            return result
        } catch {
            let wasCancelled = running?.stop == .cancelled
            if !(error is CancellationError || error is InvalidCall) { await lose(error) }
            if wasCancelled { throw CancellationError() }
            // What made us give the session up tells more than what the stream says of its end.
            if case .lost(let reason) = state { throw reason }
            throw error
        }
    }

    /// Reads until the call has ended on both streams, and nothing of it is left where it was ended early; over as many
    /// links as that takes.
    private func receive(
        _ number: Int, started: ContinuousClock.Instant, limit: Int, onOutput: (@Sendable (OutputChunk) async -> Void)?,
        upload: (Call.Input) -> Void
    ) async throws -> CallResult {
        var got = RunningCall(limit: limit)
        while !got.isComplete || (running?.stop != nil && running?.group != nil && !got.groupIsGone) {
            // Frames come on standard output, also when all of the call's own has come.
            let (stream, item) = try await next(
                stdout: !got.hasEnded(.stdout) || got.hasEnded(.stderr), stderr: !got.hasEnded(.stderr))
            switch item {
            case .output(let call, let bytes) where call == number:
                got.append(bytes, stream)
                await onOutput?(OutputChunk(stream, bytes))
            case .gap(let call) where call == number:
                let mark = Array("\n[… what the host had no room for is left out …]\n".utf8)
                got.append(mark, stream)
                await onOutput?(OutputChunk(stream, mark))
                running?.hasGap = true
                if let attachment { await send("_v _h \(attachment.name)\n") }
            case .ended(let call, let status) where call == number: got.end(stream, status)
            case .output(let call, _) where call > number, .gap(let call) where call > number,
                .ended(let call, _) where call > number:
                // Of a call after it: the end was in a gap. What a process that it left behind prints after its end is
                // of no interest.
                guard got.hasEnded(stream) else {
                    throw Unreachable(
                        .interrupted, "how its call ended is not known: the host has lost what it kept of it")
                }
            case .output, .gap, .ended: break
            case .nextSegment: break
            case .frame(let words):
                guard words.count > 1 else { continue }
                switch words[0] {
                case "b" where words[1] == "\(number)": await began(group: words.count > 2 ? Int(words[2]) : nil)
                // Of an attachment before: nobody there would take it.
                case "r"
                where words[1] == "\(number)" && words.last ?? "" == attachment?.name ?? ""
                    && running?.uploadsTo != attachment?.name:
                    // Once to each attachment: what nobody waits for there would be read as commands.
                    running?.uploadsTo = attachment?.name
                    if let input = running?.plan?.upload { upload(input) }
                case "z": throw refusal(words.dropFirst())
                case "k" where words[1] == "\(number)": got.groupIsGone = true
                case "h":
                    guard words.count > 5, let begun = SpoolPosition.count(words[2]), words[1] == attachment?.name ?? ""
                    else { continue }
                    if running?.hasGap == true, words[3] == "\(number)", words[5] == proof.text(of: number) {
                        got.end(.stdout, Int32(words[4]))
                        got.end(.stderr, nil)
                        tracks.stdout.pass(number)
                        tracks.stderr.pass(number)
                    } else {
                        await resolveDoubt(begun: begun)
                    }
                default: break
                }
            }
        }
        return CallResult(
            status: got.status ?? 0, stdout: got.output.bytes, stderr: got.errors.bytes,
            timedOut: running?.stop == .timedOut, started: started, ended: .now)
    }

    /// The keeper has said which number it began last: the call is sent again if it never arrived.
    private func resolveDoubt(begun: Int) async {
        guard let call = running, call.isInDoubt else { return }
        running?.isInDoubt = false
        if begun < call.number, let plan = call.plan {
            await send(plan.command)
        } else if call.stop != nil {
            await sendKill()
        }
    }

    // MARK: - Ending a call early

    /// Ends the call that runs, if it is still `number`; gives the session up when the shell does not answer for long.
    private func end(_ number: Int, _ reason: StopReason) async throws {
        guard running?.number == number else { return }
        running?.stop = reason
        await sendKill()
        try await options.clock.sleep(
            for: running?.hasGroup == true ? options.killGrace + .seconds(5) + options.patience : options.patience)
        guard running?.number == number else { return }
        if attachment != nil { await send("_K\n") }
        await lose(Unreachable(.linkLost, "the shell did not answer after its call was ended"))
    }

    private func began(group: Int?) async {
        running?.group = group
        if running?.stop != nil { await sendKill() }
    }

    private func sendKill() async {
        guard let running, let group = running.group else { return }
        let tenths = max(
            0,
            options.killGrace.components.seconds * 10 + options.killGrace.components.attoseconds
                / 100_000_000_000_000_000)
        await send("_v _k \(running.number) \(group) \(tenths)\n")
    }

    // MARK: - Standard input

    /// Sends a call's stdin in counted chunks. What a lost link leaves of it is for the host to see.
    private func send(_ input: Call.Input, to number: Int) async {
        guard let attachment else { return }
        // Other commands may come between the chunks: who reads more than its stdin may have to be read itself.
        func write(_ bytes: [UInt8]) async throws {
            try await attachment.writing.enter()
            defer { attachment.writing.leave() }
            try await attachment.stream.write(bytes)
        }
        do {
            do {
                var source = try InputReader(input)
                while running?.number == number, running?.stop == nil,
                    let chunk = try source.next(upTo: AttachScript.inputChunk)
                {
                    try await write(Array("\(chunk.count)\n".utf8) + chunk)
                }
            } catch let error as InvalidCall {
                running?.inputFailure = error
                return try await write(Array("-1\n".utf8))
            }
            try await write(Array((running?.number == number && running?.stop == nil ? "0\n" : "-1\n").utf8))
        } catch {}  // the reading side gets to know what ended the link
    }
}
