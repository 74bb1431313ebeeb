import Playbook
import Templating
import YAML

/// What a task gave on one host (for one loop item).
package struct ModuleResult: Sendable {
    package var changed = false, failed = false, skipped = false
    package var message: String?
    /// What people are shown after the message; it is not registered.
    package var explanation: String?
    /// What is registered besides `changed`, `failed`, `skipped` and `msg`: `rc`, `stdout`, `stdout_lines`, `dest`, …
    package var values: ValueMap = [:]
    /// Facts to set on the host (`ansible_facts`).
    package var facts: ValueMap = [:]
    /// Of `set_fact`: they count as what was gathered of the host, besides being variables.
    package var factsAreGathered = false
    package var diff: [Difference] = []
    package init() {}

    /// The result of a task that failed.
    package init(_ failure: ModuleFailure) {
        failed = true
        message = failure.message
        explanation = failure.explanation
        values = failure.values
    }

    /// What `register` keeps.
    package var registered: ValueMap {
        var map: ValueMap = ["changed": .bool(changed), "failed": .bool(failed)]
        if skipped { map["skipped"] = .bool(true) }
        if let message { map["msg"] = .string(message) }
        map.merge(values)
        if !facts.isEmpty { map["ansible_facts"] = .dict(facts) }
        return map
    }
}

/// Before and after, as text (a file's) or as values (a file's mode); headers name them.
package struct Difference: Sendable {
    package var before: Value, after: Value
    package var beforeHeader: String?, afterHeader: String?
    /// A text that shows the difference itself, where a program on the host made one (git, unzip).
    package var prepared: String?
    package init(before: Value, after: Value, beforeHeader: String? = nil, afterHeader: String? = nil) {
        self.before = before
        self.after = after
        self.beforeHeader = beforeHeader
        self.afterHeader = afterHeader
    }
    package init(prepared: String) {
        self.init(before: .null, after: .null)
        self.prepared = prepared
    }
}

/// Where the controller's files of a task are.
package struct FileSearch: Sendable {
    /// Finds `src` below `files/` or `templates/` of the role and playbook; nil when there is none.
    package var find: @Sendable (_ name: String, _ folder: String) -> String?
    /// Every path that `find` looks at.
    package var candidates: @Sendable (_ name: String, _ folder: String) -> [String]
    /// The folder of variables that a name stands for, whether there is one or not.
    package var variablesFolder: @Sendable (_ name: String) -> String
    package init(
        find: @escaping @Sendable (String, String) -> String?,
        candidates: @escaping @Sendable (String, String) -> [String] = { name, _ in [name] },
        variablesFolder: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.find = find
        self.candidates = candidates
        self.variablesFolder = variablesFolder
    }
}

/// What a module may ask of the controller.
package struct ModuleContext: Sendable {
    package var search: FileSearch
    /// Renders text with the task's variables (template), a value (debug's var), a condition (assert).
    package var templar: Templar
    package var scope: any VariableScope
    /// Facts gathered so far (package and service manager), empty when none were.
    package var facts: ValueMap
    package var verbosity = 0
    /// What a module draws at random comes from it: when a run is resumed, the module draws the same again.
    package var seed = UInt64.random(in: 0...UInt64.max)
    /// What an earlier process, which was killed while the module ran, has kept for this one.
    package var kept: Value?
    /// Writes down what a later process has to know, should this one be killed while the module waits.
    package var keep: @Sendable (Value) throws -> Void = { _ in }
    /// Makes a text a secret of the run: nothing that is shown, logged or stored has it from here on.
    package var conceal: @Sendable (String) -> Void = { _ in }
    /// Called with what the module has made of a template by itself, before it does anything with it: it is treated as
    /// the arguments are. What is secret in it joins the search, and where it
    /// can't be searched for, the result's diff is not shown.
    package var concealSecrets: @Sendable (Value) -> Void = { _ in }
    package init(search: FileSearch, templar: Templar, scope: any VariableScope, facts: ValueMap) {
        self.search = search
        self.templar = templar
        self.scope = scope
        self.facts = facts
    }
}

extension ModuleContext {
    package init(
        find: @escaping @Sendable (String, String) -> String?, templar: Templar, scope: any VariableScope,
        facts: ValueMap
    ) {
        self.init(search: FileSearch(find: find), templar: templar, scope: scope, facts: facts)
    }
}

/// A task module: one file, read top to bottom.
///
/// A run that is resumed runs the module of a task that had not ended again, and gives its calls the results that they
/// had: what a module does must follow
/// from its arguments, its context and its calls' results alone.
package protocol Module: Sendable {
    static var spec: ModuleSpec { get }
    /// What people read of it besides: `comfyfleet modules NAME` and docs/modules.md are made of both.
    static var reference: ModuleReference { get }
    /// Whether what runs on the host may be ended in the middle when the run is interrupted. A package manager may not:
    /// it is waited for.
    static var isSafeToEnd: Bool { get }
    /// Whether it may run again when it was interrupted and nobody can tell how far it came: true for what brings a
    /// host into a state, false for what just runs.
    var isRepeatable: Bool { get }
    /// Arguments are rendered and bound to the spec (`ArgumentBinder`): of the option's kind, with aliases replaced and
    /// defaults filled in.
    init(arguments: ValueMap) throws
    /// - Throws: `ModuleFailure`, a failed result; `TemplateError`; `Unreachable` when the host is lost; `CutOff`;
    ///   `CancellationError`.
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult
}

extension Module {
    package static var isSafeToEnd: Bool { true }
    package var isRepeatable: Bool { true }
}

/// What was begun on a host was interrupted, and how it ended can't be known: the host has rebooted, or the shell that
/// it ran in is gone.
package struct CutOff: Error, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A module's failure that is not a remote command's: bad argument values and the like; becomes a failed result.
package struct ModuleFailure: Error, Sendable, CustomStringConvertible {
    package var message: String
    /// What else is registered (`path`, `rc`, …).
    package var values: ValueMap
    /// What people are shown after the message; it is not registered.
    package var explanation: String?
    package init(_ message: String, _ values: ValueMap = [:], explanation: String? = nil) {
        self.message = message
        self.values = values
        self.explanation = explanation
    }
    package var description: String { message }
}
