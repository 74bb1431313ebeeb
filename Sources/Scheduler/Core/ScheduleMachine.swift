/// Decides what is begun, stopped and left out, and when: events and the time go in, actions come out. It does no I/O
/// and knows no clock.
///
/// Its driver carries out the actions of a step in their order, after all that they save has been written in one
/// transaction. So what is begun has been
/// written down before, and a driver that is killed anywhere is followed by one that goes on from what was written.
package struct ScheduleMachine: Sendable {
    package enum Event: Sendable {
        /// Time has gone on; comes about every second.
        case tick
        case loaded([Job])
        /// Somebody wants a job now, or a timer that stands in for its times; the mark tells requests of one second
        /// apart.
        case requested(job: String, mark: String, cause: Fire.Cause)
        case ended(fire: String, RunEnd)
        /// Nothing is begun any more, and what runs is stopped in order.
        case stopping
    }
    package enum Action: Sendable, Hashable {
        case save(Fire)
        case track(String, JobTrack)
        /// Its process is to be started.
        case start(Fire)
        case signal(fire: String, Signal)
        /// A time was left out, and people are notified.
        case missed(Fire)
    }
    package enum Signal: String, Sendable, Hashable {
        /// Stop in order.
        case stop
        /// End now; what runs on hosts is left alone.
        case leave
        case kill
    }

    package private(set) var jobs: [Job] = []
    private(set) var tracks: [String: JobTrack]
    /// Those that have not ended, oldest first.
    package private(set) var fires: [Fire]
    package private(set) var isStopping = false
    private let followsTime: Bool
    /// When it began, or the earliest time that the clock has shown since.
    private var began: Moment?
    /// Times that have a fire, of the last of each job: when the clock is set back they come again, and don't count
    /// again.
    private var handled: [String: HandledTimes]
    private var nextDue: [String: Moment] = [:]
    /// How far the stopping of a run has gone.
    private var stages: [String: Signal] = [:]
    /// Fires whose run has been stopped for the next daemon to resume.
    private var left: Set<String> = []
    private var actions: [Action] = []

    /// A time that is seen so many seconds late was not missed.
    static let grace = 60
    /// So many times are made up for at most, and wait in a queue at most.
    static let queueLimit = 100
    /// Seconds between the steps of stopping a run.
    static let patience = 60
    /// A run that is killed again and again is resumed so often.
    static let resumeLimit = 5

    /// - Parameters:
    ///   - fires: those that have not ended.
    ///   - handled: by job, times that have a fire.
    ///   - followsTime: false where jobs run when they are asked for alone.
    package init(
        tracks: [String: JobTrack] = [:], fires: [Fire] = [], handled: [String: [Moment]] = [:],
        followsTime: Bool = true
    ) {
        self.followsTime = followsTime
        self.tracks = tracks
        self.fires = fires
        self.handled = handled.mapValues { HandledTimes($0) }
        for fire in fires where fire.stop != nil { stages[fire.id] = .stop }
    }

    /// Nothing runs, nothing waits to be retried or resumed.
    package var isIdle: Bool { !fires.contains { $0.isBusy && !left.contains($0.id) } }
    /// Processes that the driver has to keep until they end.
    package var running: [Fire] { fires.filter { $0.state == .running && !left.contains($0.id) } }

    /// - Returns: what is to be done, in this order.
    package mutating func step(_ event: Event, at now: Moment) -> [Action] {
        actions = []
        began = min(began ?? now, now)
        switch event {
        case .tick: break
        case .loaded(let jobs): load(jobs, now)
        case .requested(let name, let mark, let cause): request(name, mark, cause, now)
        case .ended(let id, let end): conclude(id, end, now)
        case .stopping:
            isStopping = true
            for fire in running where fire.stop == nil { ask(fire.id, .shutdown, now) }
        }
        if !isStopping {
            if followsTime { for job in jobs { advance(job, now) } }
            launch(now)
        }
        urge(now)
        return actions
    }

    // MARK: Jobs

    private mutating func load(_ jobs: [Job], _ now: Moment) {
        self.jobs = jobs
        nextDue = [:]
        for job in jobs {
            let times = job.isEnabled ? job.trigger.text : ""
            let definition = job.definition
            var track = tracks[job.name] ?? JobTrack(cursor: now, fence: now, times: times, definition: definition)
            if track.definition != definition { (track.definition, track.failures) = (definition, 0) }
            // Times of a rule that did not hold were not missed.
            if followsTime, track.times != times { (track.times, track.cursor) = (times, max(track.cursor, now)) }
            keep(track, of: job.name)
        }
    }

    private mutating func keep(_ track: JobTrack, of name: String) {
        guard tracks[name] != track else { return }
        tracks[name] = track
        actions.append(.track(name, track))
    }

    /// Takes in the times that have come.
    private mutating func advance(_ job: Job, _ now: Moment) {
        guard job.isEnabled, var track = tracks[job.name] else { return }
        if now < track.cursor {
            // The clock was set back. Times come again; `handled` knows which have been.
            track.fence = max(track.fence, track.cursor)
            track.cursor = now
            nextDue[job.name] = nil
            keep(track, of: job.name)
        }
        if nextDue[job.name] == nil { nextDue[job.name] = job.trigger.next(after: track.cursor) ?? Moment(.max) }
        guard let next = nextDue[job.name], next <= now else { return }
        let dues = job.trigger.moments(after: track.cursor, through: now)
        track.cursor = dues.last ?? now
        nextDue[job.name] = nil
        keep(track, of: job.name)
        handle(dues.filter { handled[job.name]?.contains($0) != true }, of: job, track, now)
    }

    private mutating func handle(_ dues: [Moment], of job: Job, _ track: JobTrack, _ now: Moment) {
        // A time that the next one has overtaken was missed, too, and one from before this daemon, however young.
        let fresh = dues.last.flatMap { now - $0 <= Self.grace && $0 >= began ?? now ? $0 : nil }
        let overdue = (fresh == nil ? dues : dues.dropLast()).filter { $0 > track.fence }
        if let limit = job.failureLimit, track.failures >= limit {
            if let last = fresh ?? overdue.last {
                leaveOut(last, of: job, .suspended, standingFor: overdue.count - (fresh == nil ? 1 : 0), now)
            }
            return
        }
        switch job.catchUp {
        case .none:
            if let last = overdue.last { leaveOut(last, of: job, .downtime, standingFor: overdue.count - 1, now) }
            if let fresh { enqueue(fresh, of: job, .schedule, now) }
        case .once:
            if let fresh {
                enqueue(fresh, of: job, .schedule, standingFor: overdue.count, now)
            } else if let last = overdue.last {
                enqueue(last, of: job, .catchUp, standingFor: overdue.count - 1, now)
            }
        case .all:
            let kept = overdue.suffix(Self.queueLimit)
            let dropped = overdue.dropLast(kept.count)
            if let last = dropped.last { leaveOut(last, of: job, .downtime, standingFor: dropped.count - 1, now) }
            for due in kept { enqueue(due, of: job, .catchUp, now) }
            // Each is wanted: on time it would be left out, since the job is at those before it.
            if let fresh { enqueue(fresh, of: job, kept.isEmpty ? .schedule : .catchUp, now) }
        }
    }

    private mutating func enqueue(
        _ due: Moment, of job: Job, _ cause: Fire.Cause, standingFor missed: Int = 0, _ now: Moment
    ) {
        var fire = Fire(
            job: job.name, due: due, cause: cause, notBefore: (cause == .schedule ? due : now) + job.delay(at: due))
        fire.missed = missed
        if fire.notBefore > now { fire.wait = .jitter }
        handled[job.name, default: HandledTimes()].insert(due)
        fires.append(fire)
        actions.append(.save(fire))
    }

    /// A time that no fire comes of.
    private mutating func leaveOut(
        _ due: Moment, of job: Job, _ reason: Fire.SkipReason, standingFor missed: Int, _ now: Moment
    ) {
        var fire = Fire(job: job.name, due: due, cause: .schedule, notBefore: due)
        fire.missed = missed
        handled[job.name, default: HandledTimes()].insert(due)
        fires.append(fire)
        skip(fire.id, reason, now)
    }

    private mutating func request(_ name: String, _ mark: String, _ cause: Fire.Cause, _ now: Moment) {
        guard let job = jobs.first(where: { $0.name == name }) else { return }
        let fire = Fire(job: name, due: now, cause: cause, notBefore: now, mark: mark)
        guard !fires.contains(where: { $0.id == fire.id }) else { return }
        fires.append(fire)
        actions.append(.save(fire))
        if cause != .manual, let limit = job.failureLimit, let track = tracks[name], track.failures >= limit {
            skip(fire.id, .suspended, now)
        }
    }

    // MARK: Beginning

    private mutating func launch(_ now: Moment) {
        for id in fires.filter({ $0.state == .waiting && $0.notBefore <= now }).map(\.id) {
            guard let fire = self[id], fire.state == .waiting else { continue }
            // What was interrupted is resumed, whatever has become of its job.
            if fire.begun != nil, fire.start != .retry {
                begin(fire, now)
                continue
            }
            guard let job = jobs.first(where: { $0.name == fire.job }) else {
                skip(id, .gone, now)
                continue
            }
            guard mayRun(fire, of: job, now), !waitsForOthers(fire, of: job, now) else { continue }
            begin(fire, now)
        }
    }

    private mutating func begin(_ fire: Fire, _ now: Moment) {
        var fire = fire
        fire.state = .running
        fire.wait = nil
        fire.begun = fire.begun ?? now
        fire.run = fire.run ?? RunName.of(fire, at: now)
        save(fire)
        actions.append(.start(fire))
    }

    /// False outside of the maintenance windows: the fire is left out then, or waits.
    private mutating func mayRun(_ fire: Fire, of job: Job, _ now: Moment) -> Bool {
        if fire.cause == .manual || job.maintenance.allows(now) { return true }
        let opening = job.maintenance.opening(from: now)
        guard fire.start == .retry || job.outside == .wait, let opening else {
            if fire.start == .retry { finish(fire, .failed, now) } else { skip(fire.id, .window, now) }
            return false
        }
        var fire = fire
        (fire.notBefore, fire.wait) = (opening, .window)
        save(fire)
        // One is enough when it opens, unless each is wanted.
        if job.overlap != .queue, fire.start == .begin {
            for older in fires
            where older.job == job.name && older.wait == .window && older.start == .begin && older.id != fire.id
                && older.due < fire.due
            { skip(older.id, .overlap, now) }
        }
        return false
    }

    /// True while the job is at an earlier fire, and this one is left out or waits for it.
    private mutating func waitsForOthers(_ fire: Fire, of job: Job, _ now: Moment) -> Bool {
        guard let busy = fires.first(where: { $0.job == job.name && $0.isBusy && $0.id != fire.id }) else {
            return false
        }
        switch fire.cause == .catchUp ? .queue : job.overlap {
        case .skip: skip(fire.id, .overlap, now)
        case .queue:
            if fires.count(where: { $0.job == job.name && $0.wait == .queue }) >= Self.queueLimit, fire.wait != .queue {
                skip(fire.id, .overlap, now)
            } else if fire.wait != .queue {
                save(fire) { $0.wait = .queue }
            }
        case .replace:
            for older in fires where older.job == job.name && older.wait == .queue && older.due < fire.due {
                skip(older.id, .overlap, now)
            }
            if fire.wait != .queue { save(fire) { $0.wait = .queue } }
            if busy.state == .waiting {
                finish(busy, .replaced, now)
            } else if busy.stop == nil {
                ask(busy.id, .replaced, now)
            }
        }
        return true
    }

    // MARK: Ending

    private mutating func conclude(_ id: String, _ end: RunEnd, _ now: Moment) {
        guard var fire = self[id], fire.state == .running else { return }
        stages[id] = nil
        switch end {
        case .exited(let code, let note):
            (fire.exitCode, fire.note) = (code, note)
            concludeExit(fire, code, now)
        case .cutOff where isStopping && followsTime: leaveForLater(fire, now)
        case .cutOff, .notBegun, .stillborn:
            if fire.stop == .timeout {
                finish(fire, .timedOut, now)
                return
            }
            if fire.stop == .replaced {
                finish(fire, .replaced, now)
                return
            }
            if end == .stillborn { fire.run = nil }
            fire.start = end == .cutOff ? .resume : fire.start == .resume ? .begin : fire.start
            goOn(fire, now)
        }
    }

    private mutating func concludeExit(_ fire: Fire, _ code: Int, _ now: Moment) {
        switch code {
        case 0: finish(fire, .succeeded, now)
        case 3: finish(fire, .drift, now)
        case _ where fire.stop == .timeout: finish(fire, .timedOut, now)
        case _ where fire.stop == .replaced: finish(fire, .replaced, now)
        case 130 where isStopping && followsTime: leaveForLater(fire, now)
        case 130: finish(fire, .interrupted, now)
        case 1: finish(fire, fire.start == .begin ? .refused : .failed, now)
        default:
            guard let job = jobs.first(where: { $0.name == fire.job }), fire.retries < job.retries.count else {
                finish(fire, .failed, now)
                return
            }
            save(fire) {
                $0.retries += 1
                ($0.state, $0.start, $0.wait) = (.waiting, .retry, .retry)
                $0.notBefore = now + job.retries.delay(before: $0.retries)
                ($0.stop, $0.stopAsked) = (nil, nil)
            }
        }
    }

    /// For the next daemon to resume.
    private mutating func leaveForLater(_ fire: Fire, _ now: Moment) {
        left.insert(fire.id)
        save(fire) {
            ($0.state, $0.start, $0.notBefore) = (.waiting, .resume, now)
            ($0.stop, $0.stopAsked, $0.exitCode, $0.note) = (nil, nil, nil, nil)
        }
    }

    /// Its process was killed: another one goes on.
    private mutating func goOn(_ fire: Fire, _ now: Moment) {
        guard fire.resumes < Self.resumeLimit else {
            var fire = fire
            fire.note = "killed \(Self.resumeLimit + 1) times; resume it with comfyfleet resume \(fire.run ?? "")"
            finish(fire, .failed, now)
            return
        }
        save(fire) {
            // Each further time a little later: what kills it may do so again.
            $0.notBefore = now + $0.resumes * 10
            $0.resumes += 1
            $0.state = .waiting
            ($0.stop, $0.stopAsked) = (nil, nil)
        }
        if isStopping { left.insert(fire.id) }
    }

    @discardableResult
    private mutating func finish(_ fire: Fire, _ result: Fire.Result, _ now: Moment) -> Fire {
        var fire = fire
        (fire.state, fire.wait, fire.result, fire.ended) = (.ended, nil, result, now)
        if var track = tracks[fire.job] {
            switch result {
            case .succeeded, .drift: track.failures = 0
            case .failed, .refused, .timedOut: track.failures += 1
            case .replaced, .interrupted, .skipped: break
            }
            keep(track, of: fire.job)
        }
        save(fire)
        fires.removeAll { $0.id == fire.id }
        stages[fire.id] = nil
        return fire
    }

    private mutating func skip(_ id: String, _ reason: Fire.SkipReason, _ now: Moment) {
        guard var fire = self[id] else { return }
        fire.skipReason = reason
        actions.append(.missed(finish(fire, .skipped, now)))
    }

    // MARK: Stopping

    private mutating func ask(_ id: String, _ reason: Fire.Stop, _ now: Moment) {
        guard let fire = self[id] else { return }
        save(fire) { ($0.stop, $0.stopAsked) = (reason, now) }
        stages[id] = .stop
        actions.append(.signal(fire: id, .stop))
    }

    /// Times that run out, and runs that don't stop.
    private mutating func urge(_ now: Moment) {
        for fire in running {
            if fire.stop == nil {
                if let limit = jobs.first(where: { $0.name == fire.job })?.timeout, let begun = fire.begun,
                    now - begun >= limit
                {
                    ask(fire.id, .timeout, now)
                }
                continue
            }
            guard fire.stop != .shutdown, let asked = fire.stopAsked else { continue }
            switch (stages[fire.id], now - asked) {
            case (.stop, Self.patience...):
                stages[fire.id] = .leave
                actions.append(.signal(fire: fire.id, .leave))
            case (.leave, (2 * Self.patience)...):
                stages[fire.id] = .kill
                actions.append(.signal(fire: fire.id, .kill))
            default: break
            }
        }
    }

    // MARK: Fires

    private subscript(id: String) -> Fire? { fires.first { $0.id == id } }

    private mutating func save(_ fire: Fire, _ change: (inout Fire) -> Void = { _ in }) {
        var fire = fire
        change(&fire)
        if let index = fires.firstIndex(where: { $0.id == fire.id }) { fires[index] = fire }
        actions.append(.save(fire))
    }
}
