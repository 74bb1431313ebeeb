public import YAML

/// A value in a playbook and where it stands.
public struct Located<Content: Sendable>: Sendable {
    public var value: Content
    public var mark: SourceMark
    public init(_ value: Content, at mark: SourceMark) {
        self.value = value
        self.mark = mark
    }
}

/// A file that a run follows from, as it was when it was read.
public struct SourceFile: Sendable, Hashable {
    public var path: String
    /// SHA-256 in hex.
    public var digest: String
    public init(path: String, digest: String) {
        self.path = path
        self.digest = digest
    }

    /// Reads the file; nil when that can't be.
    public init?(reading path: String) {
        guard let bytes = try? TextFile.bytes(of: path) else { return nil }
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
    public init(path: String, digest: String, plays: [Play]) {
        self.path = path
        self.digest = digest
        self.plays = plays
    }
}

public struct Play: Sendable {
    public enum Strategy: String, Sendable, CaseIterable {
        case linear, free
        case hostPinned = "host_pinned"
        static let collection = "ansible.builtin."
        /// By the name that a play gives it, with or without the collection's.
        public init?(named name: String) { self.init(rawValue: name.replacing(Self.collection, with: "")) }
    }
    public var name: String?
    public var mark: SourceMark
    /// The pattern; may be a template over extra variables.
    public var hosts: Located<Value>
    public var variables: ValueMap = [:]
    public var variableFiles: [Located<Value>] = []
    /// nil is yes.
    public var gatherFacts: Located<Value>?
    /// Each a count or a percentage text; empty means all at once.
    public var serial: [Located<Value>] = []
    /// The name of a `Strategy`, in short or with its collection's; nil is linear.
    public var strategy: Located<Value>?
    public var maxFailPercentage: Located<Value>?
    public var keywords = TaskKeywords()
    public var preTasks: [Step] = [], tasks: [Step] = [], postTasks: [Step] = []
    public var handlers: [TaskDefinition] = []
    /// `defaults/` of the roles: the lowest layer of variables, below the inventory's.
    public var roleDefaults: ValueMap = [:]
    /// `vars/` of the roles, which the whole play sees.
    public var roleVariables: ValueMap = [:]
    /// What is asked for before the run begins.
    public var prompts: [Prompt] = []
    /// The name of an `Order`; nil is the inventory's.
    public var order: Located<Value>?
    /// Arguments of `setup` when the play gathers facts.
    public var gathering: ValueMap = [:]
    public enum Order: String, Sendable, CaseIterable {
        case inventory, sorted
        case reverseSorted = "reverse_sorted"
        case reverseInventory = "reverse_inventory"
        case shuffle
    }
    public init(mark: SourceMark, hosts: Located<Value>) {
        self.mark = mark
        self.hosts = hosts
    }

    /// An entry of `vars_prompt`.
    public struct Prompt: Sendable {
        public var name: String
        public var mark: SourceMark
        public var question: String
        public var fallback: Value?
        /// What is typed is not shown, and joins the run's secrets.
        public var isPrivate = true
        public var isConfirmed = false
    }
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
/// Values stay untemplated; nil means 'not said'. Each has its line in `KeywordSpec.all`.
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
    /// A failure ends the play for all hosts.
    public var anyErrorsFatal: Located<Value>?
    /// A role's own defaults: below the inventory's variables, above other roles' defaults.
    public var defaults: ValueMap = [:]
    public var runOnce: Located<Value>?
    public var throttle: Located<Value>?
    public init() {}
}

/// The role that a task came from; its `files/` and `templates/` are searched before the playbook's.
public struct Role: Sendable, Hashable {
    public let name: String
    public let folder: String
    /// `role_path`: templates read it for every host, and a path that is whole takes the current folder.
    public let path: String
    public init(name: String, folder: String) {
        self.name = name
        self.folder = folder
        path = AbsolutePath.of(folder)
    }
}

public struct TaskDefinition: Sendable {
    public var name: String?
    public var mark: SourceMark
    public var keywords = TaskKeywords()
    public var role: Role?
    public var module: ModuleSpec
    /// Untemplated; option aliases already replaced by the option's name. Free form text of command modules is under
    /// `_raw_params`.
    public var arguments: Located<ValueMap>
    public var argumentMarks: [String: SourceMark] = [:]
    public var register: String?
    public var loop: Located<Value>?
    /// `with_NAME`: the lookup that makes the items out of the loop's value.
    public var loopLookup: String?
    public var loopVariable: Located<Value>?, loopIndexVariable: Located<Value>?, loopLabel: Located<Value>?,
        loopPause: Located<Value>?
    /// `loop_control: {extended: yes}` gives the variable `ansible_loop`; all items are in it unless
    /// `extended_allitems` says no.
    public var extendsLoop: Located<Value>?, loopShowsAllItems: Located<Value>?
    /// Conditions that end the loop after an item.
    public var loopBreakWhen: [Located<Value>] = []
    /// `apply:` of an include: keywords of the tasks that it brings.
    public var applied = TaskKeywords()
    /// Of an include: arguments that modules get in the tasks that it brings, where those do not say them.
    public var moduleDefaults: [String: ValueMap] = [:]

    public var isInclude: Bool { Self.includes.contains(module.name) }
    static let includes: Set<String> = ["include_tasks", "include_role"]
    public var changedWhen: [Located<Value>]?, failedWhen: [Located<Value>]?
    public var until: [Located<Value>]?, retries: Located<Value>?, delay: Located<Value>?
    public var notify: [Located<Value>] = []
    /// Handlers only: topics.
    public var listen: [String] = []
    /// `meta: flush_handlers` and the like are steps of their own: the module is `meta`.
    public init(mark: SourceMark, module: ModuleSpec, arguments: Located<ValueMap>) {
        self.mark = mark
        self.module = module
        self.arguments = arguments
    }
}
