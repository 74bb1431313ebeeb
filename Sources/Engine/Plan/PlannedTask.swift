import Playbook

/// A task as it will run: what it says itself, over what its blocks and its play say.
struct PlannedTask: Sendable {
    let definition: TaskDefinition
    let keywords: TaskKeywords
    var isHandler = false

    var isMeta: Bool { definition.module.name == "meta" }
    var title: String { definition.name ?? definition.module.name }
}

/// A task of a program: one of its list, or a handler.
enum TaskReference: Hashable, Sendable {
    case task(Int)
    case handler(Int)
}
