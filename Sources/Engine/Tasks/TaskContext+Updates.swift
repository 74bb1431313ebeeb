import YAML

/// What a task changes in its host's variables: at once for this host, and in a list for the journal and the others of
/// a `run_once` task.
extension TaskContext {
    func apply(_ update: VariableUpdate, _ updates: inout [VariableUpdate]) {
        host.apply(update)
        updates.append(update)
    }

    /// The variables, facts and groups that are in a result.
    func applyFacts(of result: TaskResult, _ updates: inout [VariableUpdate]) {
        if definition.module.name == "group_by", !result.failed, let group = result.values["add_group"]?.string {
            apply(.groups([group]), &updates)
        }
        guard case .dict(let facts)? = result.values["ansible_facts"], !result.failed else { return }
        switch definition.module.name {
        case "set_fact":
            apply(.variables(facts), &updates)
            if result.factsAreGathered { apply(.facts(facts), &updates) }
        case "include_vars": apply(.files(facts), &updates)
        default: apply(.facts(facts), &updates)
        }
    }
}
