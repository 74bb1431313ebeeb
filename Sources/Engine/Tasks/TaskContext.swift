import Playbook
import Redaction
import Runs
import Templating
import YAML

/// A task on one host, with what every step of it looks at: the host's variables, the task's keywords, and whether a
/// process before this one has begun it.
struct TaskContext: Sendable {
    let batch: BatchContext
    let host: HostMemory
    private(set) var task: PlannedTask
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
    /// Lookups search where the task's files are.
    let templar: Templar
    /// nil where nothing is written down.
    let trace: TaskTrace?

    var definition: TaskDefinition { task.definition }
    let searchPath: SearchPath

    init(
        batch: BatchContext, host: HostMemory, task: PlannedTask, taskID: TaskID, id: Int, rescues: Bool,
        handlerNumbers: [String: [Int]]
    ) {
        self.batch = batch
        self.host = host
        self.task = task
        self.taskID = taskID
        self.id = id
        self.rescues = rescues
        self.handlerNumbers = handlerNumbers
        let trace = batch.checkpoint == nil ? nil : TaskTrace()
        self.trace = trace
        var templar = batch.templar
        if let trace, let notes = batch.fleet.notes {
            templar.environment.joining = { text, label in
                if notes.areNeeded(for: text) { trace.note(hidden: [JoinedSecret(text: text, label: label)]) }
            }
        }
        searchPath = batch.searchPaths.path(of: task.definition, in: batch.play.folder)
        templar.environment.searchPath = searchPath.lookupFolders
        self.templar = templar
    }

    /// With the `vars_files` that have this host's facts in their names, where the play has such.
    func withHostFiles() throws -> TaskContext {
        if batch.play.filesByHost.isEmpty { return self }
        var context = self
        let scope = self.scope()
        context.hostFiles = try batch.filesByHost.variables(
            of: host, batch.play.filesByHost, folder: batch.play.folder, vault: templar.environment.ansibleVault
        ) { try spelled(templar.render($0, in: scope)) }
        return context
    }

    /// With its module where that goes by a template (`action: "{{ m }}"`).
    func withModule(in scope: TaskScope) throws(TaskFault) -> TaskContext {
        guard let template = definition.lateModule else { return self }
        let rendered: Value
        do { rendered = try spelled(templar.render(template.value, in: scope)) } catch { throw TaskFault("", error) }
        let name = ArgumentBinder.text(rendered)
        guard let type = batch.library.type(named: name) else {
            throw TaskFault("Cannot resolve '\(name)' to an action or module.", at: template.value)
        }
        var context = self
        context.task.definition.module = type.spec
        context.task.definition.lateModule = nil
        let binder = ArgumentBinder(type.spec)
        var arguments = ValueMap()
        for (key, value) in definition.arguments.value.pairs {
            arguments[key.string.flatMap(binder.optionName).map { .string($0) } ?? key] = value
        }
        // A line behind the name was read before it was known whether the module takes a command.
        if type.spec.freeForm == .pairs, let line = arguments["_raw_params"]?.string {
            arguments["_raw_params"] = nil
            do {
                let provenance = definition.arguments.value["_raw_params"]?.provenance ?? .trusted
                for (key, value) in try FreeForm.parse(line, provenance, spec: type.spec).pairs {
                    if key == .string("_raw_params"), !type.spec.acceptsAnyKey {
                        context.task.definition.lateArguments.append(Located(value, at: definition.mark))
                    } else {
                        arguments[key.string.flatMap(binder.optionName).map { .string($0) } ?? key] = value
                    }
                }
            } catch { throw TaskFault("\(error)") }
        }
        context.task.definition.arguments.value = arguments
        if context.definition.isInclude || context.task.isMeta {
            throw TaskFault("'\(name)' can't be given as a template", at: template.value)
        }
        return context
    }

