import Playbook
import YAML

/// `loop_control` of a task on one host.
struct LoopControl: Sendable {
    var variable = "item"
    var indexVariable: String?
    /// Seconds between two items.
    var pause: Double?
    /// Whether there is `ansible_loop`, and whether it has all items.
    var isExtended = false, showsAllItems = true
}

extension LoopControl {
    /// - Throws: where a template of it can't be rendered, or gives something of the wrong kind.
    init(of context: TaskContext) throws(TaskFault) {
        self.init()
        let definition = context.definition
        if let name = try context.keyword("loop_var", definition.loopVariable, in: context.scope()).map(
            context.spelled)?.string
        {
            variable = name
        }
        indexVariable = try context.keyword("index_var", definition.loopIndexVariable, in: context.scope()).map(
            context.spelled)?.string
        pause = try context.keyword("pause", definition.loopPause, in: context.scope()).flatMap(KeywordSpec.number).map(
            TaskContext.bounded)
        if let extended = try context.keyword("extended", definition.extendsLoop, in: context.scope()) {
            isExtended = ArgumentBinder.bool(extended) ?? false
        }
        if let all = try context.keyword("extended_allitems", definition.loopShowsAllItems, in: context.scope()) {
            showsAllItems = ArgumentBinder.bool(all) ?? false
        }
    }
}
