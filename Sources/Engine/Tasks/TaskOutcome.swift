import Runs

/// How a task ended on a host: all that the batch, the summary and the journal take from it.
package struct TaskOutcome: Sendable {
    /// What it means for the host's way through the play.
    package enum Kind: Sendable, Equatable {
        case done
        case failed
        case unreachable
        /// `meta: end_role`
        case endRole
        /// `meta: end_host`
        case endHost
        /// `meta: end_batch`, `meta: end_play`: for every host of the batch.
        case endBatch, endPlay
        /// `meta: flush_handlers`
        case flushHandlers
        /// `meta: clear_host_errors`: hosts of the play that have failed, or were unreachable, take part in later plays.
        case clearHostErrors
        /// The run was interrupted before the task had a result.
        case interrupted
    }

    package var kind: Kind
    /// What it counts as in the summary; nil for what has no result, such as `meta` tasks.
    var status: RunEvent.Outcome.Status?
    var changed: Bool
    /// How many times it counts: an include in a loop for each item that has brought something in.
    var weight: Int { max(1, included.count) }
    /// Whether it was more than skipped. What steers the run itself does nothing on its host.
    var hasRun: Bool { status != nil && status != .skipped }
    /// Handlers to notify, by number.
    package var notified: [Int]
    /// What the task has changed in the host's variables; they change for the other hosts of a `run_once` task, too.
    var updates: [VariableUpdate]
    /// What an include has brought in.
    package var included: [Included]
    /// `updates` and `included` for the journal, sealed; nil for nothing.
    var learned: String?
    /// Calls of which the results are in this.
    var calls: [TaskTrace.Call] = []
    /// How many of the secrets that belong to no task are in the journal with `learned`.
    var sharedSecrets = 0

    package init(
        _ kind: Kind, status: RunEvent.Outcome.Status? = nil, changed: Bool = false, notified: [Int] = [],
        updates: [VariableUpdate] = [], included: [Included] = []
    ) {
        self.kind = kind
        self.status = status
        self.changed = changed
        self.notified = notified
        self.updates = updates
        self.included = included
    }
}
