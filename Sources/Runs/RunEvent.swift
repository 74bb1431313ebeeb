import Redaction

/// One thing that happened in a run, already redacted. The console, the journal, the audit trail and the API read
/// these.
package struct RunEvent: Sendable {
    /// From 1, without gaps, in the order in which readers see them.
    package var sequence: Int
    /// Seconds since 1970, UTC.
    package var time: Double
    package var kind: Kind
    package init(sequence: Int, time: Double, kind: Kind) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
    }

    package enum Kind: Sendable {
        case runStarted(RunHeader)
        case playStarted(name: RedactedText, playbook: String, hosts: [String], batch: Int, batches: Int)
        /// With linear strategy once per task; with the others when its first host begins.
        case taskStarted(TaskHeader)
        /// A play without hosts: the pattern matches none, or none of its hosts is left.
        case playSkipped(name: RedactedText, playbook: String, matchesHosts: Bool)
        /// A `meta` task, which steers the run and sends nothing to the host; `host` is nil for one that is for all.
        ///
        /// - `isSkipped`: its condition does not hold for the host.
        case metaStarted(host: String?, TaskHeader, isSkipped: Bool)
        case hostConnecting(host: String, attempt: Int)
        case hostConnected(host: String)
        case hostTaskStarted(host: String, task: Int)
        case hostOutput(host: String, task: Int, stream: String, text: RedactedText)
        /// A loop's item, before the task's own result.
        case itemFinished(host: String, task: Int, item: RedactedText, outcome: Outcome)
        case retry(host: String, task: Int, attempt: Int, attempts: Int)
        case hostTaskFinished(host: String, task: Int, outcome: Outcome)
        case hostUnreachable(host: String, task: Int?, message: RedactedText)
        case warning(RedactedText)
        /// What becomes of the link to a host while something runs there.
        case hostLink(host: String, LinkState)
        /// The run is to end before it is done; the text says what is waited for.
        case stopping(RedactedText)
        case runFinished(RunSummary)
    }

    package enum LinkState: Sendable, Hashable {
        case lost(RedactedText)
        /// Attempts count from 1 after each loss.
        case reconnecting(attempt: Int)
        /// What ran has gone on, and nothing of it is lost.
        case reattached
        case gaveUp
    }

    package struct TaskHeader: Sendable {
        /// Number of the task in this run; other events refer to it.
        package var id: Int
        package var name: RedactedText
        package var module: String
        /// `file:line:col`
        package var place: String
        package var isHandler: Bool
        /// The role that it is of.
        package var role: RedactedText?
        /// Whether all hosts come to it together (`linear`), or each when it is there.
        package var isInStep = true
        package init(id: Int, name: RedactedText, module: String, place: String, isHandler: Bool) {
            self.id = id
            self.name = name
            self.module = module
            self.place = place
            self.isHandler = isHandler
        }
    }

    package struct Outcome: Sendable {
        package enum Status: String, Sendable, Codable { case ok, changed, failed, skipped, ignored, rescued }
        package var status: Status
        package var message: RedactedText?
        package var returnCode: Int?
        /// Last lines of stderr (or stdout, where stderr is empty) of what failed.
        package var tail: RedactedText?
        /// Unified diff.
        package var diff: RedactedText?
        /// The result as JSON, for the journal and `-v`.
        package var result: RedactedText
        /// Seconds.
        package var duration: Double
        /// A loop's item or its label, as Python writes it. It is not in the journal, and nor are the next ones.
        package var label: RedactedText?
        /// The host that the task was delegated to, with its address where that is another: `three(10.0.0.3)`.
        package var delegate: RedactedText?
        /// What an include has brought in: a file's path, or a role's name.
        package var included: RedactedText?
        package init(
            status: Status, message: RedactedText? = nil, returnCode: Int? = nil, tail: RedactedText? = nil,
            diff: RedactedText? = nil, result: RedactedText, duration: Double
        ) {
            self.status = status
            self.message = message
            self.returnCode = returnCode
            self.tail = tail
            self.diff = diff
            self.result = result
            self.duration = duration
        }
    }
}

package struct RunHeader: Sendable {
    /// `20261123-201455.034187-gpu-node-3f2a`
    package var id: String
    package var playbook: String
    package var folder: String
    package var hosts: [String]
    package var tasks: Int
    package var checkMode: Bool
    /// How many processes have worked on the run before this one.
    package var resumed = 0
    package init(id: String, playbook: String, folder: String, hosts: [String], tasks: Int, checkMode: Bool) {
        self.id = id
        self.playbook = playbook
        self.folder = folder
        self.hosts = hosts
        self.tasks = tasks
        self.checkMode = checkMode
    }
}

package struct HostCounts: Sendable, Codable, Hashable {
    package var ok = 0, changed = 0, unreachable = 0, failed = 0, skipped = 0, rescued = 0, ignored = 0
    package init() {}
}

package struct RunSummary: Sendable {
    package var hosts: [(name: String, counts: HostCounts)]
    package var exitCode: Int32
    package var duration: Double
    /// Why the run ended early, if it did.
    package var note: RedactedText?
    package init(hosts: [(name: String, counts: HostCounts)], exitCode: Int32, duration: Double, note: RedactedText?) {
        self.hosts = hosts
        self.exitCode = exitCode
        self.duration = duration
        self.note = note
    }
}
