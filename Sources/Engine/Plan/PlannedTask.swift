import Playbook

/// A task as it will run: what it says itself, over what its blocks and its play say.
package struct PlannedTask: Sendable {
    package let definition: TaskDefinition
    package let keywords: TaskKeywords
    package var isHandler = false

    package var isMeta: Bool { definition.module.name == "meta" }
    package var title: String { definition.name ?? definition.module.name }
}

/// A task of a program: one of its list, or a handler.
package enum TaskReference: Hashable, Sendable {
    case task(Int)
    case handler(Int)
}
