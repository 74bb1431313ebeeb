import Playbook
import Runs
import YAML

/// A task's module for each item of its loop, or once where it has none. `AttemptRunner` runs an item.
struct LoopRunner: Sendable {
    let context: TaskContext
    private var batch: BatchContext { context.batch }
    private var definition: TaskDefinition { context.definition }

    init(_ context: TaskContext) { self.context = context }

    /// - Parameter updates: grows by what the items change in the host's variables.
    /// - Throws: `CancellationError` only.
    func run(_ updates: inout [VariableUpdate]) async throws -> TaskResult {
        guard let loop = definition.loop else {
            return try await AttemptRunner(context, item: 0, locals: [:]).run(&updates)
        }
        let items: LoopItems
        do { items = try LoopItems(of: loop, in: context) } catch {
            // A loop over something undefined is no fault when the task would be skipped anyway.
            if let condition = try? context.failing(context.task.keywords.when, in: context.scope()) {
                return .skip(because: condition)
            }
            return .failure(error)
        }
        var results: [TaskResult] = []
        let known = batch.checkpoint?.results(of: context.taskID) ?? [:]
        for index in items.values.indices {
            let locals = items.locals(at: index)
            if let result = known[index].flatMap({ recall($0, locals, &updates) }) {
                results.append(result)
                do { if try breaks(after: result, locals) { break } } catch { return .failure(error) }
                continue
            }
            try Task.checkCancellation()
            if index > 0, let pause = items.control.pause, pause > 0, !context.hasBegun(item: index) {
                try await Task.sleep(for: .seconds(pause))
            }
            let clock = ContinuousClock()
            let started = clock.now
            var result = try await AttemptRunner(context, item: index, locals: locals).run(&updates)
            for (key, value) in (context.isHidden ? NoLog.secret(locals) : locals).pairs { result.values[key] = value }
            result.values["ansible_loop_var"] = .string(items.control.variable)
            if let name = items.control.indexVariable { result.values["ansible_index_var"] = .string(name) }
            TaskReport(context).finish(
                items.label(at: index, locals), locals, result, after: (clock.now - started).seconds)
            results.append(result)
            if result.unreachable { break }
            try keep(result, of: index)
            do { if try breaks(after: result, locals) { break } } catch { return .failure(error) }
        }
        return .loop(results)
    }

    /// `break_when` of the loop.
    private func breaks(after result: TaskResult, _ locals: ValueMap) throws(TaskFault) -> Bool {
        guard !definition.loopBreakWhen.isEmpty else { return false }
        do {
            return try context.failing(definition.loopBreakWhen, in: context.scope(locals, judging: result)) == nil
        } catch { throw TaskFault("Error while evaluating 'break_when': ", error) }
    }

    // MARK: The journal

    /// Writes down what an item came to, so that it is not asked for again.
    private func keep(_ result: TaskResult, of item: Int) throws {
        guard let checkpoint = batch.checkpoint, let trace = context.trace else { return }
        do {
            // What earlier items have written down is read with those.
            let own = trace.unwritten
            let shared = batch.fleet.notes?.shared.unwritten
            let entry = try checkpoint.append(
                .item(
                    context.taskID, item: item,
                    result: checkpoint.sealed(TaskMemory.value(result, hidden: own.secrets + (shared?.secrets ?? [])))))
            trace.wrote(own.count)
            if let shared { batch.fleet.notes?.shared.wrote(shared.count) }
            checkpoint.finish(trace.dequeueCalls(), by: entry)
        } catch {
            // The run stops.
            throw CancellationError()
        }
    }

    /// The result of an item that had ended in an earlier process, with what it changed in the host's variables.
    private func recall(_ value: Value, _ locals: ValueMap, _ updates: inout [VariableUpdate]) -> TaskResult? {
        guard let result = TaskMemory.result(value) else { return nil }
        context.conceal(joined: TaskMemory.hidden(value))
        context.applyFacts(of: result, locals, &updates)
        return result
    }
}
