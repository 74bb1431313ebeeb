import Modules
import Playbook
import Remote
import Runs
import Synchronization
import Templating
import YAML

/// One task on one host: its loop, its items, and what is told and remembered of them.
struct TaskRun: Sendable {
    struct Ended: Sendable {
        var ending: HostProgress.Ending
        /// What it counts as in the summary; nil for what has no result, such as `meta` tasks.
        var status: RunEvent.Outcome.Status?
        var changed = false
        /// Handlers to notify, by number.
        var notified: [Int] = []
        /// What the host learned; the other hosts of a `run_once` task learn it, too.
        var lessons: [Lesson] = []
    }

    let batch: BatchContext
    let host: HostMemory
    let task: PlannedTask
    /// The task's number in the run.
    let id: Int
    /// Whether a rescue section takes a failure.
    let rescues: Bool
    /// Variables from files with this host's facts in their names.
    private var hostFiles: [ValueMap] = []

    private var definition: TaskDefinition { task.definition }
    private var searchPath: SearchPath { SearchPath(folder: batch.play.folder, role: definition.role?.folder) }
    /// Lookups of a role's task search the role first.
    let templar: Templar

    init(batch: BatchContext, host: HostMemory, task: PlannedTask, id: Int, rescues: Bool) {
        self.batch = batch; self.host = host; self.task = task; self.id = id; self.rescues = rescues
        var templar = batch.templar
        if let role = task.definition.role { templar.environment.searchPath = SearchPath(folder: batch.play.folder, role: role.folder).folders }
        self.templar = templar
    }

    /// Never throws: whatever goes wrong is the task's result on this host.
    func perform() async -> Ended {
        if batch.play.filesByHost.isEmpty { return await task.isMeta ? performMeta() : performModule() }
        var prepared = self
        do {
            let scope = self.scope()
            prepared.hostFiles = try batch.filesByHost.variables(of: host, batch.play.filesByHost, folder: batch.play.folder) { try templar.render($0, in: scope) }
        } catch {
            return end(.failure("\(error)"), [], [], after: 0)
        }
        return await task.isMeta ? prepared.performMeta() : prepared.performModule()
    }

    private func performModule() async -> Ended {
        batch.events.emit(.hostTaskStarted(host: host.name, task: id))
        let clock = ContinuousClock()
        let started = clock.now
        var lessons: [Lesson] = []
        do {
            var result = try await run(learning: &lessons)
            var notified: [Int] = []
            if result.changed, !result.failed, !result.unreachable, !definition.notify.isEmpty {
                do { notified = try handlers() } catch { result.failed = true; result.message = error.message }
            }
            if let name = definition.register { learn(.variables([name: .dict(result.registered)]), &lessons) }
            return end(result, notified, lessons, after: (clock.now - started).seconds)
        } catch {
            return Ended(ending: .interrupted)
        }
    }

    func end(_ result: TaskResult, _ notified: [Int], _ lessons: [Lesson], after duration: Double) -> Ended {
        let scope = self.scope()
        if result.unreachable, !flag(task.keywords.ignoreUnreachable, in: scope) {
            batch.events.emit(.hostUnreachable(host: host.name, task: id, message: batch.text(result.message ?? "unreachable")))
            return Ended(ending: .unreachable)
        }
        let failed = result.failed || result.unreachable
        let ignored = failed && (result.unreachable || flag(task.keywords.ignoreErrors, in: scope))
        let status: RunEvent.Outcome.Status =
            !failed ? (result.skipped ? .skipped : result.changed ? .changed : .ok) : ignored ? .ignored : rescues ? .rescued : .failed
        batch.events.emit(.hostTaskFinished(host: host.name, task: id, outcome: presentation.outcome(result, of: definition.module.name, status, duration)))
        guard failed, !ignored else { return Ended(ending: .done, status: status, changed: result.changed, notified: notified, lessons: lessons) }
        if rescues {
            host.learn(.variables([
                "ansible_failed_task": .dict(["name": .string(task.title), "action": .string(definition.module.name)]),
                "ansible_failed_result": .dict(result.registered),
            ]))
        }
        return Ended(ending: .failed, status: status, changed: result.changed, lessons: lessons)
    }

