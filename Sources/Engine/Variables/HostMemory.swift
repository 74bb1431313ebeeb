import Synchronization
import YAML

/// What a run knows of a host: its inventory variables, and what tasks have taught it.
///
/// Shared by the task that works on the host and by others that look at it through `hostvars`.
final class HostMemory: Sendable {
    struct Learned: Sendable {
        /// `ansible_facts`: names without the `ansible_` in front.
        var facts = ValueMap()
        /// The same facts under the names that they are injected by.
        var injected = ValueMap()
        /// `set_fact` and `register`.
        var registered = ValueMap()
        /// `include_vars`: templates may be in it.
        var files = ValueMap()
        /// Rises with every change.
        var version = 0
    }
    let name: String
    /// The inventory's groups, and those that it has joined since.
    var groupNames: [String] { ownGroups + roster.joined(by: name) }
    private let ownGroups: [String]
    private let roster: Roster
    let inventory: ValueMap
    private let learned = Mutex(Learned())

    init(name: String, groupNames: [String], inventory: ValueMap, roster: Roster) {
        self.name = name
        ownGroups = groupNames
        self.inventory = inventory
        self.roster = roster
    }

    var snapshot: Learned { learned.withLock { $0 } }

    func apply(_ update: VariableUpdate) {
        if case .groups(let names) = update { roster.join(name, names.filter { !ownGroups.contains($0) }) }
        learned.withLock { learned in
            learned.version += 1
            switch update {
            case .variables(let values): learned.registered.merge(values)
            case .files(let values): learned.files.merge(values)
            case .groups: break
            case .facts(let values):
                for (key, value) in values.pairs {
                    guard case .string(let name, _) = key else { continue }
                    learned.injected[name] = value
                    learned.facts[name.hasPrefix("ansible_") ? String(name.dropFirst("ansible_".count)) : name] = value
                }
            case .nothingAnyMore:
                learned.facts = [:]
                learned.injected = [:]
            }
        }
    }
}
