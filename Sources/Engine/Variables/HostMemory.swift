import Credentials
import Inventory
import Synchronization
import Templating
import YAML

/// What a run knows of a host: its inventory variables, and what tasks have taught it.
///
/// Shared by the task that works on the host and by others that look at it through `hostvars`.
final class HostMemory: Sendable {
    struct Learned: Sendable {
        /// As the inventory has it; other ones when tasks have added to it.
        var groupNames: [String]
        var inventory: ValueMap
        /// `ansible_facts`: names without the `ansible_` in front.
        var facts = ValueMap()
        /// The same facts under the names that they are injected by.
        var injected = ValueMap()
        /// `set_fact` and `register`.
        var registered = ValueMap()
        /// `include_vars`: templates may be in it.
        var files = ValueMap()
        /// Whether there are connection variables among those that tasks have set.
        var saysConnection = false
        /// Connection variables of the inventory that are templates: what they come to may differ from task to task.
        var connectionTemplates: [String]
        /// Rises with every change.
        var version = 0

        init(_ host: Inventory.Host) {
            groupNames = host.groupNames
            inventory = host.variables
            connectionTemplates = Self.templates(in: host.variables)
        }

        static func templates(in variables: ValueMap) -> [String] {
            variables.pairs.compactMap { key, value in
                guard case .string(let name, _) = key, ConnectionVariables.contain(name), Templar.holdsTemplate(value)
                else { return nil }
                return name
            }
        }
    }
    let name: String
    var groupNames: [String] { learned.withLock { $0.groupNames } }
    var inventory: ValueMap { learned.withLock { $0.inventory } }
    private let learned: Mutex<Learned>

    init(_ host: Inventory.Host) {
        name = host.name
        learned = Mutex(Learned(host))
    }

    var snapshot: Learned { learned.withLock { $0 } }

    /// Its groups or the inventory's variables are other ones now.
    func move(to host: Inventory.Host) {
        learned.withLock { learned in
            learned.version += 1
            learned.groupNames = host.groupNames
            learned.inventory = host.variables
            learned.connectionTemplates = Learned.templates(in: host.variables)
        }
    }

    /// What changes the host alone; all else is `FleetVariables.apply`'s.
    func apply(_ update: VariableUpdate) {
        learned.withLock { learned in
            learned.version += 1
            switch update {
            case .variables(let values):
                learned.registered.merge(values)
                if ConnectionVariables.occur(in: values) { learned.saysConnection = true }
            case .files(let values):
                learned.files.merge(values)
                if ConnectionVariables.occur(in: values) { learned.saysConnection = true }
            case .facts(let values):
                for (key, value) in values.pairs {
                    guard case .string(let name, _) = key else { continue }
                    // A host must not steer how the controller connects, nor whom it gives its passwords to.
                    if !ConnectionVariables.contain(name) { learned.injected[name] = value }
                    learned.facts[name.hasPrefix("ansible_") ? String(name.dropFirst("ansible_".count)) : name] = value
                }
            case .nothingAnyMore:
                learned.facts = [:]
                learned.injected = [:]
            case .inventory, .inventoryAgain, .of: break
            }
        }
    }
}
