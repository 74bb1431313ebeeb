import Glibc
import Redaction
import YAML

/// What a driver handles, in its order.
enum SchedulerEvent: Sendable {
    case tick, reload, shutDown
    case ended(fire: String, RunEnd)
}

/// A driver at work: the machine, and what its actions are done with.
struct SchedulerLoop {
    typealias Keep = (_ work: @escaping @Sendable () async -> (String, RunEnd)) -> Void
    typealias Tell = (Fire, Job?) -> Void

    let store: ScheduleStore
    let state: StateFolder
    let surroundings: ScheduleDriver.Surroundings
    let errand: ScheduleDriver.Errand?
    var machine: ScheduleMachine
    let keeper: RunKeeper
    /// The errand's fire, when it has ended.
    private(set) var done: Fire?
    private var errandFire: String?
    private var stamps: [FileStamp]

    init(
        store: ScheduleStore, state: StateFolder, surroundings: ScheduleDriver.Surroundings,
        errand: ScheduleDriver.Errand?, machine: ScheduleMachine, keeper: RunKeeper
    ) {
        (self.store, self.state, self.surroundings, self.errand, self.machine, self.keeper) = (
            store, state, surroundings, errand, machine, keeper
        )
        stamps = surroundings.watched.map(FileStamp.init)
    }

    func wanted(_ schedule: Schedule) -> [Job] {
        errand.map { errand in schedule.jobs.filter { $0.name == errand.job } } ?? schedule.jobs
    }

    /// Handles events until there is nothing to do any more.
    mutating func run(
        _ events: AsyncStream<SchedulerEvent>, _ schedule: Schedule, _ keep: Keep, _ tell: Tell
    ) async throws -> Fire? {
        for fire in machine.running { keep { [keeper] in (fire.id, await keeper.adopt(fire)) } }
        try await handle(.loaded(wanted(schedule)), keep, tell)
        if let errand {
            try await handle(
                .requested(job: errand.job, mark: "\(getpid())", cause: errand.byTimer ? .schedule : .manual), keep,
                tell)
        } else {
            surroundings.log("\(schedule.jobs.count) jobs")
        }
        Notification.send("READY=1")
        // What an earlier process of the errand's job has left goes on, too.
        if done != nil, machine.isIdle { return done }
        for await event in events {
            switch event {
            case .tick: try await tick(keep, tell)
            case .reload: try await reload(keep, tell)
            case .ended(let fire, let end): try await handle(.ended(fire: fire, end), keep, tell)
            case .shutDown:
                Notification.send("STOPPING=1")
                try await handle(.stopping, keep, tell)
            }
            if machine.isStopping ? machine.running.isEmpty : done != nil && machine.isIdle { break }
        }
        return done
    }

    mutating func tick(_ keep: Keep, _ tell: Tell) async throws {
        Notification.send("WATCHDOG=1")
        if errand == nil {
            let now = surroundings.watched.map(FileStamp.init)
            if now != stamps {
                stamps = now
                try await reload(keep, tell)
            }
            let requests = try await store.requests()
            for (job, mark) in requests {
                if machine.jobs.contains(where: { $0.name == job }) {
                    try await handle(.requested(job: job, mark: mark, cause: .manual), keep, tell)
                } else {
                    surroundings.log("a run of '\(shown(job))' was asked for, and there is no such job")
                }
            }
            try await store.removeRequests(requests.map(\.mark))
        }
        try await handle(.tick, keep, tell)
    }

    /// A file that is wrong changes nothing; what is wrong in it is reported.
    mutating func reload(_ keep: Keep, _ tell: Tell) async throws {
        guard errand == nil, !machine.isStopping else { return }
        do {
            let schedule = try await surroundings.load()
            try await handle(.loaded(schedule.jobs), keep, tell)
            surroundings.log("the file was read again: \(schedule.jobs.count) jobs")
        } catch let problems as Diagnostics {
            for problem in problems.all { surroundings.log("error: \(shown("\(problem)"))") }
            surroundings.log("the jobs stay as they were")
        }
    }

    /// A step: decided, written down, done.
    mutating func handle(_ event: ScheduleMachine.Event, _ keep: Keep, _ tell: Tell) async throws {
        let before = Set(machine.fires.map(\.id))
        let actions = machine.step(event, at: surroundings.clock())
        guard !actions.isEmpty else { return }
        try await store.commit(
            actions,
            new: Set(actions.compactMap { if case .save(let fire) = $0 { fire.id } else { nil } }).subtracting(before))
        if case .requested = event, errand != nil, errandFire == nil {
            for case .save(let fire) in actions where !before.contains(fire.id) { errandFire = fire.id }
        }
        for action in actions {
            switch action {
            case .save(let fire): ended(fire)
            case .track: break
            case .start(let fire):
                log(
                    fire,
                    fire.start == .begin
                        ? "begins, run \(shown(fire.run))"
                        : fire.start == .resume
                            ? "resumes run \(shown(fire.run))" : "tries again what failed in run \(shown(fire.run))")
                let job = machine.jobs.first { $0.name == fire.job }
                let keeper = keeper
                keep { (fire.id, await keeper.start(fire, job: job)) }
            case .signal(let id, let signal):
                guard let fire = machine.fires.first(where: { $0.id == id }) else { continue }
                log(
                    fire,
                    "\(signal == .stop ? "is stopped" : signal == .leave ? "does not stop, and is signalled again" : "is killed") (\(fire.stop.map { RedactedText(own: $0) } ?? ""))"
                )
                keeper.signal(fire, signal)
            case .missed(let fire): tell(fire, machine.jobs.first { $0.name == fire.job })
            }
        }
    }

    private mutating func ended(_ fire: Fire) {
        guard fire.state == .ended else { return }
        if fire.id == errandFire { done = fire }
        if let run = fire.run { state.forgetProcess(run) }
        let reason = fire.skipReason.map { " (\($0.rawValue))" } ?? ""
        let missed = fire.missed > 0 ? ", for \(fire.missed + 1) times" : ""
        let note = fire.note.map { ": \($0)" } ?? ""
        log(fire, shown((fire.result?.rawValue ?? "ended") + reason + missed + note))
    }

    private func log(_ fire: Fire, _ text: RedactedText) { surroundings.log("\(shown(fire.id)) \(text)") }

    private func shown(_ text: String?) -> RedactedText { RedactedText(text ?? "", secrets: surroundings.secrets) }
}

/// Tells whether a file has changed.
private struct FileStamp: Equatable {
    private var device: UInt64 = 0, inode: UInt64 = 0, size = 0, seconds = 0, nanoseconds = 0

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
