import YAML

/// A value in a playbook and where it stands.
package struct Located<Content: Sendable>: Sendable {
    package var value: Content
    package var mark: SourceMark
    /// What holds where the value is a template that gives `omit`: what the surroundings say, if they say it.
    package var otherwise: [Located<Content>] = []
    package init(_ value: Content, at mark: SourceMark) {
        self.value = value
        self.mark = mark
    }
}

/// A file that a run follows from, as it was when it was read.
package struct SourceFile: Sendable, Hashable {
    package var path: String
    /// SHA-256 in hex.
    package var digest: String
    package init(path: String, digest: String) {
        self.path = path
        self.digest = digest
    }

    /// Reads the file; nil when that can't be.
    package init?(reading path: String) {
        guard let bytes = try? TextFile.bytes(of: path) else { return nil }
        self.init(path: path, digest: PlaybookParser.sha256(bytes))
    }
}

package struct Playbook: Sendable {
    package var path: String
    /// SHA-256 of the file, in hex (for the audit trail and for resume).
    package var digest: String
    package var plays: [Play]
    /// Every file that was read, the playbook first: imports, and the parts of roles.
    package var files: [SourceFile] = []
    /// Keys that stand twice and the like.
    package var warnings: [Diagnostic] = []
    /// All that tasks carry, in the order in which it was read.
    package var problems: [TaskProblem] = []
    /// Where roles and collections were looked for, and are for includes.
    package var contentPaths = ContentPaths()
    package init(path: String, digest: String, plays: [Play]) {
        self.path = path
        self.digest = digest
        self.plays = plays
    }
}

package struct Play: Sendable {
    package enum Strategy: String, Sendable, CaseIterable {
        case linear, free
        case hostPinned = "host_pinned"
        static let collection = "ansible.builtin."
        /// By the name that a play gives it, with or without the collection's.
        package init?(named name: String) { self.init(rawValue: name.replacing(Self.collection, with: "")) }
    }
    package var name: String?
    package var mark: SourceMark
    /// The pattern; may be a template over extra variables.
    package var hosts: Located<Value>
    package var variables: ValueMap = [:]
    package var variableFiles: [Located<Value>] = []
    /// nil is yes.
    package var gatherFacts: Located<Value>?
    /// Each a count or a percentage text; empty means all at once.
    package var serial: [Located<Value>] = []
    /// The name of a `Strategy`, in short or with its collection's; nil is linear.
    package var strategy: Located<Value>?
    package var maxFailPercentage: Located<Value>?
    package var keywords = TaskKeywords()
    package var preTasks: [Step] = [], tasks: [Step] = [], postTasks: [Step] = []
    package var handlers: [TaskDefinition] = []
    /// `defaults/` of the roles: the lowest layer of variables, below the inventory's.
    package var roleDefaults: ValueMap = [:]
    /// `vars/` of the roles, which the whole play sees.
    package var roleVariables: ValueMap = [:]
    /// What is asked for before the run begins.
    package var prompts: [Prompt] = []
    /// The name of an `Order`; nil is the inventory's.
    package var order: Located<Value>?
    /// What is wrong with its variables and notifications; `keywords` has what its tasks carry.
    package var problems: [TaskProblem] = []
    /// Arguments of `setup` when the play gathers facts.
    package var gathering: ValueMap = [:]
    package enum Order: String, Sendable, CaseIterable {
        case inventory, sorted
        case reverseSorted = "reverse_sorted"
        case reverseInventory = "reverse_inventory"
        case shuffle
    }
    /// The folder of the playbook that it stands in: its files are relative to it.
    package var folder: String { FilePath.folder(of: mark.file) }
    package init(mark: SourceMark, hosts: Located<Value>) {
        self.mark = mark
        self.hosts = hosts
    }

    /// An entry of `vars_prompt`.
    package struct Prompt: Sendable {
        package var name: String
        package var mark: SourceMark
        package var question: String
        package var fallback: Value?
        /// What is typed is not shown, and joins the run's secrets.
        package var isPrivate = true
        package var isConfirmed = false
    }
}

/// A task, or a block of them.
package indirect enum Step: Sendable {
    case task(TaskDefinition)
    case block(Block)
}

package struct Block: Sendable {
    package var name: String?
    package var mark: SourceMark
    package var keywords = TaskKeywords()
    package var tasks: [Step] = [], rescue: [Step] = [], always: [Step] = []
    /// Where it is a role's tasks.
    package var role: RoleCallMark?
    package init(mark: SourceMark) { self.mark = mark }
}

