import YAML

/// What a task changes in what the run knows of a host.
package enum VariableUpdate: Sendable {
    /// Names that `set_fact` and `register` set.
    case variables(ValueMap)
    /// Variables that `include_vars` has read.
    case files(ValueMap)
    /// Groups that `group_by` has put it into.
    case groups([String])
    /// `ansible_facts` of a result.
    case facts(ValueMap)
    /// `meta: clear_facts`
    case nothingAnyMore
}
