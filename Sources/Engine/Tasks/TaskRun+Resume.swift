import Runs
import YAML

/// What a task keeps while it goes on, and takes up again in a process that goes on with it.
extension TaskRun {
    /// Writes down what an item came to, so that it is not asked for again.
    func keep(_ result: TaskResult, of item: Int) throws {
        guard let memory = batch.memory, let trace else { return }
        do {
            let entry = try memory.append(.item(place, item: item, result: memory.sealed(TaskMemory.value(result, hidden: trace.hidden))))
            memory.settle(trace.takeCalls(), by: entry)
        } catch {
            // The run stops.
            throw CancellationError()
        }
    }

    /// The result of an item that had ended, with what it taught.
    func recall(_ value: Value, _ lessons: inout [Lesson]) -> TaskResult? {
        guard let result = TaskMemory.result(value) else { return nil }
        conceal(TaskMemory.hidden(value))
        learnFacts(of: result, &lessons)
        return result
    }

    /// Whether an earlier process has begun this try of an item: then nothing is waited for before it.
    func hasBegun(item: Int, attempt: Int = 1) -> Bool {
        batch.memory?.earlier.calls[ActPlace(task: place, item: item, attempt: attempt)] != nil
    }
}
