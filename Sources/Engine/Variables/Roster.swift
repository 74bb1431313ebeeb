import Inventory
import Synchronization
import YAML

/// The run's inventory, with the hosts and groups that tasks have added (`add_host`, `group_by`): plays that follow may
/// name them.
final class Roster: Sendable {
    private struct State: Sendable {
        var inventory: Inventory
        var hasGrown = false
        /// All that was added, in order.
        var additions: [Inventory.Addition] = []
        /// `groups`, until something is added.
        var groups: Value?
    }
    private let state: Mutex<State>

    init(_ inventory: Inventory) { state = Mutex(State(inventory: inventory)) }

    var inventory: Inventory {
        state.withLock { state in
            state.inventory.settle()
            return state.inventory
        }
    }
    var hasGrown: Bool { state.withLock { $0.hasGrown } }

    /// Whether it would change anything.
    func lacks(_ addition: Inventory.Addition) -> Bool { state.withLock { $0.inventory.lacks(addition) } }

    /// - Returns: the hosts that have come, or that have other groups or variables now.
    func add(_ addition: Inventory.Addition) throws(Diagnostics) -> [Inventory.Host] {
        try state.withLock { state throws(Diagnostics) in
            let changed = try state.inventory.add(addition)
            if !changed.isEmpty {
                state.additions.append(addition)
                state.hasGrown = true
                state.groups = nil
            }
            return changed
        }
    }

    /// Reads the inventory's sources again.
    /// - Returns: as `add`.
    func refresh() throws(Diagnostics) -> [Inventory.Host] {
        try state.withLock { state throws(Diagnostics) in
            let changed = try state.inventory.refresh(adding: state.additions)
            state.hasGrown = true
            state.groups = nil
            return changed
        }
    }

    /// A host of the inventory, or one that is in no source and that no task has added.
    func entry(_ name: String) -> Inventory.Host { state.withLock { $0.inventory.unlisted(named: name) } }

    var groups: Value {
        state.withLock { state in
            if let groups = state.groups { return groups }
            state.inventory.settle()
            var map = ValueMap()
            for (name, group) in state.inventory.groups.sorted(by: { $0.key < $1.key }) {
                map[name] = .list(group.allHosts.map { .string($0) })
            }
            state.groups = .dict(map)
            return .dict(map)
        }
    }
}
