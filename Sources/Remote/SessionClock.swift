/// The time that a session goes by: its own to move in a simulation.
///
///     var options = HostSession.Options()
///     options.clock = SessionClock(clockOfTheTest)
package struct SessionClock: Sendable {
    /// Since the clock was made.
    let elapsed: @Sendable () -> Duration
    /// Throws `CancellationError`.
    let sleep: @Sendable (_ until: Duration) async throws -> Void

    package init(_ clock: some Clock<Duration>) {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
    }

    func sleep(for duration: Duration) async throws { try await sleep(elapsed() + duration) }
}
