import Playbook
import YAML

/// A task as it will run: what it says itself, over what its blocks and its play say.
package struct PlannedTask: Sendable {
    package var definition: TaskDefinition
    package let keywords: TaskKeywords
    package var isHandler = false
    /// Of an include: what its blocks and its play say, and so do the tasks that it brings.
    package var surroundings = TaskKeywords()
    /// Loop variables of the includes that brought it.
    package var locals = ValueMap()
    /// `vars` of the includes that brought it: they go before what tasks have set.
    package var parameters = ValueMap()
    /// How many includes have brought it.
    package var depth = 0
    /// Its keywords with templates that each host renders, and that may give something of the wrong kind.
    package var late: [Late] = []
    /// Whether there are connection variables among its own.
    package var saysConnection = false
    package struct Late: Sendable {
        package let name: String
        package let value: Located<Value>
    }

    /// What will be wrong when it runs.
    package var problems: [TaskProblem] { definition.problems + keywords.problems }
    package var isMeta: Bool { definition.module.name == "meta" }
    /// The first host of a batch runs it for all of them, and none but that one gets its result.
    var runsOnce: Bool {
        definition.module.runsOnce
            || isMeta && definition.arguments.value["_raw_params"]?.string == "refresh_inventory"
    }
    package var title: String { definition.name ?? definition.module.name }
}

/// A task of a program: one of its list, or a handler.
package enum TaskReference: Hashable, Sendable {
    case task(Int)
    case handler(Int)
}
