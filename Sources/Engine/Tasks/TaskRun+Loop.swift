import Playbook
import YAML

/// The items of a loop and the variables that come with each.
extension TaskRun {
    func loopItems(_ loop: Located<Value>) throws(TaskFault) -> [Value] {
        let rendered: Value
        do { rendered = try templar.render(loop.value, in: scope()) } catch { throw TaskFault("", error) }
        if let lookup = definition.loopLookup {
            do { return try templar.lookup(lookup, rendered.list ?? (rendered.isNull ? [] : [rendered]), in: scope()) } catch { throw TaskFault("with_\(lookup): ", error) }
        }
        guard let items = rendered.list else {
            throw TaskFault("The `loop` value must resolve to a 'list', not \(rendered.kindInWords)", at: loop.value)
        }
        return items
    }

    func loopVariables(_ item: Value, _ index: Int, _ items: [Value]) -> ValueMap {
        var locals = ValueMap()
        locals[definition.loopVariable] = item
        if let name = definition.loopIndexVariable { locals[name] = .int(index) }
        if definition.extendsLoop {
            var loop: ValueMap = [
                "index": .int(index + 1), "index0": .int(index), "first": .bool(index == 0), "last": .bool(index == items.count - 1),
                "length": .int(items.count), "revindex": .int(items.count - index), "revindex0": .int(items.count - index - 1),
            ]
            if definition.loopShowsAllItems { loop["allitems"] = .list(items) }
            if index > 0 { loop["previtem"] = items[index - 1] }
            if index + 1 < items.count { loop["nextitem"] = items[index + 1] }
            locals["ansible_loop"] = .dict(loop)
        }
        return locals
    }

    /// Those of an item whose result is this; nil when it changed nothing.
    func loopVariables(ofChanged result: ValueMap) -> ValueMap? {
        guard result["changed"] == .bool(true) else { return nil }
        var locals = ValueMap()
        for name in [definition.loopVariable, definition.loopIndexVariable, "ansible_loop"].compactMap({ $0 }) { locals[name] = result[name] }
        return locals
    }

    func label(_ item: Value, _ locals: ValueMap) -> Value {
        guard let label = definition.loopLabel else { return item }
        return (try? templar.render(label.value, in: scope(locals))) ?? item
    }
}