/// What plays, blocks and tasks have in common; a task inherits what it does not say itself (when and tags add up).
/// Values stay untemplated; nil means 'not said'. Each has its line in `KeywordSpec.all`.
package struct TaskKeywords: Sendable {
    package var when: [Located<Value>] = []
    package var tags: [String] = []
    package var become: Located<Value>?
    package var becomeUser: Located<Value>?
    package var becomeMethod: Located<Value>?
    package var becomeExe: Located<Value>?
    package var becomeFlags: Located<Value>?
    package var remoteUser: Located<Value>?
    package var port: Located<Value>?
    package var environment: [Located<Value>] = []
    package var ignoreErrors: Located<Value>?
    package var ignoreUnreachable: Located<Value>?
    package var noLog: Located<Value>?
    package var checkMode: Located<Value>?
    package var diff: Located<Value>?
    package var timeout: Located<Value>?
    package var connection: Located<Value>?
    package var variables: ValueMap = [:]
    package var delegateTo: Located<Value>?
    package var delegateFacts: Located<Value>?
    /// A failure ends the play for all hosts.
    package var anyErrorsFatal: Located<Value>?
    /// A role's own defaults: below the inventory's variables, above other roles' defaults.
    package var defaults: ValueMap = [:]
    package var runOnce: Located<Value>?
    package var throttle: Located<Value>?
    package var notify: [Located<Value>] = []
    /// What the tasks carry that inherit them.
    package var problems: [TaskProblem] = []
    package init() {}
}

/// The role that a task came from; its `files/` and `templates/` are searched before the playbook's.
package struct Role: Sendable, Hashable {
    /// `ansible_role_name`: as it was called, and of a collection's role its full name.
    package let name: String
    package let folder: String
    /// `role_path`: templates read it for every host, and a path that is whole takes the current folder.
    package let path: String
    /// `namespace.collection`, where it is a collection's.
    package let collection: String?
    /// Folders of the roles that have brought it (as a dependency, an import or an include), the nearest first. Their
    /// files are searched after its own.
    package let surroundings: [String]

    package init(name: String, folder: String, collection: String? = nil, broughtBy outer: Role? = nil) {
        self.name = name
        self.folder = folder
        self.collection = collection
        path = AbsolutePath.of(folder)
        surroundings = outer.map { [$0.folder] + $0.surroundings } ?? []
    }

    /// `role_name`
    package var shortName: String {
        collection == nil ? name : name.split(separator: ".").last.map(String.init) ?? name
    }

    /// Folders that its files are searched in, its own first.
    package var folders: [String] { [folder] + surroundings }
}

/// What makes two calls of a role the same one: of those only the first is done on a host, unless the role or the call
/// allows duplicates.
package struct RoleCallIdentity: Sendable, Hashable {
    package var folder: String
    /// Called by an import or include, which never are the same as an entry of `roles` or of dependencies.
    package var isImported: Bool
    package var from: [String: String] = [:]
    package var parameters: ValueMap = [:]
    package var variables: ValueMap = [:]
    package var when: [Value] = []
    package var tags: [String] = []
}

/// Of a block that is a role's tasks.
package struct RoleCallMark: Sendable, Hashable {
    package var identity: RoleCallIdentity
    package var allowsDuplicates: Bool
}

package struct TaskDefinition: Sendable {
    package var name: String?
    package var mark: SourceMark
    package var keywords = TaskKeywords()
    package var role: Role?
    package var module: ModuleSpec
    /// Untemplated; option aliases already replaced by the option's name. Free form text of command modules is under
    /// `_raw_params`.
    package var arguments: Located<ValueMap>
    package var argumentMarks: [String: SourceMark] = [:]
    /// What will be wrong when it runs.
    package var problems: [TaskProblem] = []
    /// A template of the module's name (`action: "{{ m }}"`), which each host renders; `module` takes any argument then.
    package var lateModule: Located<Value>?
    /// Templates that each give a mapping of arguments (`file: "{{ item }}"`, `args: "{{ options }}"`), the lowest first.
    /// Those that are written out go before them.
    package var lateArguments: [Located<Value>] = []
    package var register: String?
    package var loop: Located<Value>?
    /// `with_NAME`: the lookup that makes the items out of the loop's value.
    package var loopLookup: String?
    package var loopVariable: Located<Value>?, loopIndexVariable: Located<Value>?, loopLabel: Located<Value>?,
        loopPause: Located<Value>?
    /// `loop_control: {extended: yes}` gives the variable `ansible_loop`; all items are in it unless
    /// `extended_allitems` says no.
    package var extendsLoop: Located<Value>?, loopShowsAllItems: Located<Value>?
    /// Conditions that end the loop after an item.
    package var loopBreakWhen: [Located<Value>] = []
    /// `apply:` of an include: keywords of the tasks that it brings.
    package var applied = TaskKeywords()
    /// Arguments that modules get where the task does not say them: of an include in the tasks that it brings, and of a
    /// task whose arguments or module are not known yet.
    package var moduleDefaults: [String: ValueMap] = [:]

    /// Of an include: how it has come into the play, and the collections that its role's name may leave out.
    package var trail = IncludeTrail()
    package var collections: [String] = []

    package var isInclude: Bool { Self.includes.contains(module.name) }
    static let includes: Set<String> = ["include_tasks", "include_role"]
    package var changedWhen: [Located<Value>]?, failedWhen: [Located<Value>]?
    package var until: [Located<Value>]?, retries: Located<Value>?, delay: Located<Value>?
    /// Handlers only: topics.
    package var listen: [String] = []
    /// `meta: flush_handlers` and the like are steps of their own: the module is `meta`.
    package init(mark: SourceMark, module: ModuleSpec, arguments: Located<ValueMap>) {
        self.mark = mark
        self.module = module
        self.arguments = arguments
    }
}