    /// - Throws: `CancellationError` only.
    private func run(learning lessons: inout [Lesson]) async throws -> TaskResult {
        guard let loop = definition.loop else { return try await attempts(locals: [:], learning: &lessons) }
        let items: [Value]
        do { items = try loopItems(loop) } catch {
            // A loop over something undefined is no fault when the task would be skipped anyway.
            if let condition = try? failing(task.keywords.when, in: scope()) { return .skip(because: condition) }
            return .failure(error.message)
        }
        var results: [TaskResult] = []
        for (index, item) in items.enumerated() {
            if index > 0, let pause = number(definition.loopPause, in: scope()), pause > 0 { try await Task.sleep(for: .seconds(pause)) }
            let clock = ContinuousClock(), started = clock.now
            let locals = loopVariables(item, index, items)
            var result = try await attempts(locals: locals, learning: &lessons)
            for (key, value) in locals.pairs { result.values[key] = value }
            result.values["ansible_loop_var"] = .string(definition.loopVariable)
            if let name = definition.loopIndexVariable { result.values["ansible_index_var"] = .string(name) }
            let status: RunEvent.Outcome.Status = result.failed || result.unreachable ? .failed : result.skipped ? .skipped : result.changed ? .changed : .ok
            let outcome = presentation.outcome(result, of: definition.module.name, status, (clock.now - started).seconds)
            batch.events.emit(.itemFinished(host: host.name, task: id, item: presentation.item(label(item, locals)), outcome: outcome))
            results.append(result)
            if result.unreachable { break }
        }
        return .loop(results)
    }

    // MARK: Attempts

    /// One item, as often as `until` and `retries` ask for.
    private func attempts(locals: ValueMap, learning lessons: inout [Lesson]) async throws -> TaskResult {
        let scope = self.scope(locals)
        do {
            if let condition = try failing(task.keywords.when, in: scope) { return .skip(because: condition) }
        } catch { return .failure("Error while evaluating conditional: \(error.message)") }
        let retries = definition.until == nil && definition.retries == nil ? 0 : max(0, Int(number(definition.retries, in: scope) ?? 3))
        let delay = max(0, number(definition.delay, in: scope) ?? 5)
        var attempt = 1
        while true {
            var result = try await once(locals: locals, learning: &lessons)
            guard retries > 0, result.hasRun || result.failed, !result.unreachable, !result.skipped else { return result }
            result.values["attempts"] = .int(min(attempt, retries))
            let isDone: Bool
            if let until = definition.until {
                do { isDone = try failing(until, in: self.scope(locals, judging: result)) == nil } catch {
                    result.failed = true
                    result.message = "Error while evaluating 'until': \(error.message)"
                    return result
                }
            } else {
                isDone = !result.failed
            }
            if isDone { return result }
            if attempt > retries {
                result.failed = true
                return result
            }
            batch.events.emit(.retry(host: host.name, task: id, attempt: attempt, attempts: retries))
            try await Task.sleep(for: .seconds(delay))
            attempt += 1
        }
    }

