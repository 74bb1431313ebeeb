import CLibSSH2

/// What a connection remembers of a channel, beside the library's own state.
struct ChannelState {
    /// Read from the second stream together with the first.
    var heldBack: (stream: SSHChannel.Stream, bytes: [UInt8])?
    /// Which stream is asked first the next time.
    var stderrFirst = false
    /// Grows while reads fill it: most commands say little.
    var capacity = 4 << 10
    /// Reads in a row that did not have to wait.
    var streak = 0
    /// A write was cancelled when the library had half of it.
    var writeIsBroken = false

    static let largestRead = 64 << 10
}

extension SSHConnection {
    /// Runs `command` with the user's login shell. Throws `SSHError` (`channelRefused` when the server has enough
    /// sessions: MaxSessions).
    package func open(_ command: String) async throws -> SSHChannel {
        let id = try await openChannel(
            .session(window: limits.window), Deadline(.openingChannel, limits.channelTimeout))
        do {
            let code = try await drive(Deadline(.starting, limits.channelTimeout)) { $0.execute(command, on: id) }
            guard code == 0 else { throw failure(code, .starting) }
            return SSHChannel(connection: self, id: id)
        } catch {
            close(id)
            throw error
        }
    }

    func openChannel(
        _ request: LibSSH2Session.ChannelRequest, _ deadline: Deadline
    ) async throws -> LibSSH2Session.ChannelID {
        try await enterGate(deadline)
        defer { gate.leave() }
        var opened: LibSSH2Session.ChannelID?
        do {
            let code = try await drive(deadline) { session in
                let (code, channel) = session.openChannel(request)
                opened = channel
                return code
            }
            guard code == 0, let opened else {
                var error = failure(code, deadline.step)
                if error.code == .channelRefused { error.remedy = deadline.step.refusalRemedy }
                throw error
            }
            channels[opened] = ChannelState()
            return opened
        } catch {
            // Cancelled or too late, with the library's state machine half-way: it is finished when the server answers.
            if !(error is SSHError) || (error as? SSHError)?.code == .timedOut {
                session?.abandonOpen(request)
                watchTheUnattended()
            }
            throw error
        }
    }

    func read(_ id: LibSSH2Session.ChannelID) async throws -> (stream: SSHChannel.Stream, bytes: [UInt8])? {
        while true {
            try Task.checkCancellation()
            guard let session else { throw ending ?? .closed }
            let seen = activity.generation
            guard var state = channels[id] else { throw SSHError(.channelClosed, "the channel is closed") }
            if let held = state.heldBack.take() {
                channels[id] = state
                return held
            }
            let order: [LibSSH2Session.Stream] = state.stderrFirst ? [.stderr, .stdout] : [.stdout, .stderr]
            // What is taken off the link is never more than what is handed on: the library's queue can't grow by
            // reading.
            let (first, firstCode) = readAvailable(order[0], id, state.capacity, session, intake: state.capacity)
            let spent = session.intakeIsSpent
            var tookBytes = session.tookBytes
            let (second, secondCode) = readAvailable(order[1], id, state.capacity, session, intake: 0)
            tookBytes = tookBytes || session.tookBytes
            if tookBytes { activity.wakeAll() }
            for code in [firstCode, secondCode] where code < 0 && code != LibSSH2Session.waits {
                throw failure(code, .reading)
            }

            var output: [(stream: SSHChannel.Stream, bytes: [UInt8])] = []
            for (stream, bytes) in zip(order, [first, second]) where !bytes.isEmpty {
                output.append((stream == .stdout ? .stdout : .stderr, bytes))
            }
            if let next = output.first {
                let isFull = next.bytes.count == state.capacity
                state.capacity =
                    isFull
                    ? min(state.capacity * 4, ChannelState.largestRead)
                    : max(4 << 10, min(state.capacity, next.bytes.count * 2))
                state.heldBack = output.count > 1 ? output[1] : nil
                state.stderrFirst = output.count > 1 ? state.stderrFirst : next.stream == .stdout
                state.streak += 1
                // A stream that never makes us wait must not keep the loop from everyone else.
                let isGreedy = state.streak >= 16
                if isGreedy { state.streak = 0 }
                channels[id] = state
                if isGreedy { await Task.yield() }
                return next
            }
            if session.isAtEnd(id) { return nil }
            channels[id]?.streak = 0
            if spent { await Task.yield() } else { await waitForActivity(since: seen, until: nil) }
        }
    }

    private func readAvailable(
        _ stream: LibSSH2Session.Stream, _ id: LibSSH2Session.ChannelID, _ capacity: Int, _ session: LibSSH2Session,
        intake: Int
    ) -> ([UInt8], Int32) {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = session.read(stream, of: id, into: UnsafeMutableRawBufferPointer(buffer), intake: intake)
            count = max(0, result)
            code = Int32(truncatingIfNeeded: min(0, result))
        }
        return (bytes, code)
    }

    func write(_ bytes: [UInt8], _ id: LibSSH2Session.ChannelID) async throws {
        var sent = 0
        var hasBegun = false
        while sent < bytes.count {
            if Task.isCancelled {
                if hasBegun { channels[id]?.writeIsBroken = true }
                throw CancellationError()
            }
            guard let session, let link else { throw ending ?? .closed }
            guard let state = channels[id], !state.writeIsBroken else {
                throw SSHError(.channelClosed, "the channel's input is closed")
            }
            let seen = activity.generation
            var code = Int(LibSSH2Session.waits)
            var mayBeMore = false
            if link.bufferedOutput < type(of: link).outputLimit {
                hasBegun = true
                code = bytes.withUnsafeBytes { session.write(UnsafeRawBufferPointer(rebasing: $0[sent...]), to: id) }
                mayBeMore = session.intakeIsSpent
                if session.tookBytes { activity.wakeAll() }
            }
            if code > 0 {
                sent += code
                continue
            }
            guard code == 0 || code == LibSSH2Session.waits else { throw failure(Int32(code), .writing) }
            if mayBeMore { await Task.yield() } else { await waitForActivity(since: seen, until: nil) }
        }
    }

    func finishWriting(_ id: LibSSH2Session.ChannelID) async throws {
        let code = try await drive(Deadline(.writing, limits.channelTimeout)) { $0.sendEOF(on: id) }
        guard code == 0 || code == LIBSSH2_ERROR_CHANNEL_EOF_SENT else { throw failure(code, .writing) }
    }

    func exitStatus(_ id: LibSSH2Session.ChannelID) async throws -> Int32? {
        while true {
            try Task.checkCancellation()
            guard let session else { return nil }
            let seen = activity.generation
            let code = session.waitForClose(id)
            let mayBeMore = session.intakeIsSpent
            if session.tookBytes { activity.wakeAll() }
            if code == 0 { return session.exitStatus(of: id) }
            guard code == LibSSH2Session.waits else {
                if link?.hasEnded == true {
                    _ = failure(code, .reading)
                    return nil
                }
                throw failure(code, .reading)
            }
            if mayBeMore { await Task.yield() } else { await waitForActivity(since: seen, until: nil) }
        }
    }

    func close(_ id: LibSSH2Session.ChannelID) {
        guard channels.removeValue(forKey: id) != nil else { return }
        session?.close(id)
        watchTheUnattended()
        activity.wakeAll()
    }
}
