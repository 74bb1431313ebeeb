import YAML

/// A keyword of the playbook language: where it may stand, what it takes, whether it may be a template, and what the
/// parts inside have of it.
///
/// `KeywordSpec.all` is the one list of them: the reader's sets of keys, inheritance, the rules of includes and
/// docs/keywords.md are made from it.
package struct KeywordSpec: Sendable {
    /// Where a keyword stands.
    package enum Level: String, Sendable, CaseIterable {
        case play
        /// An entry of `roles:`, or of a role's `dependencies:`.
        case role
        case block, task, handler
        /// `include_tasks` and `include_role` themselves. What stands below their `apply:` is a block's.
        case include
        /// `import_tasks` and `import_role`.
        case importing = "import"
        case playbook = "import_playbook"
        /// Below a task's `loop_control:`, and in an entry of `vars_prompt:`.
        case loopControl = "loop_control"
        case prompt = "vars_prompt"
    }

    /// What a keyword takes.
    package enum Kind: Sendable, Equatable {
        case flag, number, percentage, text, name, names
        /// The name of a variable.
        case variable
        /// One of some words.
        ///
        /// - `verdict`, `advice`: for the error: what the other words are not, and which to take.
        case choice([String], verdict: String = "supported", advice: String)
        /// Counts and percentages of hosts, one or a list.
        case shares
        case pattern, conditions, variables, files, items, arguments, anything
        case environment, moduleDefaults, loopControl, prompts
        case tasks, handlers, roles
    }

    /// Whether it may be a template, and when that is rendered.
    package enum Templatable: Sendable, Equatable {
        /// It is written out.
        case no
        /// Once, before the first connection: extra variables and the play's are known, a host's are not.
        case planned
        /// For each host, when the task runs.
        case run
        /// It is an expression, without braces.
        case expression
        /// It is no text itself; those in it say for themselves.
        case inside
    }

    /// What parts inside have of it: blocks and tasks of a play, tasks of a block, of a role, of an import or of an
    /// include's `apply:`.
    package enum Inherited: Sendable {
        /// Nothing.
        case no
        /// The same, unless they say it themselves.
        case nearest(Slot)
        /// As `nearest`, of what is no single value. The closure takes what the surroundings have.
        case nearestOnes(@Sendable (_ inner: inout TaskKeywords, _ outer: TaskKeywords) -> Void)
        /// It and their own. The closure adds what the surroundings have.
        case added(@Sendable (_ inner: inout TaskKeywords, _ outer: TaskKeywords) -> Void)
        /// It and their own; the reader sees to that while it is inside.
        case whileReading
    }
    package typealias Slot = any WritableKeyPath<TaskKeywords, Located<Value>?> & Sendable

    package let name: String
    package let levels: Set<Level>
    package let type: Kind
    package let templatable: Templatable
    package let inherited: Inherited
    /// One line.
    package let help: String

    init(
        _ name: String, _ levels: Set<Level>, _ type: Kind, _ templatable: Templatable, _ inherited: Inherited,
        _ help: String
    ) {
        self.name = name
        self.levels = levels
        self.type = type
        self.templatable = templatable
        self.inherited = inherited
        self.help = help
    }

    /// Where `TaskKeywords` keeps it; nil when it is no single value there.
    package var slot: Slot? {
        if case .nearest(let slot) = inherited { slot } else { nil }
    }
}

/// A keyword of Ansible's that is an error here, and how to say it instead.
package struct RefusedKeyword: Sendable {
    package let name: String
    package let levels: Set<KeywordSpec.Level>
    package let remedy: String

    init(_ name: String, _ levels: Set<KeywordSpec.Level>, _ remedy: String) {
        self.name = name
        self.levels = levels
        self.remedy = remedy
    }
}

// MARK: What follows from the table

extension KeywordSpec {
    /// The names that may stand there, in the table's order.
    package static func names(at level: Level) -> [String] { all.filter { $0.levels.contains(level) }.map(\.name) }

    /// By its name; where two levels have keywords of one name, that of tasks.
    package static func named(_ name: String) -> KeywordSpec? { byName[name] }
    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Those that the parts inside have something of.
    static let inheritedOnes: [KeywordSpec] = all.filter { spec in
        switch spec.inherited {
        case .nearest, .nearestOnes, .added: true
        case .no, .whileReading: false
        }
    }

    /// Single values of tasks of which a template is rendered for each host, and may give something of the wrong kind.
    package static let lateOnes: [KeywordSpec] = all.filter { spec in
        guard spec.templatable == .run, spec.slot != nil else { return false }
        switch spec.type {
        case .flag, .number, .choice: return true
        default: return false
        }
    }

    /// What to write instead of a keyword that is refused there; nil for any other.
    static func remedy(for name: String, at level: Level) -> String? {
        refused.first { $0.name == name && $0.levels.contains(level) }?.remedy
    }
}
