import Remote

/// What a run does about links that break, and about other runs on its hosts.
package struct LinkPolicy: Sendable {
    /// How long a host that was lost is tried to be reached again before it counts as unreachable.
    package var reconnectFor: Duration = .seconds(600)
    /// The host itself ends what runs there when nobody has come back for `reconnectFor`; else it is left running.
    package var endsLostTasks = false
    /// A link on which nothing comes for so long, though it was asked for, is lost.
    package var silence: Duration = .seconds(60)
    /// What holds each host for this run.
    package var lock: HostLock?
    /// Whether the lock also applies to this machine, where tasks run on it; otherwise any number of runs may use it at
    /// once.
    package var locksController = false
    /// How long to wait for a host that another run holds.
    package var lockWait: Duration = .zero
    package init() {}

    /// - Parameters:
    ///   - isJournaled: results are done with when the run says so, not when they have been read.
    ///   - isLocal: the session is on this machine.
    func sessionOptions(isJournaled: Bool, isLocal: Bool) -> HostSession.Options {
        var options = HostSession.Options()
        options.reconnectFor = reconnectFor
        options.startTimeout = min(options.startTimeout, max(silence, .seconds(5)))
        options.endsWhenLostFor = endsLostTasks ? reconnectFor : nil
        options.lock = isLocal && !locksController ? nil : lock
        options.lockWait = lockWait
        options.acknowledgesResults = !isJournaled
        return options
    }
}
