import Inventory
import Playbook
import YAML

/// What a task changes in its host's variables: at once for this host, and in a list for the journal and the others of
/// a `run_once` task.
extension TaskContext {
    func apply(_ update: VariableUpdate, _ updates: inout [VariableUpdate]) {
        batch.fleet.apply(update, on: host)
        updates.append(update)
    }

    /// What `add_host` and `group_by` want; nil for all else.
    private func addition(of result: TaskResult) -> Inventory.Addition? {
        guard !result.failed, !result.skipped else { return nil }
        switch definition.module.name {
        case "add_host":
            guard let added = result.values["add_host"]?.map, let name = added["host_name"]?.string else { return nil }
            return Inventory.Addition(
                name, variables: added["host_vars"]?.map ?? [:],
                groups: added["groups"]?.list?.compactMap(\.string) ?? [])
        case "group_by":
            guard let group = result.values["add_group"]?.string else { return nil }
            return Inventory.Addition(
                host.name, groups: [group], parents: result.values["parent_groups"]?.list?.compactMap(\.string) ?? [])
        default: return nil
        }
    }

    /// Whether the inventory changes by it is known here, before `changed_when` is asked.
    func judgeAddition(_ result: inout TaskResult) {
        if let addition = addition(of: result) { result.changed = batch.fleet.roster.lacks(addition) }
    }

    /// The variables, facts, hosts and groups that are in a result.
    /// - Parameter locals: the loop's variables.
    func applyFacts(of result: TaskResult, _ locals: ValueMap, _ updates: inout [VariableUpdate]) {
        if let addition = addition(of: result) { apply(.inventory(addition), &updates) }
        guard case .dict(let facts)? = result.values["ansible_facts"], !result.failed else { return }
        // The result is there: what is wrong with the keywords has been reported with it.
        var other: HostMemory?
        if task.keywords.delegateFacts != nil, flag(task.keywords.delegateFacts, in: scope(locals)) {
            other = (try? delegate(in: scope(locals))) ?? nil
        }
        func learn(_ update: VariableUpdate) {
            self.apply(other.map { VariableUpdate.of(host: $0.name, update) } ?? update, &updates)
        }
        switch definition.module.name {
        case "set_fact":
            learn(.variables(facts))
            if result.factsAreGathered { learn(.facts(facts)) }
        case "include_vars": learn(.files(facts))
        default: learn(.facts(facts))
        }
    }
}
