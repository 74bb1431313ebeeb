import Playbook
import YAML

/// `notify`: which handlers are to run after a task that has changed something.
struct HandlerNotification: Sendable {
    let context: TaskContext

    init(_ context: TaskContext) { self.context = context }

    /// The handlers' numbers; a loop notifies for each item that has changed something, with that item's variables.
    func handlers(after result: TaskResult) throws(TaskFault) -> [Int] {
        let definition = context.definition
        var changes = [ValueMap()]
        if definition.loop != nil {
            let control = try LoopControl(of: context)
            changes = (result.values["results"]?.list ?? []).compactMap {
                LoopItems.locals(ofChanged: $0.map ?? [:], control)
            }
        }
        var numbers: [Int] = []
        for locals in changes {
            let scope = context.scope(locals)
            for entry in context.task.keywords.notify {
                let value: Value
                do { value = try context.spelled(context.templar.render(entry.value, in: scope)) } catch {
                    throw TaskFault("notify: ", error)
                }
                for name in value.list ?? [value] {
                    guard let name = name.string, let found = context.handlerNumbers[name] else {
                        throw TaskFault(
                            "The requested handler '\(name.string ?? "")' was not found in either the main handlers list nor in the listening handlers list"
                        )
                    }
                    numbers += found
                }
            }
        }
        return numbers
    }
}
