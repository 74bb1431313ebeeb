public import Playbook
public import Templating
public import YAML

/// What a task gave on one host (for one loop item).
public struct ModuleResult: Sendable {
    public var changed = false, failed = false, skipped = false
    public var message: String?
    /// What is registered besides `changed`, `failed`, `skipped` and `msg`: `rc`, `stdout`, `stdout_lines`, `dest`, …
    public var values: ValueMap = [:]
    /// Facts to set on the host (`ansible_facts`).
    public var facts: ValueMap = [:]
    public var diff: [Difference] = []
    public init() {}

    /// The result of a task that failed.
    public init(_ failure: ModuleFailure) {
        failed = true
        message = failure.message
        values = failure.values
    }

    /// What `register` keeps.
    public var registered: ValueMap {
        var map: ValueMap = ["changed": .bool(changed), "failed": .bool(failed)]
        if skipped { map["skipped"] = .bool(true) }
        if let message { map["msg"] = .string(message) }
        map.merge(values)
        if !facts.isEmpty { map["ansible_facts"] = .dict(facts) }
        return map
    }
}

/// Before and after, as text (a file's) or as values (a file's mode); headers name them.
public struct Difference: Sendable {
    public var before: Value, after: Value
    public var beforeHeader: String?, afterHeader: String?
    /// A text that shows the difference itself, where a program on the host made one (git, unzip).
    public var prepared: String?
    public init(before: Value, after: Value, beforeHeader: String? = nil, afterHeader: String? = nil) {
        self.before = before; self.after = after; self.beforeHeader = beforeHeader; self.afterHeader = afterHeader
    }
    public init(prepared: String) {
        self.init(before: .null, after: .null)
        self.prepared = prepared
    }
}

/// What a module may ask of the controller.
public struct ModuleContext: Sendable {
    /// Finds `src` below `files/` or `templates/` of the role and playbook; nil when there is none.
    public var find: @Sendable (_ name: String, _ folder: String) -> String?
    /// Renders text with the task's variables (template), a value (debug's var), a condition (assert).
    public var templar: Templar
    public var scope: any VariableScope
    /// Facts gathered so far (package and service manager), empty when none were.
    public var facts: ValueMap
    public var verbosity = 0
    public init(find: @escaping @Sendable (String, String) -> String?, templar: Templar, scope: any VariableScope, facts: ValueMap) {
        self.find = find; self.templar = templar; self.scope = scope; self.facts = facts
    }
}

/// A task module: one file, read top to bottom.
public protocol Module: Sendable {
    static var spec: ModuleSpec { get }
    /// Arguments are rendered and bound to the spec (`ArgumentBinder`): of the option's kind, with aliases replaced and defaults filled in.
    init(arguments: ValueMap) throws
    /// - Throws: `ModuleFailure`, a failed result; `TemplateError`; `Unreachable` when the host is lost; `CancellationError`.
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult
}

/// A module's failure that is not a remote command's: bad argument values and the like; becomes a failed result.
public struct ModuleFailure: Error, Sendable, CustomStringConvertible {
    public var message: String
    /// What else is registered (`path`, `rc`, …).
    public var values: ValueMap
    public init(_ message: String, _ values: ValueMap = [:]) { self.message = message; self.values = values }
    public var description: String { message }
}