    /// Arguments, the module, and the judgement of its result.
    private func once(locals: ValueMap, learning lessons: inout [Lesson]) async throws -> TaskResult {
        var result: TaskResult
        do {
            result = TaskResult(try await runModule(in: scope(locals)))
        } catch let error as CancellationError {
            throw error
        } catch let error as Unreachable {
            return .lost(error.description)
        } catch let error as TaskFault {
            return .failure(error.message)
        } catch let error as ModuleFailure {
            result = TaskResult(ModuleResult(error))
        } catch {
            try Task.checkCancellation()
            result = .failure("\(error)")
            result.hasRun = true
        }
        if let output = result.values["stdout"]?.string, result.values["stdout_lines"] == nil { result.values["stdout_lines"] = Self.lines(output) }
        if let output = result.values["stderr"]?.string, result.values["stderr_lines"] == nil { result.values["stderr_lines"] = Self.lines(output) }
        hide(result, locals)
        judge(&result, locals: locals)
        if case .dict(let facts)? = result.values["ansible_facts"], !result.failed {
            learn(definition.module.name == "set_fact" ? .variables(facts) : .facts(facts), &lessons)
        }
        return result
    }

    private func judge(_ result: inout TaskResult, locals: ValueMap) {
        guard result.hasRun, !result.skipped else { return }
        if let conditions = definition.changedWhen {
            do { result.changed = try failing(conditions, in: scope(locals, judging: result)) == nil } catch {
                result.failed = true
                result.message = "Error while evaluating 'changed_when': \(error.message)"
                return
            }
        }
        if let conditions = definition.failedWhen {
            do {
                result.failed = try failing(conditions, in: scope(locals, judging: result)) == nil
                result.values["failed_when_result"] = .bool(result.failed)
            } catch {
                result.failed = true
                result.message = "Error while evaluating 'failed_when': \(error.message)"
            }
        }
    }

    // MARK: Module

    private func runModule(in scope: TaskScope) async throws -> ModuleResult {
        let arguments = try self.arguments(in: scope)
        hide(arguments)
        guard let type = batch.library.type(named: definition.module.name) else {
            throw TaskFault("there is no module '\(definition.module.name)'")
        }
        let module: any Module
        do { module = try type.init(arguments: arguments) } catch let error as ModuleFailure { throw error } catch { throw TaskFault("\(error)") }
        let target = try self.target(in: scope)
        let relay = OutputRelay(host: host.name, task: id, events: batch.events, secrets: batch.secrets)
        let stream: @Sendable (OutputChunk) async -> Void = { relay.take($0) }
        let timeout = number(task.keywords.timeout, in: scope).flatMap { $0 > 0 ? Duration.seconds($0) : nil }
        let managed = ManagedHost(
            shell: target, checkMode: scope.checkMode, diffMode: scope.diffMode, environment: try environment(in: scope), timeout: timeout, hasLibrary: batch.connections.shellsHaveLibrary,
            onOutput: isHidden ? nil : stream)
        var context = ModuleContext(find: searchPath.find, templar: templar, scope: scope, facts: host.snapshot.facts)
        context.verbosity = batch.options.verbosity
        defer { relay.finish() }
        return try await Self.limited(to: timeout) { [context] in try await module.run(on: managed, context: context) }
    }

