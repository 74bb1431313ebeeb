import Modules
import Playbook
import Remote
import Runs
import Templating
import YAML

/// One item of a task: its condition, its tries, and what `changed_when` and `failed_when` make of each result.
/// `ModuleInvocation` is one try.
struct AttemptRunner: Sendable {
    private(set) var context: TaskContext
    /// Number of the item, from 0; 0 without a loop.
    let item: Int
    /// The loop's variables.
    let locals: ValueMap
    private var batch: BatchContext { context.batch }
    private var definition: TaskDefinition { context.definition }

    init(_ context: TaskContext, item: Int, locals: ValueMap) {
        self.context = context
        self.item = item
        self.locals = locals
    }

    /// The item, as often as `until` and `retries` ask for.
    /// - Parameter updates: grows by what the tries change in the host's variables.
    /// - Throws: `CancellationError` only.
    func run(_ updates: inout [VariableUpdate]) async throws -> TaskResult {
        var runner = self
        return try await runner.perform(&updates)
    }

    private mutating func perform(_ updates: inout [VariableUpdate]) async throws -> TaskResult {
        let scope = context.scope(locals)
        do {
            if let condition = try context.failing(context.task.keywords.when, in: scope) {
                return .skip(because: condition)
            }
        } catch { return .failure(TaskFault("Error while evaluating conditional: ", error)) }
        if let fault = context.keywordFault(in: scope) {
            // It may name a value.
            var result = TaskResult.failure(fault)
            context.hide(&result, locals)
            return result
        }
        do { context = try context.withModule(in: scope) } catch {
            var result = TaskResult.failure(error)
            context.hide(&result, locals)
            return result
        }
        let retries =
            definition.until == nil && definition.retries == nil
            ? 0 : max(0, Int(context.number(definition.retries, in: scope) ?? 3))
        let delay = max(0, context.number(definition.delay, in: scope) ?? 5)
        var attempt = 1
        while true {
            var result = try await run(attempt: attempt, &updates)
            guard retries > 0, result.hasRun || result.failed, !result.unreachable, !result.skipped else {
                return result
            }
            result.values["attempts"] = .int(min(attempt, retries))
            let isDone: Bool
            if let until = definition.until {
                do { isDone = try context.failing(until, in: context.scope(locals, judging: result)) == nil } catch {
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
            guard !context.hasBegun(item: item, attempt: attempt) else { continue }
            batch.events.emit(
                .retry(host: context.host.name, task: context.id, attempt: attempt - 1, attempts: retries))
            try await Task.sleep(for: .seconds(delay))
        }
    }

    /// The module, and the judgement of what it came to.
    private func run(attempt: Int, _ updates: inout [VariableUpdate]) async throws -> TaskResult {
        var result: TaskResult
        do {
            let id = AttemptID(task: context.taskID, item: item, attempt: attempt)
            result = TaskResult(try await ModuleInvocation(context, id, in: context.scope(locals)).run())
        } catch let error as CancellationError {
            throw error
        } catch _ where batch.stop.isLeaving {
            throw CancellationError()
        } catch let error as Unreachable {
            return .lost(error.description)
        } catch let error as TaskFault {
            // It may name an argument's value.
            result = .failure(error)
            context.hide(&result, locals)
            return result
        } catch let error as ModuleFailure {
            result = TaskResult(ModuleResult(error))
        } catch {
            try Task.checkCancellation()
            if let error = error as? TemplateError {
                result = .failure(TaskFault("", error))
            } else {
                result = .failure("\(error)")
            }
            result.hasRun = true
        }
        result.splitOutput()
        context.hide(&result, locals)
        context.judgeAddition(&result)
        judge(&result)
        context.applyFacts(of: result, locals, &updates)
        return result
    }

    /// `changed_when` and `failed_when`.
    private func judge(_ result: inout TaskResult) {
        guard result.hasRun, !result.skipped else { return }
        if let conditions = definition.changedWhen {
            do {
                result.changed = try context.failing(conditions, in: context.scope(locals, judging: result)) == nil
            } catch {
                result.fail(TaskFault("Error while evaluating 'changed_when': ", error))
                result.values["changed_when_result"] = .string("Error while evaluating conditional: \(error.message)")
                return
            }
        }
        if let conditions = definition.failedWhen {
            do {
                let hasFailed = result.failed
                result.failed = try context.failing(conditions, in: context.scope(locals, judging: result)) == nil
                if result.failed, !hasFailed {
                    result.explanation =
                        "failed_when: " + conditions.map { ArgumentBinder.text($0.value) }.joined(separator: " and ")
                }
                if !result.failed { result.explanation = nil }
                // Where Ansible keeps the traceback of a failure that does not count.
                if hasFailed, !result.failed {
                    result.values["failed_when_suppressed_exception"] = .string("(traceback unavailable)")
                }
                result.values["failed_when_result"] = .bool(result.failed)
            } catch {
                result.fail(TaskFault("Error while evaluating 'failed_when': ", error))
                result.values["failed_when_result"] = .string("Error while evaluating conditional: \(error.message)")
            }
        }
    }
}
