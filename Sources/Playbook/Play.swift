public import YAML

/// A value in a playbook and where it stands.
public struct Located<Content: Sendable>: Sendable {
    public var value: Content
    public var mark: SourceMark
    public init(_ value: Content, at mark: SourceMark) { self.value = value; self.mark = mark }
}

/// A file that a run follows from, as it was when it was read.
public struct SourceFile: Sendable, Hashable {
    public var path: String
    /// SHA-256 in hex.
    public var digest: String
    public init(path: String, digest: String) { self.path = path; self.digest = digest }

    /// Reads the file; nil when that can't be.
    public init?(reading path: String) {
        guard let bytes = try? PlaybookParser.bytes(of: path, mentionedAt: nil) else { return nil }
        self.init(path: path, digest: PlaybookParser.sha256(bytes))
    }
}

public struct Playbook: Sendable {
    public var path: String
    /// SHA-256 of the file, in hex (for the audit trail and for resume).
    public var digest: String
    public var plays: [Play]
    /// Every file that was read, the playbook first: imports, and the parts of roles.
    public var files: [SourceFile] = []
    /// Keys that stand twice and the like.
    public var warnings: [Diagnostic] = []
    public init(path: String, digest: String, plays: [Play]) { self.path = path; self.digest = digest; self.plays = plays }
}

public struct Play: Sendable {
    public enum Strategy: String, Sendable { case linear, free, hostPinned = "host_pinned" }
    public var name: String?
    public var mark: SourceMark
    /// The pattern; may be a template over extra variables.
    public var hosts: Located<Value>
    public var variables: ValueMap = [:]
    public var variableFiles: [Located<Value>] = []
    public var gatherFacts: Bool = true
    /// Each a count or a percentage text; empty means all at once.
    public var serial: [Located<Value>] = []
    public var strategy: Strategy = .linear
    public var maxFailPercentage: Located<Value>?
    public var anyErrorsFatal = false
    public var keywords = TaskKeywords()
    public var preTasks: [Step] = [], tasks: [Step] = [], postTasks: [Step] = []
    public var handlers: [TaskDefinition] = []
    /// `defaults/` of the roles: the lowest layer of variables, below the inventory's.
    public var roleDefaults: ValueMap = [:]
    public init(mark: SourceMark, hosts: Located<Value>) { self.mark = mark; self.hosts = hosts }
}

/// A task, or a block of them.
public indirect enum Step: Sendable {
    case task(TaskDefinition)
    case block(Block)
}

public struct Block: Sendable {
    public var name: String?
    public var mark: SourceMark
    public var keywords = TaskKeywords()
    public var tasks: [Step] = [], rescue: [Step] = [], always: [Step] = []
    public init(mark: SourceMark) { self.mark = mark }
}

/// What plays, blocks and tasks have in common; a task inherits what it does not say itself (when and tags add up).
/// Values stay untemplated; nil means 'not said'.
public struct TaskKeywords: Sendable {
    public var when: [Located<Value>] = []
    public var tags: [String] = []
    public var become: Located<Value>?
    public var becomeUser: Located<Value>?
    public var becomeMethod: Located<Value>?
    public var environment: [Located<Value>] = []
    public var ignoreErrors: Located<Value>?
    public var ignoreUnreachable: Located<Value>?
    public var noLog: Located<Value>?
    public var checkMode: Located<Value>?
    public var diff: Located<Value>?
    public var timeout: Located<Value>?
    public var connection: Located<Value>?
    public var variables: ValueMap = [:]
    public var delegateTo: Located<Value>?
    public var runOnce: Located<Value>?
    public var throttle: Located<Value>?
    public init() {}
}

/// The role that a task came from; its `files/` and `templates/` are searched before the playbook's.
public struct Role: Sendable, Hashable {
    public var name: String
    public var folder: String
    public init(name: String, folder: String) { self.name = name; self.folder = folder }
}

public struct TaskDefinition: Sendable {
    public var name: String?
    public var mark: SourceMark
    public var keywords = TaskKeywords()
    public var role: Role?
    public var module: ModuleSpec
    /// Untemplated; option aliases already replaced by the option's name. Free form text of command modules is under `_raw_params`.
    public var arguments: Located<ValueMap>
    public var argumentMarks: [String: SourceMark] = [:]
    public var register: String?
    public var loop: Located<Value>?
    /// True for `with_items`: one level of lists is flattened.
    public var flattensLoop = false
    public var loopVariable = "item", loopIndexVariable: String?, loopLabel: Located<Value>?, loopPause: Located<Value>?
    /// `loop_control: {extended: yes}` gives the variable `ansible_loop`.
    public var extendsLoop = false
    public var changedWhen: [Located<Value>]?, failedWhen: [Located<Value>]?
    public var until: [Located<Value>]?, retries: Located<Value>?, delay: Located<Value>?
    public var notify: [Located<Value>] = []
    /// Handlers only: topics.
    public var listen: [String] = []
    /// `meta: flush_handlers` and the like are steps of their own: the module is `meta`.
    public init(mark: SourceMark, module: ModuleSpec, arguments: Located<ValueMap>) { self.mark = mark; self.module = module; self.arguments = arguments }
}