    /// The call's own time limit ends what runs on the host; this one is for modules of many calls, and comes a little later.
    private static func limited(to timeout: Duration?, _ body: @escaping @Sendable () async throws -> ModuleResult) async throws -> ModuleResult {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: ModuleResult?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout + .seconds(1))
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else {
                throw ModuleFailure("Timed out after \(timeout.components.seconds) second(s).")
            }
            return result
        }
    }

    private func arguments(in scope: TaskScope) throws -> ValueMap {
        var rendered = ValueMap()
        for (key, value) in definition.arguments.value.pairs {
            do {
                let name = definition.module.acceptsAnyKey ? try templar.render(key, in: scope) : key
                let value = try templar.render(value, in: scope)
                if value != .omit { rendered[name] = value }
            } catch {
                throw TaskFault("Error while resolving value for '\(key.string ?? "")': \(error.message)")
            }
        }
        do { return try ArgumentBinder(definition.module).bind(rendered) } catch { throw TaskFault(error.description) }
    }

    private func environment(in scope: TaskScope) throws -> [(name: String, value: String)] {
        var environment: [(name: String, value: String)] = []
        for entry in task.keywords.environment {
            let value: Value
            do { value = try templar.render(entry.value, in: scope) } catch { throw TaskFault("Error while resolving 'environment': \(error.message)") }
            let maps = value.list ?? [value]
            for case .dict(let map) in maps {
                for (key, value) in map.pairs {
                    guard let name = key.string, value != .omit else { continue }
                    environment.removeAll { $0.name == name }
                    environment.append((name, ArgumentBinder.text(value)))
                }
            }
        }
        return environment
    }

    /// The shell that the task's module works in: of this host or of the one it is delegated to. It is opened at its first use, so a task that needs no host opens none.
    private func target(in scope: TaskScope) throws -> LazyShell {
        var name = host.name
        if let delegate = task.keywords.delegateTo {
            guard let text = try text(delegate, in: scope) else { throw TaskFault("'delegate_to' is not a host's name") }
            guard batch.fleet.hosts[text] != nil || text == "127.0.0.1" else {
                throw TaskFault("'delegate_to' names '\(text)', which is not in the inventory")
            }
            name = text == "127.0.0.1" && batch.fleet.hosts[text] == nil ? "localhost" : text
        }
        var request = ShellRequest(host: name)
        if let connection = task.keywords.connection, batch.fleet.hosts[name]?.inventory["ansible_connection"] == nil {
            request.isLocal = try text(connection, in: scope) == "local"
        }
        if case .string("local")? = batch.fleet.hosts[name]?.inventory["ansible_connection"] { request.isLocal = true }
        request.become = try become(on: name, in: scope)
        return LazyShell(request: request, connections: batch.connections)
    }

    /// Whom to become: the host's connection variables say more than the task, and the task more than the command line.
    private func become(on name: String, in scope: TaskScope) throws -> ShellRequest.Become? {
        let delegated = name != host.name
        func variable(_ variable: String) throws -> Value? {
            if delegated { return batch.fleet.hosts[name]?.inventory[variable] }
            guard let found = scope.variable(named: variable) else { return nil }
            do { return found.isTemplate ? try templar.render(found.value, in: scope) : found.value } catch { throw TaskFault("\(variable): \(error.message)") }
        }
        let wanted = try variable("ansible_become").flatMap { ArgumentBinder.bool($0) }
            ?? task.keywords.become.map { flag($0, in: scope) } ?? batch.options.become
        guard wanted else { return nil }
        let user = try variable("ansible_become_user")?.string ?? task.keywords.becomeUser.flatMap { try text($0, in: scope) } ?? batch.options.becomeUser
        let method = try variable("ansible_become_method")?.string ?? task.keywords.becomeMethod.flatMap { try text($0, in: scope) }
        return ShellRequest.Become(user: user, method: method)
    }

    // MARK: Handlers and lessons

    private func handlers() throws(TaskFault) -> [Int] {
        let scope = self.scope()
        var numbers: [Int] = []
        for entry in definition.notify {
            let value: Value
            do { value = try templar.render(entry.value, in: scope) } catch { throw TaskFault("notify: \(error.message)") }
            for name in value.list ?? [value] {
                guard let name = name.string, let found = batch.handlerNumbers[name] else {
                    throw TaskFault("The requested handler '\(name.string ?? "")' was not found in either the main handlers list nor in the listening handlers list")
                }
                numbers += found
            }
        }
        return numbers
    }

    private func learn(_ lesson: Lesson, _ lessons: inout [Lesson]) {
        host.learn(lesson)
        lessons.append(lesson)
    }

    // MARK: Values

    func scope(_ locals: ValueMap = [:], judging result: TaskResult? = nil) -> TaskScope {
        var scope = TaskScope(
            host: host, fleet: batch.fleet, play: batch.play, hostFiles: hostFiles, taskVariables: task.keywords.variables,
            locals: locals, checkMode: batch.options.checkMode, diffMode: batch.options.diffMode)
        scope.role = definition.role
        if let checkMode = task.keywords.checkMode { scope.checkMode = flag(checkMode, in: scope) }
        if let diff = task.keywords.diff { scope.diffMode = flag(diff, in: scope) }
        if let result, let name = definition.register { scope.locals[name] = .dict(result.registered) }
        return scope
    }

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

    private func flag(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Bool {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return false }
        return ArgumentBinder.bool(rendered) ?? false
    }

    private func number(_ value: Located<Value>?, in scope: @autoclosure () -> TaskScope) -> Double? {
        guard let value, let rendered = try? templar.render(value.value, in: scope()) else { return nil }
        switch rendered {
        case .int(let number): return Double(number)
        case .double(let number): return number
        case .string(let text): return Double(text)
        default: return nil
        }
    }

    private func text(_ value: Located<Value>, in scope: TaskScope) throws -> String? {
        do { return try templar.render(value.value, in: scope).string } catch { throw TaskFault(error.message) }
    }

    static func lines(_ text: String) -> Value {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Value.string(String($0)) }
        if lines.last == .string("") { lines.removeLast() }
        return .list(lines)
    }

    // MARK: Loops

    private func loopItems(_ loop: Located<Value>) throws(TaskFault) -> [Value] {
        let rendered: Value
        do { rendered = try templar.render(loop.value, in: scope()) } catch { throw TaskFault(error.message) }
        if definition.flattensLoop {
            guard let items = rendered.list else { return rendered.isNull ? [] : [rendered] }
            return items.flatMap { $0.list ?? [$0] }
        }
        guard let items = rendered.list else {
            throw TaskFault("The `loop` value must resolve to a 'list'")
        }
        return items
    }

    private func loopVariables(_ item: Value, _ index: Int, _ items: [Value]) -> ValueMap {
        var locals = ValueMap()
        locals[definition.loopVariable] = item
        if let name = definition.loopIndexVariable { locals[name] = .int(index) }
        if definition.extendsLoop {
            var loop: ValueMap = [
                "allitems": .list(items), "index": .int(index + 1), "index0": .int(index), "first": .bool(index == 0), "last": .bool(index == items.count - 1),
                "length": .int(items.count), "revindex": .int(items.count - index), "revindex0": .int(items.count - index - 1),
            ]
            if index > 0 { loop["previtem"] = items[index - 1] }
            if index + 1 < items.count { loop["nextitem"] = items[index + 1] }
            locals["ansible_loop"] = .dict(loop)
        }
        return locals
    }

    private func label(_ item: Value, _ locals: ValueMap) -> Value {
        guard let label = definition.loopLabel else { return item }
        return (try? templar.render(label.value, in: scope(locals))) ?? item
    }

    // MARK: no_log

    private var isHidden: Bool { flag(task.keywords.noLog, in: scope()) }

    private var presentation: ResultPresentation {
        ResultPresentation(secrets: batch.secrets, isHidden: isHidden, showsDiff: task.keywords.diff == nil ? batch.options.diffMode : scope().diffMode)
    }

    /// A `no_log` task's data joins the run's secrets, so that it stays hidden where other tasks use it.
    private func hide(_ result: TaskResult, _ locals: ValueMap) {
        guard isHidden else { return }
        NoLog.hide(outputsOf: result.values, in: batch.secrets)
        NoLog.hide(.dict(locals), in: batch.secrets)
    }

    private func hide(_ arguments: ValueMap) {
        guard isHidden else { return }
        for (key, source) in definition.arguments.value.pairs where HostScope.holdsTemplate(source) {
            if let value = arguments[key] { NoLog.hide(value, in: batch.secrets) }
        }
    }
}

/// Something about the task itself, not about the host: a template that can't be rendered, an argument of the wrong kind.
struct TaskFault: Error, Sendable {
    let message: String
    init(_ message: String) { self.message = message }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
