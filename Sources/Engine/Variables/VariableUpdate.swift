import Inventory
import YAML

/// What a task changes in what the run knows of a host.
package indirect enum VariableUpdate: Sendable {
    /// Names that `set_fact` and `register` set.
    case variables(ValueMap)
    /// Variables that `include_vars` has read.
    case files(ValueMap)
    /// A host or groups that `add_host` or `group_by` has added to the inventory, for the whole run.
    case inventory(Inventory.Addition)
    /// `meta: refresh_inventory`: the inventory is what its sources are now.
    case inventoryAgain
    /// `ansible_facts` of a result.
    case facts(ValueMap)
    /// `meta: clear_facts`
    case nothingAnyMore
    /// Of another host than the task's: `delegate_facts`.
    case of(host: String, VariableUpdate)
}
