import Playbook

/// One task on one host, from its beginning to its outcome. What there is to do is done by `LoopRunner`, and by
/// `MetaTask` and `IncludeTask` for the tasks that send nothing to a host.
struct TaskRun: Sendable {
    let context: TaskContext

    init(_ context: TaskContext) { self.context = context }

    /// Never throws: whatever goes wrong is the task's result on this host.
    func perform() async -> TaskOutcome {
        let prepared: TaskContext
        do { prepared = try context.withHostFiles() } catch {
            return sealed(TaskReport(context).finish(.failure("\(error)")))
        }
        if prepared.task.isMeta { return sealed(await MetaTask(prepared).perform()) }
        if prepared.definition.isInclude { return sealed(IncludeTask(prepared).perform()) }
        return sealed(await performModule(prepared))
    }

    private func performModule(_ unresolved: TaskContext) async -> TaskOutcome {
        // Where that fails, or depends on the loop, it is the try's.
        let context =
            unresolved.definition.lateModule == nil
            ? unresolved : (try? unresolved.withModule(in: unresolved.scope())) ?? unresolved
        let report = TaskReport(context)
        report.start()
        let started = ContinuousClock().now
        var updates: [VariableUpdate] = []
        do {
            let result = try await LoopRunner(context).run(&updates)
            return report.complete(result, updates: updates, since: started)
        } catch {
            return TaskOutcome(.interrupted)
        }
    }

    /// With what the journal keeps of it. What can't be sealed has not ended: the run stops.
    private func sealed(_ outcome: TaskOutcome) -> TaskOutcome {
        guard let checkpoint = context.batch.checkpoint, let trace = context.trace else { return outcome }
        var outcome = outcome
        outcome.calls = trace.dequeueCalls()
        let shared = context.batch.fleet.notes?.shared.unwritten
        outcome.sharedSecrets = shared?.count ?? 0
        do {
            outcome.learned = try TaskMemory.value(
                outcome.updates, hidden: trace.hidden + (shared?.secrets ?? []),
                included: outcome.included.map(\.inclusion)
            ).map(checkpoint.sealed)
            return outcome
        } catch {
            return TaskOutcome(.interrupted)
        }
    }
}
