import Redaction
import Runs
import ServiceLifecycle
import UnixSignals
import YAML

/// Lets a `ScheduleMachine` run on the machine's clock: looks at the time every second, writes down what it decides,
/// then does it.
///
/// The daemon is one for all jobs of a file; `comfyfleet schedule run-now` without a daemon is one for a single job. It
/// runs until it is shut down gracefully, or, for one
/// job, until that has ended. When it is cancelled, the processes of runs are killed and their runs can be resumed.
package struct ScheduleDriver: Service {
    /// What the driver asks and tells.
    package struct Surroundings: Sendable {
        /// `comfyfleet` itself, for the runs.
        package var program: String
        /// Reads the file of jobs. Throws `Diagnostics`.
        package var load: @Sendable () async throws -> Schedule
        /// Files whose change is looked for.
        package var watched: [String]
        /// Called for times that were left out.
        package var missed: @Sendable (Fire, Job?) async -> Void
        /// Not shown in the log.
        package var secrets: SecretSet
        /// Lines for the log.
        package var log: @Sendable (RedactedText) -> Void
        package var runs = RunArchive()
        package var clock: @Sendable () -> Moment = { .now }
        package init(
            program: String, load: @escaping @Sendable () async throws -> Schedule, watched: [String],
            secrets: SecretSet, missed: @escaping @Sendable (Fire, Job?) async -> Void,
            log: @escaping @Sendable (RedactedText) -> Void
        ) {
            (self.program, self.load, self.watched, self.secrets, self.missed, self.log) = (
                program, load, watched, secrets, missed, log
            )
        }
    }
    /// One job that is run because somebody asked for it.
    package struct Errand: Sendable {
        package var job: String
        /// A timer stands in for the job's own times: maintenance windows and the failure limit hold.
        package var byTimer: Bool
        package init(job: String, byTimer: Bool) { (self.job, self.byTimer) = (job, byTimer) }
    }

    private let state: StateFolder
    private let surroundings: Surroundings
    private let errand: Errand?
    /// Fires that are kept of each job.
    private static let historyLimit = 2000

    package init(state: StateFolder, _ surroundings: Surroundings, errand: Errand? = nil) {
        (self.state, self.surroundings, self.errand) = (state, surroundings, errand)
    }

    /// - Throws: `Diagnostics` when the file of jobs is wrong or another daemon holds the state folder; nothing has
    ///   been begun then.
    package func run() async throws {
        _ = try await perform()
    }

    /// - Returns: how the errand came out; nil for a daemon, and when it was shut down before.
    @discardableResult
    package func perform() async throws -> Fire? {
        let lock: StateFolder.Lock
        let jobLock: StateFolder.Lock?
        do {
            lock = try await state.hold(
                exclusive: errand == nil, purpose: errand == nil ? "the daemon" : "comfyfleet schedule run-now")
            jobLock = if let errand { try await state.hold(job: errand.job) } else { nil }
        } catch let error as Diagnostic { throw Diagnostics([error]) }
        defer { withExtendedLifetime((lock, jobLock)) {} }
        let schedule = try await surroundings.load()
        let store = try ScheduleStore(state)
        if errand == nil {
            for run in try await store.prune(keeping: Self.historyLimit) { state.forgetOutput(run) }
        }
        var loop = SchedulerLoop(
            store: store, state: state, surroundings: surroundings, errand: errand,
            machine: try await store.machine(only: errand?.job),
            keeper: RunKeeper(
                state: state, program: surroundings.program, archive: surroundings.runs, showsOutput: errand != nil))
        let (events, posted) = AsyncStream<SchedulerEvent>.makeStream()
        // Whoever is notified of what was left out has the time to hear it, also at the end.
        return try await withThrowingDiscardingTaskGroup { listeners in
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { await Self.tick { posted.yield(.tick) } }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { posted.yield(.reload) }
                }
                group.addTask {
                    // Cancelled when all is done; then nobody waits for it.
                    try? await gracefulShutdown()
                    if !Task.isCancelled { posted.yield(.shutDown) }
                }
                defer { group.cancelAll() }
                func keep(_ work: @escaping @Sendable () async -> (String, RunEnd)) {
                    group.addTask {
                        let (fire, end) = await work()
                        posted.yield(.ended(fire: fire, end))
                    }
                }
                func tell(_ fire: Fire, _ job: Job?) {
                    listeners.addTask { [surroundings] in await surroundings.missed(fire, job) }
                }
                return try await loop.run(events, schedule, keep, tell)
            }
        }
    }

    /// Calls `body` at the beginning of every second, until the task is cancelled.
    private static func tick(_ body: @Sendable () -> Void) async {
        while !Task.isCancelled {
            let now = WallClock.now
            try? await Task.sleep(for: .seconds(now.rounded(.down) + 1 - now + 0.001))
            body()
        }
    }
}
