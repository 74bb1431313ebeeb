/// One time at which a job was due, and what became of it.
package struct Fire: Sendable, Hashable {
    package enum Cause: String, Sendable {
        case schedule
        case catchUp = "catch-up"
        case manual
    }
    package enum State: String, Sendable { case waiting, running, ended }
    /// What a waiting fire waits for.
    package enum Wait: String, Sendable { case jitter, window, queue, retry }
    package enum Result: String, Sendable {
        case succeeded
        /// Well, and hosts differ from the playbook.
        case drift
        case failed
        /// The run did not begin: its playbook, inventory or command line is wrong.
        case refused
        case timedOut = "timed-out"
        case replaced
        /// Somebody stopped it; `comfyfleet resume` resumes it.
        case interrupted
        case skipped
    }
    package enum SkipReason: String, Sendable {
        /// Nothing was there to see the time.
        case downtime
        /// The job still ran.
        case overlap
        /// Outside of the maintenance windows.
        case window
        /// The job rests after too many failures.
        case suspended
        /// The job is not in the file any more.
        case gone
    }
    /// Why a run was asked to stop.
    package enum Stop: String, Sendable, CaseIterable { case timeout, replaced, shutdown }
    /// How its process begins.
    package enum Start: String, Sendable {
        case begin
        /// What was interrupted is resumed.
        case resume
        /// Hosts that failed go on from the task that failed.
        case retry
    }

    /// `gpu-nodes@2026-11-26T02:30:00Z`: a time of a job is there once, whatever happens.
    package var id: String
    package var job: String
    package var due: Moment
    package var cause: Cause
    package var state = State.waiting
    package var notBefore: Moment
    package var wait: Wait?
    /// Times before this one that it stands for.
    package var missed = 0
    package var start = Start.begin
    /// Id of its run, from when it is begun.
    package var run: String?
    package var retries = 0
    package var resumes = 0
    package var stop: Stop?
    package var stopAsked: Moment?
    package var begun: Moment?
    package var ended: Moment?
    package var result: Result?
    package var skipReason: SkipReason?
    package var exitCode: Int?
    /// For people; redacted.
    package var note: String?

    init(job: String, due: Moment, cause: Cause, notBefore: Moment, mark: String? = nil) {
        id = "\(job)@\(due)" + (mark.map { "!\($0)" } ?? "")
        (self.job, self.due, self.cause, self.notBefore) = (job, due, cause, notBefore)
    }

    /// The job is at it, or about to resume it: other times of it overlap.
    var isBusy: Bool { state != .ended && begun != nil }
}

/// What is remembered of a job beyond its fires.
package struct JobTrack: Sendable, Hashable {
    /// Times up to here have been dealt with.
    package var cursor: Moment
    /// The clock has been here, before it was set back: what lies before is not made up for.
    package var fence: Moment
    /// In a row.
    package var failures = 0
    /// The job's times and definition, when they were seen last.
    package var times: String
    package var definition: String
}

/// How a run's process came out, as its keeper found it.
package enum RunEnd: Sendable, Hashable {
    case exited(Int, note: String? = nil)
    /// It was killed, or stopped while nobody looked; its run can be resumed.
    case cutOff
    /// It was killed before its run had a folder: nothing was touched, and the same id is free.
    case notBegun
    /// It was killed when its run had a folder and no journal: nothing was touched, and the id is taken.
    case stillborn
}
