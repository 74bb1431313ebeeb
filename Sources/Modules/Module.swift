public import Playbook
public import Remote
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
}

/// Before and after, as text (a file's) or as values (a file's mode); headers name them.
public struct Difference: Sendable {
    public var before: Value, after: Value
    public var beforeHeader: String?, afterHeader: String?
    public init(before: Value, after: Value, beforeHeader: String? = nil, afterHeader: String? = nil) {
        self.before = before; self.after = after; self.beforeHeader = beforeHeader; self.afterHeader = afterHeader
    }
}

/// The only way of a module to its host: `observe` reads, `change` alters (and does nothing in check mode).
public struct ManagedHost: Sendable {
    public let shell: any HostShell
    public let checkMode: Bool
    public let diffMode: Bool
    /// Rendered `environment:` of the task.
    public let environment: [(name: String, value: String)]
    public let timeout: Duration?
    /// Streams a long task's output to the run's readers.
    public let onOutput: (@Sendable (OutputChunk) async -> Void)?
    public init(shell: any HostShell, checkMode: Bool, diffMode: Bool, environment: [(name: String, value: String)] = [], timeout: Duration? = nil, onOutput: (@Sendable (OutputChunk) async -> Void)? = nil) {
        self.shell = shell; self.checkMode = checkMode; self.diffMode = diffMode
        self.environment = environment; self.timeout = timeout; self.onOutput = onOutput
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
    /// Arguments are rendered, of the option's kind, with aliases replaced and defaults filled in.
    init(arguments: ValueMap) throws
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult
}

/// A module's failure that is not a remote command's: bad argument values and the like; becomes a failed result.
public struct ModuleFailure: Error, Sendable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

public struct BuiltinModules: ModuleCatalog {
    public init() {}
    public func type(named name: String) -> (any Module.Type)? { nil }
    public func spec(named name: String) -> ModuleSpec? { type(named: name)?.spec }
    public var moduleNames: [String] { [] }
}
