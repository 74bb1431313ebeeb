import Support

/// An authenticated connection to a host, living on one event loop. Make one with `connect`, then `open` commands on
/// it.
///
/// Every wait ends at once when its task is cancelled. Close it when done: that frees everything without waiting for
/// the server.
package actor SSHConnection {
    /// Run tasks that use this connection with `withTaskExecutorPreference(loop)` to spare them the hops.
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let limits: SSHLimits
    let activity = Activity()
    var link: (any ByteLink)?
    var session: LibSSH2Session?
    /// Why it is no longer usable.
    var ending: SSHError?
    var channels: [LibSSH2Session.ChannelID: ChannelState] = [:]
    /// One at a time goes through the library's session-wide state machines.
    let gate = Gate()
    var keepalive = KeepaliveState()
    /// Connections that are tunnelled through this one.
    var tunnels: [LibSSH2Session.ChannelID: Tunnel] = [:]
    /// They are going to be notified of activity.
    var tunnelsWillBeTold = false
    /// The connection that this one is tunnelled through.
    var outer: SSHConnection?
    /// The command that carries this connection.
    var proxy: ProxyCommand?

    init(loop: EventLoop, limits: SSHLimits) {
        self.loop = loop
        self.limits = limits
    }

    isolated deinit { tearDown() }

    /// Ends the connection; whatever waits on it fails. Safe to call more than once.
    package func close() async {
        end(.closed)
        if let outer {
            self.outer = nil
            await JumpHosts.shared.release(outer)
        }
    }

    package var isClosed: Bool { session == nil }

    /// The connection is over, for this reason; the first reason stays.
    func end(_ reason: SSHError) {
        if ending == nil { ending = reason }
        let orphans = Array(tunnels.values)
        tearDown()
        activity.wakeAll()
        // Later: one of them may be in the middle of a call that goes through here.
        if !orphans.isEmpty { loop.execute { for tunnel in orphans { tunnel.onActivity() } } }
    }

    private func tearDown() {
        if let timer = keepalive.timer {
            keepalive.timer = nil
            loop.cancel(timer)
        }
        activity.unattended = nil
        // The session first: it must be freed while its descriptor is still its own.
        session?.free()
        session = nil
        link?.close()
        link = nil
        proxy?.end()
        proxy = nil
        channels = [:]
        tunnels = [:]
    }

    /// To be called when a channel was let go of, or a tunnel came or went: only while there are such is every activity
    /// looked at for them.
    func watchTheUnattended() {
        guard session?.hasAbandoned == true || !tunnels.isEmpty else {
            activity.unattended = nil
            return
        }
        if activity.unattended == nil {
            activity.unattended = { [weak self] in self?.assumeIsolated { $0.tendToTheUnattended() } }
        }
    }

    /// Part of every activity on the link, before the tasks that wait for it.
    private func tendToTheUnattended() {
        if let session, session.hasAbandoned {
            session.tendToTheAbandoned()
            if session.intakeIsSpent { loop.execute { [weak self] in self?.assumeIsolated { $0.activity.wakeAll() } } }
        }
        tendTunnels()
        watchTheUnattended()
    }

    // MARK: Driving the library

    /// A step's time limit: the words for the error, the duration, and when it is over.
    struct Deadline {
        let step: ConnectionStep
        let duration: Duration
        let instant: ContinuousClock.Instant
        init(_ step: ConnectionStep, _ duration: Duration) {
            self.step = step
            self.duration = duration
            instant = .now + duration
        }
        func check() throws(SSHError) {
            if ContinuousClock.now >= instant { throw .timedOut(step, after: duration) }
        }
    }

    /// Repeats a call of the library until it is done. Returns its code; throws when the task is cancelled, the time is
    /// over, or the connection ended.
    func drive(_ deadline: Deadline, _ call: (LibSSH2Session) -> Int32) async throws -> Int32 {
        // One timer for all waits of the step.
        var timer: TimerQueue.ID?
        defer { if let timer { loop.cancel(timer) } }
        while true {
            try Task.checkCancellation()
            guard let session else { throw ending ?? .closed }
            let seen = activity.generation
            let code = call(session)
            let mayBeMore = session.intakeIsSpent
            if session.tookBytes { activity.wakeAll() }
            guard code == LibSSH2Session.waits else { return code }
            try deadline.check()
            // Where the call stopped because it had taken enough, there may be more, and no event for it.
            if timer == nil { timer = loop.schedule(at: deadline.instant) { [weak activity] in activity?.wakeAll() } }
            if mayBeMore { await Task.yield() } else { await waitForActivity(since: seen, until: nil) }
        }
    }

    /// Waits until anything happens on the link, the instant has come, or the task is cancelled; the caller looks
    /// which.
    ///
    /// - Parameter seen: `activity.generation` as it stood before the caller looked. What the caller itself took off
    ///   the link may have been
    ///   for others, whose work then took what the caller looks for; and entering this method may take a turn of the
    ///   loop.
    func waitForActivity(since seen: UInt64, until instant: ContinuousClock.Instant?) async {
        let id = activity.newID()
        let timer = instant.map { loop.schedule(at: $0) { [weak activity] in activity?.wake(id) } }
        defer { if let timer { loop.cancel(timer) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { activity.add(id, since: seen, $0) }
        } onCancel: {
            // On the loop, and so after the continuation was added. `self`, not the non-Sendable `activity`, is what
            // may cross.
            loop.execute { self.assumeIsolated { $0.activity.wake(id) } }
        }
    }

    /// The error for a code that a step failed with. A connection that broke is closed.
    func failure(_ code: Int32, _ step: ConnectionStep) -> SSHError {
        guard let session else { return ending ?? .closed }
        var error = SSHError(libssh2: code, session.lastErrorText, during: step)
        if let reason = session.disconnectReason, !reason.isEmpty {
            error.message += "; the server says: \(reason.printable)"
        }
        if error.code == .linkLost || link?.hasEnded == true { end(error) }
        return error
    }
}
