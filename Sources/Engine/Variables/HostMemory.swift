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
        /// Rises with every change.
        var version = 0
    }
    let name: String
    let groupNames: [String]
    let inventory: ValueMap
    private let learned = Mutex(Learned())

    init(name: String, groupNames: [String], inventory: ValueMap) {
        self.name = name; self.groupNames = groupNames; self.inventory = inventory
    }

    var snapshot: Learned { learned.withLock { $0 } }

    func learn(_ lesson: Lesson) {
        learned.withLock { learned in
            learned.version += 1
            switch lesson {
            case .variables(let values): learned.registered.merge(values)
            case .facts(let values):
                for (key, value) in values.pairs {
                    guard case .string(let name) = key else { continue }
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

/// What a task teaches about a host.
enum Lesson: Sendable {
    /// Names that `set_fact` and `register` set.
    case variables(ValueMap)
    /// `ansible_facts` of a result.
    case facts(ValueMap)
    /// `meta: clear_facts`
    case nothingAnyMore
}
