import Playbook
import YAML

/// The items of a task's loop, and the variables that come with each.
struct LoopItems: Sendable {
    let values: [Value]
    let control: LoopControl
    private let context: TaskContext

    init(of loop: Located<Value>, in context: TaskContext) throws(TaskFault) {
        self.context = context
        let scope = context.scope()
        let rendered: Value
        do { rendered = try context.templar.render(loop.value, in: scope) } catch { throw TaskFault("", error) }
        if let lookup = context.definition.loopLookup {
            do {
                values = try context.templar.lookup(
                    lookup, rendered.list ?? (rendered.isNull ? [] : [rendered]),
                    kind: Self.kind(of: context.definition.module.name), in: scope)
            } catch { throw TaskFault("with_\(lookup): ", error) }
            control = try values.isEmpty ? LoopControl() : LoopControl(of: context)
            return
        }
        guard let items = rendered.list else {
            throw TaskFault("The `loop` value must resolve to a 'list', not \(rendered.kindInWords)", at: loop.value)
        }
        values = items
        control = try items.isEmpty ? LoopControl() : LoopControl(of: context)
    }

    /// The folder that files of a module lie in.
    private static func kind(of module: String) -> String {
        switch module {
        case "template": "templates"
        case "include_vars": "vars"
        default: "files"
        }
    }

    func locals(at index: Int) -> ValueMap {
        var locals = ValueMap()
        locals[control.variable] = values[index]
        if let name = control.indexVariable { locals[name] = .int(index) }
        if control.isExtended {
            var loop: ValueMap = [
                "index": .int(index + 1), "index0": .int(index), "first": .bool(index == 0),
                "last": .bool(index == values.count - 1),
                "length": .int(values.count), "revindex": .int(values.count - index),
                "revindex0": .int(values.count - index - 1),
            ]
            if control.showsAllItems { loop["allitems"] = .list(values) }
            if index > 0 { loop["previtem"] = values[index - 1] }
            if index + 1 < values.count { loop["nextitem"] = values[index + 1] }
            locals["ansible_loop"] = .dict(loop)
        }
        return locals
    }

    /// The variables of an item whose result is this; nil when it changed nothing.
    static func locals(ofChanged result: ValueMap, _ control: LoopControl) -> ValueMap? {
        guard result["changed"] == .bool(true) else { return nil }
        var locals = ValueMap()
        for name in [control.variable, control.indexVariable, "ansible_loop"].compactMap({ $0 }) {
            locals[name] = result[name]
        }
        return locals
    }

    /// What the item is called in what people read: `loop_control`'s `label`, or the item.
    func label(at index: Int, _ locals: ValueMap) -> Value {
        guard let label = context.definition.loopLabel else { return values[index] }
        return (try? context.templar.render(label.value, in: context.scope(locals))) ?? values[index]
    }
}