    func scope(_ locals: ValueMap = [:], judging result: TaskResult? = nil) -> TaskScope {
        var scope = TaskScope(
            host: host, fleet: batch.fleet, play: batch.play, hostFiles: hostFiles,
            taskVariables: task.keywords.variables, parameters: task.parameters, roleDefaults: task.keywords.defaults,
            locals: task.locals.overlaid(by: locals), checkMode: batch.options.checkMode,
            diffMode: batch.options.diffMode)
        scope.role = definition.role
        scope.searchPath = searchPath.folders
        if let checkMode = said(task.keywords.checkMode, in: scope) { scope.checkMode = checkMode }
        if let diff = said(task.keywords.diff, in: scope) { scope.diffMode = diff }
        if let result, let name = definition.register { scope.locals[name] = .dict(result.registered) }
        return scope
    }

    /// Whether an earlier process has begun this try of an item: then nothing is waited for before it.
    func hasBegun(item: Int, attempt: Int = 1) -> Bool {
        batch.checkpoint?.earlier.calls[AttemptID(task: taskID, item: item, attempt: attempt)] != nil
    }

    /// What events say of the task, in this host's words.
    var header: RunEvent.TaskHeader {
        let title = try? templar.render(.string(task.title, .trusted), in: scope())
        var header = RunEvent.TaskHeader(
            id: id, name: batch.text(title.map { ArgumentBinder.text(spelled($0)) } ?? task.title),
            module: definition.module.name, place: definition.mark.description, isHandler: task.isHandler)
        header.role = definition.role.map { batch.text($0.name) }
        return header
    }

    /// The host that the task is delegated to, as it is shown; nil where it is not.
    func shownDelegate(in scope: @autoclosure () -> TaskScope) -> RedactedText? {
        guard task.keywords.delegateTo != nil, let other = (try? delegate(in: scope())) ?? nil else { return nil }
        let address = other.inventory["ansible_host"]?.string
        return batch.text(address.map { $0 == other.name ? other.name : "\(other.name)(\($0))" } ?? other.name)
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
        said(value, in: scope()) ?? false
    }

    /// nil where it isn't said, is omitted, or can't be rendered, which `keywordFault` reports.
    func said(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Bool? {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return nil }
        if rendered == .omit { return said(value.otherwise.first, in: scope()) }
        guard !rendered.isNull else { return nil }
        return ArgumentBinder.bool(rendered) ?? false
    }

    /// A keyword of the kind that it takes, on this host; nil where it isn't said, or is omitted.
    /// - Throws: where its template can't be rendered, or gives something else.
    func keyword(
        _ name: String, _ value: Located<Value>?, in scope: @autoclosure () -> TaskScope
    ) throws(TaskFault) -> Value? {
        guard let value else { return nil }
        guard Templar.holdsTemplate(value.value) else { return value.value }
        let rendered: Value
        do { rendered = try templar.render(value.value, in: scope()) } catch {
            throw TaskFault("Error processing keyword '\(name)': ", error)
        }
        if let problem = KeywordSpec.named(name)?.problem(with: rendered) {
            throw TaskFault("Error processing keyword '\(name)': \(problem)", at: value.value)
        }
        if rendered == .omit { return try keyword(name, value.otherwise.first, in: scope()) }
        return rendered.isNull ? nil : rendered
    }

    /// What has been known to be wrong with the task since it was read, and keeps its module from being called.
    var carriedFault: TaskFault? { task.problems.first { $0.moment == .call }.map { TaskFault($0.text) } }

    /// What is wrong with the templates of the task's own keywords on this host; nil when nothing is.
    func keywordFault(in scope: TaskScope) -> TaskFault? {
        for late in task.late {
            do throws(TaskFault) { _ = try keyword(late.name, late.value, in: scope) } catch { return error }
        }
        return nil
    }

    func number(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Double? {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return nil }
        if rendered == .omit { return number(value.otherwise.first, in: scope()) }
        return KeywordSpec.number(rendered).map(Self.bounded)
    }

    /// At most some thirty years in seconds, so that no sum of times overflows.
    static func bounded(_ number: Double) -> Double { min(max(number, -1e9), 1e9) }

    func text(_ value: Located<Value>, in scope: TaskScope) throws -> String? {
        do { return try spelled(templar.render(value.value, in: scope)).string } catch { throw TaskFault("", error) }
    }
}
