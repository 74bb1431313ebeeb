import Inventory
import Synchronization
import YAML

/// The run's inventory, with the groups that tasks have put hosts into (`group_by`): plays that follow may name them.
final class Roster: Sendable {
    private struct State: Sendable {
        var inventory: Inventory
        var joined: [String: [String]] = [:]
        /// `groups`, until a host joins another one.
        var groups: Value?
    }
    private let state: Mutex<State>

    init(_ inventory: Inventory) { state = Mutex(State(inventory: inventory)) }

    var inventory: Inventory { state.withLock { $0.inventory } }
    var hasGrown: Bool { state.withLock { !$0.joined.isEmpty } }

    /// The groups that a host has joined in this run.
    func joined(by host: String) -> [String] { state.withLock { $0.joined[host] ?? [] } }

    func join(_ host: String, _ groups: [String]) {
        state.withLock { state in
            for group in groups where !(state.joined[host]?.contains(group) ?? false) {
                state.joined[host, default: []].append(group)
                state.inventory.add(host, to: group)
                state.groups = nil
            }
        }
    }

    var groups: Value {
        state.withLock { state in
            if let groups = state.groups { return groups }
            var map = ValueMap()
            for (name, group) in state.inventory.groups.sorted(by: { $0.key < $1.key }) {
                map[name] = .list(group.allHosts.map { .string($0) })
            }
            state.groups = .dict(map)
            return .dict(map)
        }
    }
}
