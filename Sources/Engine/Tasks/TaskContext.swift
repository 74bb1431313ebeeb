import Playbook
import Runs
import Templating
import YAML

/// A task on one host, with what every step of it looks at: the host's variables, the task's keywords, and whether a process before this one has begun it.
struct TaskContext: Sendable {
    let batch: BatchContext
    let host: HostMemory
    let task: PlannedTask
    /// In the batch, as the journal names it.
    let taskID: TaskID
    /// The task's number in the run, as events name it.
    let id: Int
    /// Whether a rescue section takes a failure.
    let rescues: Bool
    /// Numbers of the handlers that a name or a topic stands for.
    let handlerNumbers: [String: [Int]]
    /// Variables from files with this host's facts in their names.
    private(set) var hostFiles: [ValueMap] = []
    /// Lookups of a role's task search the role first.
    let templar: Templar
    /// nil where nothing is written down.
    let trace: TaskTrace?

    var definition: TaskDefinition { task.definition }
    var searchPath: SearchPath { SearchPath(folder: batch.play.folder, role: definition.role?.folder) }

    init(batch: BatchContext, host: HostMemory, task: PlannedTask, taskID: TaskID, id: Int, rescues: Bool, handlerNumbers: [String: [Int]]) {
        self.batch = batch; self.host = host; self.task = task; self.taskID = taskID; self.id = id; self.rescues = rescues; self.handlerNumbers = handlerNumbers
        trace = batch.checkpoint == nil ? nil : TaskTrace()
        var templar = batch.templar
        if let role = task.definition.role { templar.environment.searchPath = SearchPath(folder: batch.play.folder, role: role.folder).folders }
        self.templar = templar
    }

    /// With the `vars_files` that have this host's facts in their names, where the play has such.
    func withHostFiles() throws -> TaskContext {
        if batch.play.filesByHost.isEmpty { return self }
        var context = self
        let scope = self.scope()
        context.hostFiles = try batch.filesByHost.variables(of: host, batch.play.filesByHost, folder: batch.play.folder) { try templar.render($0, in: scope) }
        return context
    }

    func scope(_ locals: ValueMap = [:], judging result: TaskResult? = nil) -> TaskScope {
        var scope = TaskScope(
            host: host, fleet: batch.fleet, play: batch.play, hostFiles: hostFiles, taskVariables: task.keywords.variables, roleDefaults: task.keywords.defaults,
            locals: task.locals.overlaid(by: locals), checkMode: batch.options.checkMode, diffMode: batch.options.diffMode)
        scope.role = definition.role
        if let checkMode = task.keywords.checkMode { scope.checkMode = flag(checkMode, in: scope) }
        if let diff = task.keywords.diff { scope.diffMode = flag(diff, in: scope) }
        if let result, let name = definition.register { scope.locals[name] = .dict(result.registered) }
        return scope
    }

    /// Whether an earlier process has begun this try of an item: then nothing is waited for before it.
    func hasBegun(item: Int, attempt: Int = 1) -> Bool {
        batch.checkpoint?.earlier.calls[AttemptID(task: taskID, item: item, attempt: attempt)] != nil
    }

    // MARK: Keywords as values

    /// The first condition that does not hold; nil when all do.
    func failing(_ conditions: [Located<Value>], in scope: TaskScope) throws(TemplateError) -> Value? {
        for condition in conditions {
            if case .list(let parts) = condition.value {
                for part in parts where try !templar.condition(part, in: scope) { return part }
            } else if try !templar.condition(condition.value, in: scope) {
                return condition.value
            }
        }
        return nil
    }

    func flag(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Bool {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return false }
        return ArgumentBinder.bool(rendered) ?? false
    }

    func number(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Double? {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return nil }
        // At most some thirty years in seconds, so that no sum of times overflows.
        func bounded(_ number: Double) -> Double? { number.isNaN ? nil : min(max(number, -1e9), 1e9) }
        switch rendered {
        case .int(let number, _): return bounded(Double(number))
        case .double(let number, _): return bounded(number)
        case .string(let text, _): return Double(text).flatMap(bounded)
        default: return nil
        }
    }

    func text(_ value: Located<Value>, in scope: TaskScope) throws -> String? {
        do { return try templar.render(value.value, in: scope).string } catch { throw TaskFault("", error) }
    }
}
