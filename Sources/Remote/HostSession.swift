import DequeModule

/// One durable POSIX shell on a host, for one identity, over one channel of a transport.
///
/// Calls run one after the other, in the order in which they are asked for. Each runs in a subshell of its own: what it changes
/// (folder, variables, options) is gone with it. See `RemoteShell` for the host's side.
///
/// The shell lives as long as its channel. Calls have numbers and states, so that a shell that outlives its link can take the
/// channel's place without a change for callers.
public actor HostSession: HostShell {
    public struct Options: Sendable {
        /// Command that starts the shell; it must read its commands from standard input.
        public var shell = "sh"
        /// Shell functions (one text) that all calls can use; sent once, when the session begins. It only defines, and prints nothing.
        /// Names that begin with one `_` are the session's.
        public var prelude = ""
        /// How long the shell may take to greet.
        public var startTimeout: Duration = .seconds(30)
        /// Between TERM and KILL for a call that timed out or was cancelled.
        public var killGrace: Duration = .seconds(5)
        /// How long a cancelled call that can't be ended is waited for before the session is given up.
        public var patience: Duration = .seconds(5)
        public init() {}
    }

    private enum State {
        case open, closed
        case lost(Unreachable)
    }
    private enum StopReason: Sendable { case cancelled, timedOut }
    /// The call that runs now.
    private struct Running {
        let number: Int
        let hasGroup: Bool
        /// Known once it has begun.
        var group: Int?
        var stop: StopReason?
        /// Its stdin could not be read here.
        var inputFailure: InvalidCall?
    }

    private let stream: any CommandStream
    private let executor: (any TaskExecutor)?
    private let options: Options
    private let gate = Gate()
    private var state = State.open
    private var stdout: FrameScanner, stderr: FrameScanner
    /// The last number that the host has begun, as far as is known here; what the next call's number follows.
    public private(set) var lastNumber = 0
    private var running: Running?
    private var greeting: HostIdentity?
    private var stderrGreeted = false
    /// The end of what came before the greeting: why there is none, if there is none.
    private var noise: [UInt8] = []
    /// Read from the stream, not yet looked at.
    private var pieces: Deque<(stream: OutputChunk.Stream, piece: FrameScanner.Piece)> = []

    /// Opens a shell on `transport`, as `become` says. Throws `Unreachable`: with reason `.become` when the other identity
    /// could not be had.
    public init(transport: any Transport, become: Become? = nil, options: Options = Options()) async throws {
        let marker = randomHex(16)
        let opening = RemoteShell.opening(marker: "\u{1e}\(marker)", spool: randomHex(8), shell: options.shell, prelude: options.prelude)
        self.options = options
        executor = transport.executor
        stdout = FrameScanner(marker: [FrameScanner.firstByte] + Array(marker.utf8))
        stderr = stdout
        if let become {
            stream = try await become.open(on: transport, shell: options.shell, timeout: options.startTimeout)
        } else {
            stream = try await transport.open("exec \(options.shell)")
        }
        try await send(opening)
    }

    /// What the shell said of its host; waits for its greeting.
    public func identity() async throws -> HostIdentity {
        if let greeting { return greeting }
        _ = try await call(Call(":"))
        guard let greeting else { throw Unreachable(.protocolError, "the host's shell gave an unreadable greeting") }
        return greeting
    }

    /// Whether calls can still be made.
    public var isUsable: Bool {
        if case .open = state { true } else { false }
    }

    /// Ends the shell. A call that is running is not waited for: it throws.
    public func close() async {
        guard case .open = state else { return }
        state = .closed
        try? await stream.finishWriting()
        await stream.close()
    }

    /// Lets go of the shell, which goes on with its call, and is found again by its record.
    public func leave() async { await close() }

    /// Calls up to this number are done with: the host may drop what it keeps of them. Told with the next call.
    public func acknowledge(through number: Int) {}

    // MARK: - Calls

    public func call(_ call: Call, onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
        try await gate.enter()
        defer { gate.leave() }
        try check()
        try Task.checkCancellation()
        let (stops, stop) = AsyncStream.makeStream(of: StopReason.self, bufferingPolicy: .bufferingOldest(1))
        // Its own task, so that a cancelled caller does not end the conversation in the middle of a frame.
        let exchange = Task(executorPreference: executor) { try await self.exchange(call, stops: stops, stop: stop, onOutput: onOutput) }
        return try await withTaskCancellationHandler {
            try await exchange.value
        } onCancel: {
            stop.yield(.cancelled)
        }
    }

    private func check() throws {
        switch state {
        case .open: break
        case .closed: throw Unreachable(.linkLost, "the session is closed")
        case .lost(let reason): throw reason
        }
    }

    private func exchange(_ call: Call, stops: AsyncStream<StopReason>, stop: AsyncStream<StopReason>.Continuation,
                          onOutput: (@Sendable (OutputChunk) async -> Void)?) async throws -> CallResult {
        let number = call.number ?? lastNumber + 1
        let hasGroup = call.ownProcessGroup || call.timeout != nil
        let plan = try CallPlan(call, number: number, hasGroup: hasGroup)
        try await call.willSend?(number)
        lastNumber = number
        running = Running(number: number, hasGroup: hasGroup)
        defer { running = nil }
        do {
            let result = try await withThrowingTaskGroup(of: Void.self) { group in
                if let timeout = call.timeout {
                    group.addTask {
                        try await Task.sleep(for: timeout)
                        stop.yield(.timedOut)
                    }
                }
                group.addTask {
                    for await reason in stops { return try await self.end(number, reason) }
                }
                defer { group.cancelAll() }
                if greeting == nil {
                    group.addTask {
                        try await Task.sleep(for: self.options.startTimeout)
                        await self.giveUpStarting()
                    }
                }
                let started = ContinuousClock.now
                try await send(plan.command)
                return try await receive(number, plan: plan, started: started, limit: call.outputLimit, onOutput: onOutput) { upload in
                    group.addTask { try await self.send(upload, to: number) }
                }
            }
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

    /// Reads until the call has ended on both streams, and nothing of it is left where it was ended early.
    private func receive(_ number: Int, plan: CallPlan, started: ContinuousClock.Instant, limit: Int, onOutput: (@Sendable (OutputChunk) async -> Void)?,
                         upload: (CallPlan.Upload) -> Void) async throws -> CallResult {
        var output = CollectedOutput(limit: limit), errors = CollectedOutput(limit: limit)
        var status: Int32?, errorsEnded = false, groupGone = false
        while status == nil || !errorsEnded || (running?.stop != nil && running?.group != nil && !groupGone) {
            let (stream, piece) = try await next()
            switch piece {
            case .output(let bytes):
                // What a process left behind by this call prints after its end belongs to no call.
                guard stream == .stdout ? status == nil : !errorsEnded else { continue }
                if stream == .stdout { output.append(bytes) } else { errors.append(bytes) }
                await onOutput?(OutputChunk(stream, bytes))
            case .frame(let text):
                let words = text.split(separator: " ")
                guard words.count >= 2, words[1] == "\(number)" else { continue }
                switch words[0] {
                case "b": try await began(group: words.count > 2 ? Int(words[2]) : nil)
                case "r": if let pending = plan.upload { upload(pending) }
                case "k": groupGone = true
                case "e" where stream == .stderr: errorsEnded = true
                case "e": status = words.count > 2 ? Int32(words[2]) : nil
                default: break
                }
            }
        }
        return CallResult(status: status ?? 0, stdout: output.bytes, stderr: errors.bytes, timedOut: running?.stop == .timedOut, started: started, ended: .now)
    }

    // MARK: - Ending a call early

    /// Ends the call that runs, if it is still `number`; gives the session up when the shell does not answer for long.
    private func end(_ number: Int, _ reason: StopReason) async throws {
        guard running?.number == number else { return }
        running?.stop = reason
        try await sendKill()
        try await Task.sleep(for: running?.hasGroup == true ? options.killGrace + .seconds(5) + options.patience : options.patience)
        guard running?.number == number else { return }
        await lose(Unreachable(.linkLost, "the shell did not answer after its call was ended"))
    }

    private func began(group: Int?) async throws {
        running?.group = group
        if running?.stop != nil { try await sendKill() }
    }

    private func sendKill() async throws {
        guard let running, let group = running.group else { return }
        let tenths = max(0, options.killGrace.components.seconds * 10 + options.killGrace.components.attoseconds / 100_000_000_000_000_000)
        try await send("_k \(running.number) \(group) \(tenths)\n")
    }

    // MARK: - Standard input

    /// Sends a call's stdin in counted chunks, then what runs the call, where that comes after.
    private func send(_ upload: CallPlan.Upload, to number: Int) async throws {
        do {
            var source = try InputReader(upload.input)
            while running?.number == number, running?.stop == nil, let chunk = try source.next(upTo: RemoteShell.inputChunk) {
                try await stream.write(Array("\(chunk.count)\n".utf8) + chunk)
            }
        } catch let error as InvalidCall {
            running?.inputFailure = error
            return try await stream.write(Array("-1\n".utf8))
        }
        guard running?.number == number, running?.stop == nil else { return try await stream.write(Array("-1\n".utf8)) }
        try await stream.write(Array("0\n\(upload.command)".utf8))
    }

    // MARK: - The link

    /// A write that fails is left to the reading side, which gets to know what ended the shell.
    private func send(_ text: String) async throws {
        do { try await stream.write(Array(text.utf8)) } catch is Unreachable {}
    }

    /// The next piece of the calls' output or frames. The greeting, and what the login shell printed before it, are dealt with here.
    private func next() async throws -> (stream: OutputChunk.Stream, piece: FrameScanner.Piece) {
        while true {
            while let (stream, piece) = pieces.popFirst() {
                let greeted = stream == .stdout ? greeting != nil : stderrGreeted
                switch piece {
                case _ where greeted: return (stream, piece)
                case .output(let bytes): noise = Array((noise + bytes.suffix(2000)).suffix(2000))
                case .frame(let text):
                    if stream == .stderr { stderrGreeted = true; continue }
                    greeting = HostIdentity(greeting: text.split(separator: " ").dropFirst())
                    if greeting == nil { throw Unreachable(.protocolError, "the host's shell gave an unreadable greeting: \(text)") }
                }
            }
            guard let chunk = try await stream.read() else { throw await linkLost() }
            for piece in chunk.stream == .stdout ? stdout.feed(chunk.bytes) : stderr.feed(chunk.bytes) { pieces.append((chunk.stream, piece)) }
        }
    }

    private func giveUpStarting() async {
        guard greeting == nil else { return }
        await lose(noShell(.timeout, "no shell after \(options.startTimeout)"))
    }

    private func noShell(_ reason: Unreachable.Reason, _ what: String) -> Unreachable {
        let said = String(decoding: noise, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(3).joined(separator: " / ")
        return Unreachable(reason, said.isEmpty ? what : "\(what): \(said)", remedy: "check that the user may run sh on this host")
    }

    private func linkLost() async -> Unreachable {
        if case .lost(let reason) = state { return reason }
        let status = (try? await stream.exitStatus()) ?? nil
        guard greeting != nil else {
            return noShell(.protocolError, "the login shell ended\(status.map { " with status \($0)" } ?? "") before the session began")
        }
        return Unreachable(.linkLost, status.map { "the session's shell ended with status \($0) in the middle of a call" } ?? "the link was lost in the middle of a call")
    }

    /// From now on calls fail with what ended the session.
    private func lose(_ error: any Error) async {
        guard case .open = state else { return }
        state = .lost(error as? Unreachable ?? Unreachable(.linkLost, "\(error)"))
        await stream.close()
    }
}

/// `count` random bytes from the kernel as hexadecimal text.
func randomHex(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: (0..<(2 * count)).map { _ in digits[Int(generator.next(upperBound: UInt8(16)))] }, as: UTF8.self)
}
