public import Redaction

/// One thing that happened in a run, already redacted. The console, the journal, the audit trail and the API read
/// these.
public struct RunEvent: Sendable {
    /// From 1, without gaps, in the order in which readers see them.
    public var sequence: Int
    /// Seconds since 1970, UTC.
    public var time: Double
    public var kind: Kind
    public init(sequence: Int, time: Double, kind: Kind) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
    }

    public enum Kind: Sendable {
        case runStarted(RunHeader)
        case playStarted(name: RedactedText, playbook: String, hosts: [String], batch: Int, batches: Int)
        /// With linear strategy once per task; with the others when its first host begins.
        case taskStarted(TaskHeader)
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

    public enum LinkState: Sendable, Hashable {
        case lost(RedactedText)
        /// Attempts count from 1 after each loss.
        case reconnecting(attempt: Int)
        /// What ran has gone on, and nothing of it is lost.
        case reattached
        case gaveUp
    }

    public struct TaskHeader: Sendable {
        /// Number of the task in this run; other events refer to it.
        public var id: Int
        public var name: RedactedText
        public var module: String
        /// `file:line:col`
        public var place: String
        public var isHandler: Bool
        public init(id: Int, name: RedactedText, module: String, place: String, isHandler: Bool) {
            self.id = id
            self.name = name
            self.module = module
            self.place = place
            self.isHandler = isHandler
        }
    }

    public struct Outcome: Sendable {
        public enum Status: String, Sendable, Codable { case ok, changed, failed, skipped, ignored, rescued }
        public var status: Status
        public var message: RedactedText?
        public var returnCode: Int?
        /// Last lines of stderr (or stdout, where stderr is empty) of what failed.
        public var tail: RedactedText?
        /// Unified diff.
        public var diff: RedactedText?
        /// The result as JSON, for the journal and `-v`.
        public var result: RedactedText
        /// Seconds.
        public var duration: Double
        public init(
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

public struct RunHeader: Sendable {
    /// `20261123-201455.034187-gpu-node-3f2a`
    public var id: String
    public var playbook: String
    public var folder: String
    public var hosts: [String]
    public var tasks: Int
    public var checkMode: Bool
    /// How many processes have worked on the run before this one.
    public var resumed = 0
    public init(id: String, playbook: String, folder: String, hosts: [String], tasks: Int, checkMode: Bool) {
        self.id = id
        self.playbook = playbook
        self.folder = folder
        self.hosts = hosts
        self.tasks = tasks
        self.checkMode = checkMode
    }
}

public struct HostCounts: Sendable, Codable, Hashable {
    public var ok = 0, changed = 0, unreachable = 0, failed = 0, skipped = 0, rescued = 0, ignored = 0
    public init() {}
}

public struct RunSummary: Sendable {
    public var hosts: [(name: String, counts: HostCounts)]
    public var exitCode: Int32
    public var duration: Double
    /// Why the run ended early, if it did.
    public var note: RedactedText?
    public init(hosts: [(name: String, counts: HostCounts)], exitCode: Int32, duration: Double, note: RedactedText?) {
        self.hosts = hosts
        self.exitCode = exitCode
        self.duration = duration
        self.note = note
    }
}
