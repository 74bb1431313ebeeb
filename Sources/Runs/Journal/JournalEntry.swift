/// A task on one host of a batch.
package struct TaskID: Sendable, Hashable {
    /// Number of the batch in the run, from 1.
    package var batch: Int
    /// Place of the host in the batch, from 0.
    package var host: Int
    /// Number of the task in the batch, from 1.
    package var task: Int
    package init(batch: Int, host: Int, task: Int) {
        self.batch = batch
        self.host = host
        self.task = task
    }
}

/// One time that a task's module runs: for an item of its loop (0 without one), in one of its tries.
package struct AttemptID: Sendable, Hashable {
    package var task: TaskID
    package var item: Int
    package var attempt: Int
    package init(task: TaskID, item: Int, attempt: Int) {
        self.task = task
        self.item = item
        self.attempt = attempt
    }
}

/// What a process writes down of a run, so that another one can resume it: numbers, words of this program, and sealed
/// texts. No name and no value stands in it in the clear.
///
/// How it stands in the file: `JournalEntry+Line.swift` and docs/run-folder.md.
package enum JournalEntry: Sendable, Hashable {
    /// A process begins to work on the run. `process`: its number in the system. `program`: its version; nil where it
    /// is not written down (format 0).
    /// `key`: fingerprint of the key that sealed texts are under. `arguments`: of the command line, sealed.
    case opened(process: Int, program: String?, key: String, arguments: String)
    /// A batch begins. `playbook` and `play` count from 0; `hosts`: sealed list of their names.
    case batch(number: Int, playbook: Int, play: Int, hosts: String)
    /// A shell is about to be opened. Its identity and its name on the host are sealed; calls refer to its number.
    case session(number: Int, identity: String)
    /// A call is about to be sent.
    case call(AttemptID, SentCall)
    /// An item of a loop has ended; its result is sealed.
    case item(TaskID, item: Int, result: String)
    /// What a module noted for a process that comes after this one, sealed.
    case note(AttemptID, String)
    /// The module begins anew, as what it had begun was interrupted: its earlier calls are void.
    case again(AttemptID)
    case ended(Ending)
    /// The task was ended in the middle because the run was to stop.
    case cutOff(TaskID)
    /// Hosts that had failed go on from the task that failed; sealed list of names.
    case revived(String)
    /// A vault value joined the run; sealed path.
    case secret(String)
    /// The process is done with the run.
    case closed(exitCode: Int)

    package struct SentCall: Sendable, Hashable {
        /// Counts the calls of its act, from 0.
        package var ordinal: Int
        /// Number of the session in this journal.
        package var session: Int
        /// The call's number in that session.
        package var number: Int
        /// Of the script.
        package var digest: String
        package init(ordinal: Int, session: Int, number: Int, digest: String) {
            self.ordinal = ordinal
            self.session = session
            self.number = number
            self.digest = digest
        }
    }

    package struct Ending: Sendable, Hashable {
        package var place: TaskID
        /// How the task ended for the host's way through the play, in the engine's words.
        package var ending: String
        /// What it counts as.
        package var status: String?
        package var changed: Bool
        /// Handlers, by number.
        package var notified: [Int]
        /// Tells tasks apart: a playbook that was changed is found out by it.
        package var mark: Int
        /// What the host learned, sealed; nil for nothing.
        package var learned: String?
        package init(
            place: TaskID, ending: String, status: String?, changed: Bool, notified: [Int], mark: Int, learned: String?
        ) {
            self.place = place
            self.ending = ending
            self.status = status
            self.changed = changed
            self.notified = notified
            self.mark = mark
            self.learned = learned
        }
    }
}
