import Modules
import Playbook
import Remote
import Runs
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
        /// What an include has brought in.
        var included: [Included] = []
        /// Lessons and inclusions for the journal, sealed.
        var learned: String?
        /// Calls of which the results are in this.
        var calls: [TaskTrace.Call] = []
    }

    let batch: BatchContext
    /// Its number in the batch.
    let index: Int
    let host: HostMemory
    let task: PlannedTask
    /// The task's number in the batch, and in the run.
    let number: Int, id: Int
    /// Whether a rescue section takes a failure.
    let rescues: Bool
    /// Variables from files with this host's facts in their names.
    var hostFiles: [ValueMap] = []
    /// Numbers of the handlers that a name or a topic stands for.
    var handlerNumbers: [String: [Int]] = [:]

    var definition: TaskDefinition { task.definition }
    var searchPath: SearchPath { SearchPath(folder: batch.play.folder, role: definition.role?.folder) }
    var place: TaskPlace { TaskPlace(batch: batch.number, host: index, task: number) }
    /// Lookups of a role's task search the role first.
    let templar: Templar
    /// nil where nothing is written down.
    let trace: TaskTrace?

    init(batch: BatchContext, index: Int, host: HostMemory, task: PlannedTask, number: Int, id: Int, rescues: Bool) {
        self.batch = batch; self.index = index; self.host = host; self.task = task; self.number = number; self.id = id; self.rescues = rescues
        trace = batch.memory == nil ? nil : TaskTrace()
        var templar = batch.templar
        if let role = task.definition.role { templar.environment.searchPath = SearchPath(folder: batch.play.folder, role: role.folder).folders }
        self.templar = templar
    }

    /// Never throws: whatever goes wrong is the task's result on this host.
    func perform() async -> Ended {
        var ended = await performed()
        guard let memory = batch.memory, let trace else { return ended }
        ended.calls = trace.takeCalls()
        do {
            ended.learned = try TaskMemory.value(ended.lessons, hidden: trace.hidden, included: ended.included.map(\.inclusion)).map(memory.sealed)
            return ended
        } catch {
            return Ended(ending: .interrupted)
        }
    }

    private func performed() async -> Ended {
        if batch.play.filesByHost.isEmpty { return await performOnItsWay() }
        var prepared = self
        do {
            let scope = self.scope()
            prepared.hostFiles = try batch.filesByHost.variables(of: host, batch.play.filesByHost, folder: batch.play.folder) { try templar.render($0, in: scope) }
        } catch {
            return end(.failure("\(error)"), [], [], after: 0)
        }
        return await prepared.performOnItsWay()
    }

    private func performOnItsWay() async -> Ended {
        if task.isMeta { return await performMeta() }
        return await definition.isInclude ? performInclude() : performModule()
    }

    func performModule() async -> Ended {
        batch.events.emit(.hostTaskStarted(host: host.name, task: id))
        let clock = ContinuousClock()
        let started = clock.now
        var lessons: [Lesson] = []
        do {
            var result = try await run(learning: &lessons)
            var notified: [Int] = []
            if result.changed, !result.failed, !result.unreachable, !definition.notify.isEmpty {
                do { notified = try handlers(after: result) } catch { result.fail(error) }
            }
            if let name = definition.register { learn(.variables([name: .dict(result.registered)]), &lessons) }
            return end(result, notified, lessons, after: (clock.now - started).seconds)
        } catch {
            return Ended(ending: .interrupted)
        }
    }

    func end(_ result: TaskResult, _ notified: [Int], _ lessons: [Lesson], after duration: Double) -> Ended {
        var lessons = lessons
        let scope = self.scope()
        if result.unreachable, !flag(task.keywords.ignoreUnreachable, in: scope) {
            batch.events.emit(.hostUnreachable(host: host.name, task: id, message: batch.text(result.message ?? "unreachable").onOneLine()))
            return Ended(ending: .unreachable, lessons: lessons)
        }
        let failed = result.failed || result.unreachable
        let ignored = failed && (result.unreachable || flag(task.keywords.ignoreErrors, in: scope))
        let status: RunEvent.Outcome.Status =
            !failed ? (result.skipped ? .skipped : result.changed ? .changed : .ok) : ignored ? .ignored : rescues ? .rescued : .failed
        batch.events.emit(.hostTaskFinished(host: host.name, task: id, outcome: presentation.outcome(result, of: definition.module.name, status, duration)))
        guard failed, !ignored else { return Ended(ending: .done, status: status, changed: result.changed, notified: notified, lessons: lessons) }
        if rescues {
            learn(.variables([
                "ansible_failed_task": .dict(["name": .string(task.title), "action": .string(definition.module.name)]),
                "ansible_failed_result": .dict(result.registered),
            ]), &lessons)
        }
        return Ended(ending: .failed, status: status, changed: result.changed, lessons: lessons)
    }

    /// - Throws: `CancellationError` only.
    func run(learning lessons: inout [Lesson]) async throws -> TaskResult {
        guard let loop = definition.loop else { return try await attempts(item: 0, locals: [:], learning: &lessons) }
        let items: [Value]
        do { items = try loopItems(loop) } catch {
            // A loop over something undefined is no fault when the task would be skipped anyway.
            if let condition = try? failing(task.keywords.when, in: scope()) { return .skip(because: condition) }
            return .failure(error)
        }
        var results: [TaskResult] = []
        let known = batch.memory?.results(of: place) ?? [:]
        for (index, item) in items.enumerated() {
            if let result = known[index].flatMap({ recall($0, &lessons) }) {
                results.append(result)
                do { if try ends(after: result, loopVariables(item, index, items)) { break } } catch { return .failure(error) }
                continue
            }
            try Task.checkCancellation()
            if index > 0, let pause = number(definition.loopPause, in: scope()), pause > 0, !hasBegun(item: index) { try await Task.sleep(for: .seconds(pause)) }
            let clock = ContinuousClock(), started = clock.now
            let locals = loopVariables(item, index, items)
            var result = try await attempts(item: index, locals: locals, learning: &lessons)
            for (key, value) in (isHidden ? NoLog.secret(locals) : locals).pairs { result.values[key] = value }
            result.values["ansible_loop_var"] = .string(definition.loopVariable)
            if let name = definition.loopIndexVariable { result.values["ansible_index_var"] = .string(name) }
            let status: RunEvent.Outcome.Status = result.failed || result.unreachable ? .failed : result.skipped ? .skipped : result.changed ? .changed : .ok
            let outcome = presentation.outcome(result, of: definition.module.name, status, (clock.now - started).seconds)
            batch.events.emit(.itemFinished(host: host.name, task: id, item: presentation.item(label(item, locals)), outcome: outcome))
            results.append(result)
            if result.unreachable { break }
            try keep(result, of: index)
            do { if try ends(after: result, locals) { break } } catch { return .failure(error) }
        }
        return .loop(results)
    }

    /// `break_when` of the loop.
    private func ends(after result: TaskResult, _ locals: ValueMap) throws(TaskFault) -> Bool {
        guard !definition.loopBreakWhen.isEmpty else { return false }
        do { return try failing(definition.loopBreakWhen, in: scope(locals, judging: result)) == nil } catch { throw TaskFault("Error while evaluating 'break_when': ", error) }
    }

    /// The handlers that are to run; a loop notifies for each item that has changed something, with that item's variables.
    func handlers(after result: TaskResult) throws(TaskFault) -> [Int] {
        let changes = definition.loop == nil ? [ValueMap()] : (result.values["results"]?.list ?? []).compactMap { loopVariables(ofChanged: $0.map ?? [:]) }
        var numbers: [Int] = []
        for locals in changes {
            let scope = self.scope(locals)
            for entry in definition.notify {
                let value: Value
                do { value = try templar.render(entry.value, in: scope) } catch { throw TaskFault("notify: ", error) }
                for name in value.list ?? [value] {
                    guard let name = name.string, let found = handlerNumbers[name] else {
                        throw TaskFault("The requested handler '\(name.string ?? "")' was not found in either the main handlers list nor in the listening handlers list")
                    }
                    numbers += found
                }
            }
        }
        return numbers
    }

    func learn(_ lesson: Lesson, _ lessons: inout [Lesson]) {
        host.learn(lesson)
        lessons.append(lesson)
    }
}

/// Something about the task itself, not about the host: a template that can't be rendered, an argument of the wrong kind.
struct TaskFault: Error, Sendable {
    let message: String
    /// Where in which file the template stands: told after the message, and not registered.
    let place: String?
    init(_ message: String, at value: Value? = nil) { self.message = message; place = value.flatMap(TemplatePlace.init)?.description }
    init(_ beginning: String, _ error: TemplateError) { message = beginning + error.message; place = error.template?.description }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
