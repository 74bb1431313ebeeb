import Templating

/// `--start-at-task`: the first task of this name, before which nothing of a run is done but the gathering of its
/// play's facts.
package struct StartingPoint: Sendable {
    private let name: String?
    /// Whether it has been found; without a name it is the very beginning.
    package private(set) var isReached: Bool

    /// - Parameter name: of a task as the playbook has it, with the role's in front or without it; may have wildcards.
    ///   nil: the beginning.
    package init(_ name: String? = nil) {
        self.name = name
        isReached = name == nil
    }

    /// To be asked for each task in order: whether it comes at this point or after it.
    package mutating func admits(_ task: PlannedTask) -> Bool {
        if !isReached, let name {
            let names = [task.title] + (task.definition.role.map { ["\($0.name) : \(task.title)"] } ?? [])
            isReached = names.contains { $0 == name || Glob(name).matches($0) }
        }
        return isReached
    }
}
