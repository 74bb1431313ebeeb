import Modules
import YAML

/// What a task, or one item of its loop, came to on a host.
struct TaskResult: Sendable {
    var changed = false, failed = false, skipped = false, unreachable = false
    var message: String?
    /// What people are shown after the message; it is not registered.
    var explanation: String?
    /// Besides `changed`, `failed`, `skipped` and `msg`.
    var values = ValueMap()
    var differences: [Difference] = []
    /// `changed_when`, `failed_when` and the like may not judge what never ran.
    var hasRun = false
    /// Whether it is registered that it has not failed; an include says nothing of it.
    var saysFailed = true
    /// What an include has brought in: a file's path, or a role's name. It is shown, and not registered.
    var included: String?
    /// See `ModuleResult.factsAreGathered`.
    var factsAreGathered = false

    init() {}

    init(_ result: ModuleResult) {
        changed = result.changed
        failed = result.failed
        skipped = result.skipped
        message = result.message
        explanation = result.explanation
        values = result.values
        differences = result.diff
        hasRun = true
        factsAreGathered = result.factsAreGathered
        if !result.facts.isEmpty { values["ansible_facts"] = .dict(result.facts) }
    }

    /// A condition on the result can't be evaluated. What the module itself failed with is the cause more often than
    /// not, such as where the condition is
    /// about a field that only a success has: that stays the message.
    mutating func fail(_ fault: TaskFault) {
        let said = fault.place.map { "\(fault.message): \($0)" } ?? fault.message
        if failed, let message, !message.isEmpty {
            explanation = [explanation, said].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n")
        } else {
            message = fault.message
            explanation = fault.place
        }
        failed = true
    }

    static func failure(_ message: String) -> TaskResult {
        var result = TaskResult()
        result.failed = true
        result.message = message
        return result
    }

    static func failure(_ fault: TaskFault) -> TaskResult {
        var result = TaskResult()
        result.fail(fault)
        return result
    }

    static func skip(because condition: Value?) -> TaskResult {
        var result = TaskResult()
        result.skipped = true
        if let condition { result.values["false_condition"] = condition }
        result.values["skip_reason"] = .string("Conditional result was False")
        return result
    }

    static func lost(_ message: String) -> TaskResult {
        var result = TaskResult()
        result.unreachable = true
        result.message = message
        return result
    }

    /// As `register` stores it, and as conditions see it.
    var registered: ValueMap {
        var map = values
        map["changed"] = .bool(changed)
        if skipped {
            map["skipped"] = .bool(true)
        } else if failed || saysFailed && map["skipped"] == nil {
            map["failed"] = .bool(failed)
        }
        if unreachable { map["unreachable"] = .bool(true) }
        if let message { map["msg"] = map["msg"] ?? .string(message) }
        return map
    }

    var returnCode: Int? { values["rc"]?.int }

    /// What a command printed by lines, too, where its module has not done that.
    mutating func splitOutput() {
        for stream in ["stdout", "stderr"] {
            guard let output = values[stream]?.string, values[stream + "_lines"] == nil else { continue }
            values[stream + "_lines"] = Self.lines(output)
        }
    }

    private static func lines(_ text: String) -> Value {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Value.string(String($0)) }
        if lines.last == .string("") { lines.removeLast() }
        return .list(lines)
    }

    /// A loop's result over those of its items.
    static func loop(_ items: [TaskResult]) -> TaskResult {
        var result = TaskResult()
        result.values["results"] = .list(items.map { .dict($0.registered) })
        guard !items.isEmpty else {
            result.skipped = true
            result.values["skipped_reason"] = .string("No items in the list")
            return result
        }
        result.changed = items.contains { $0.changed }
        result.failed = items.contains { $0.failed }
        result.skipped = items.allSatisfy(\.skipped)
        result.unreachable = items.contains { $0.unreachable }
        result.hasRun = items.contains { $0.hasRun }
        if !result.skipped { result.values["skipped"] = .bool(false) }
        result.message =
            result.failed ? "One or more items failed" : result.skipped ? "All items skipped" : "All items completed"
        if let lost = items.first(where: \.unreachable) { result.message = lost.message }
        result.differences = items.flatMap(\.differences)
        return result
    }
}
