import Playbook
import Runs
import YAML

/// From what a task came to on its host to the event that reports it, and to the outcome that the batch continues from.
struct TaskReport: Sendable {
    let context: TaskContext
    private var batch: BatchContext { context.batch }
    private var module: String { context.definition.module.name }

    init(_ context: TaskContext) { self.context = context }

    func start() { batch.events.emit(.hostTaskStarted(host: context.host.name, task: context.id)) }

    /// One item of the task's loop has ended; its variables are `locals`.
    /// - Parameter duration: in seconds.
    func finish(_ item: Value, _ locals: ValueMap, _ result: TaskResult, after duration: Double) {
        let status: RunEvent.Outcome.Status =
            result.failed || result.unreachable ? .failed : result.skipped ? .skipped : result.changed ? .changed : .ok
        let presentation = context.presentation
        var outcome = presentation.outcome(result, of: module, status, duration)
        outcome.label = presentation.label(item)
        outcome.included = result.included.map(batch.text)
        outcome.delegate = context.shownDelegate(in: context.scope(locals))
        batch.events.emit(
            .itemFinished(host: context.host.name, task: context.id, item: presentation.item(item), outcome: outcome))
    }

    /// The task's work is done: its changes notify handlers, `register` stores the result, and the task ends.
    func complete(
        _ result: TaskResult, updates: [VariableUpdate], since started: ContinuousClock.Instant
    ) -> TaskOutcome {
        var result = result
        var updates = updates
        var notified: [Int] = []
        if result.changed, !result.failed, !result.unreachable, !context.task.keywords.notify.isEmpty {
            do { notified = try HandlerNotification(context).handlers(after: result) } catch { result.fail(error) }
        }
        if let name = context.definition.register {
            context.apply(.variables([name: .dict(context.registered(result))]), &updates)
        }
        return finish(result, notified: notified, updates: updates, after: (ContinuousClock().now - started).seconds)
    }

    /// The task has ended: whether its failure counts is known here.
    /// - Parameters:
    ///   - notified: handlers, by number.
    ///   - duration: in seconds.
    func finish(
        _ result: TaskResult, notified: [Int] = [], updates: [VariableUpdate] = [], after duration: Double = 0
    ) -> TaskOutcome {
        var updates = updates
        let scope = context.scope()
        let keywords = context.task.keywords
        if result.unreachable, !context.flag(keywords.ignoreUnreachable, in: scope) {
            batch.events.emit(
                .hostUnreachable(
                    host: context.host.name, task: context.id,
                    message: batch.text(result.message ?? "unreachable").onOneLine()))
            return TaskOutcome(.unreachable, updates: updates)
        }
        let failed = result.failed || result.unreachable
        let ignored = failed && (result.unreachable || context.flag(keywords.ignoreErrors, in: scope))
        let status: RunEvent.Outcome.Status =
            !failed
            ? (result.skipped ? .skipped : result.changed ? .changed : .ok)
            : ignored ? .ignored : context.rescues ? .rescued : .failed
        var outcome = context.presentation.outcome(result, of: module, status, duration)
        outcome.included = result.included.map(batch.text)
        outcome.delegate = context.shownDelegate(in: scope)
        batch.events.emit(.hostTaskFinished(host: context.host.name, task: context.id, outcome: outcome))
        guard failed, !ignored else {
            return TaskOutcome(.done, status: status, changed: result.changed, notified: notified, updates: updates)
        }
        if context.rescues {
            context.apply(
                .variables([
                    "ansible_failed_task": FailedTask(context).value,
                    "ansible_failed_result": .dict(context.registered(result)),
                ]), &updates)
        }
        return TaskOutcome(.failed, status: status, changed: result.changed, updates: updates)
    }
}
