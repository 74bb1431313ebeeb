import Modules
import Playbook
import Remote
import Runs
import Templating
import YAML

/// Conditions, tries, and the judgement of results.
extension TaskRun {
    /// One item, as often as `until` and `retries` ask for.
    func attempts(item: Int, locals: ValueMap, learning lessons: inout [Lesson]) async throws -> TaskResult {
        let scope = self.scope(locals)
        do {
            if let condition = try failing(task.keywords.when, in: scope) { return .skip(because: condition) }
        } catch { return .failure(TaskFault("Error while evaluating conditional: ", error)) }
        let retries = definition.until == nil && definition.retries == nil ? 0 : max(0, Int(number(definition.retries, in: scope) ?? 3))
        let delay = max(0, number(definition.delay, in: scope) ?? 5)
        var attempt = 1
        while true {
            var result = try await once(ActPlace(task: place, item: item, attempt: attempt), locals: locals, learning: &lessons)
            guard retries > 0, result.hasRun || result.failed, !result.unreachable, !result.skipped else { return result }
            result.values["attempts"] = .int(min(attempt, retries))
            let isDone: Bool
            if let until = definition.until {
                do { isDone = try failing(until, in: self.scope(locals, judging: result)) == nil } catch {
                    result.fail(TaskFault("Error while evaluating 'until': ", error))
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
            attempt += 1
            guard !hasBegun(item: item, attempt: attempt) else { continue }
            batch.events.emit(.retry(host: host.name, task: id, attempt: attempt - 1, attempts: retries))
            try await Task.sleep(for: .seconds(delay))
        }
    }

    /// Arguments, the module, and the judgement of its result.
    func once(_ act: ActPlace, locals: ValueMap, learning lessons: inout [Lesson]) async throws -> TaskResult {
        var result: TaskResult
        do {
            result = TaskResult(try await runModule(act, in: scope(locals)))
        } catch let error as CancellationError {
            throw error
        } catch _ where batch.stop.isLeaving {
            throw CancellationError()
        } catch let error as Unreachable {
            return .lost(error.description)
        } catch let error as TaskFault {
            // It may name an argument's value.
            result = .failure(error)
            hide(&result, locals)
            return result
        } catch let error as ModuleFailure {
            result = TaskResult(ModuleResult(error))
        } catch {
            try Task.checkCancellation()
            if let error = error as? TemplateError { result = .failure(TaskFault("", error)) } else { result = .failure("\(error)") }
            result.hasRun = true
        }
        if let output = result.values["stdout"]?.string, result.values["stdout_lines"] == nil { result.values["stdout_lines"] = Self.lines(output) }
        if let output = result.values["stderr"]?.string, result.values["stderr_lines"] == nil { result.values["stderr_lines"] = Self.lines(output) }
        hide(&result, locals)
        judge(&result, locals: locals)
        learnFacts(of: result, &lessons)
        return result
    }

    func learnFacts(of result: TaskResult, _ lessons: inout [Lesson]) {
        if definition.module.name == "group_by", !result.failed, let group = result.values["add_group"]?.string { learn(.groups([group]), &lessons) }
        guard case .dict(let facts)? = result.values["ansible_facts"], !result.failed else { return }
        switch definition.module.name {
        case "set_fact":
            learn(.variables(facts), &lessons)
            if result.factsAreGathered { learn(.facts(facts), &lessons) }
        case "include_vars": learn(.files(facts), &lessons)
        default: learn(.facts(facts), &lessons)
        }
    }

    func judge(_ result: inout TaskResult, locals: ValueMap) {
        guard result.hasRun, !result.skipped else { return }
        if let conditions = definition.changedWhen {
            do { result.changed = try failing(conditions, in: scope(locals, judging: result)) == nil } catch {
                result.fail(TaskFault("Error while evaluating 'changed_when': ", error))
                return
            }
        }
        if let conditions = definition.failedWhen {
            do {
                let hasFailed = result.failed
                result.failed = try failing(conditions, in: scope(locals, judging: result)) == nil
                if result.failed, !hasFailed { result.explanation = "failed_when: " + conditions.map { ArgumentBinder.text($0.value) }.joined(separator: " and ") }
                if !result.failed { result.explanation = nil }
                // Where Ansible keeps the traceback of a failure that does not count.
                if hasFailed, !result.failed { result.values["failed_when_suppressed_exception"] = .string("(traceback unavailable)") }
                result.values["failed_when_result"] = .bool(result.failed)
            } catch {
                result.fail(TaskFault("Error while evaluating 'failed_when': ", error))
            }
        }
    }
}
