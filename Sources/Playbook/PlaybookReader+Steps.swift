import YAML

/// Tasks, blocks and handlers.
extension PlaybookReader {
    private static let importKeys: Set<String> = ["import_tasks", "ansible.builtin.import_tasks"]
    private static let roleImportKeys: Set<String> = ["import_role", "ansible.builtin.import_role"]

    /// A list of tasks and blocks.
    mutating func steps(_ node: Node, _ key: String) -> [Step] {
        guard !node.value.isNull else { return [] }
        guard let items = node.items else {
            report("'\(key)' is a list of tasks, and this is \(node.value.kindInWords)", at: node.mark, "begin each task with '- name:'")
            return []
        }
        return items.flatMap { step($0) }
    }

    private mutating func step(_ node: Node) -> [Step] {
        guard let entries = node.entries else {
            report("a task is a mapping, and this is \(node.value.kindInWords)", at: node.mark, "write '- name: …' and the module below it")
            return []
        }
        if node["block"] != nil || node["rescue"] != nil || node["always"] != nil { return [.block(block(node, entries))] }
        if let file = entries.first(where: { Self.importKeys.contains($0.key.value.string ?? "") }) { return [.block(importedTasks(node, entries, file.value))] }
        if let role = entries.first(where: { Self.roleImportKeys.contains($0.key.value.string ?? "") }) { return importedRole(entries, role.value) }
        return task(node, entries, .task).map { [.task($0)] } ?? []
    }

    private mutating func block(_ node: Node, _ entries: [Node.Entry]) -> Block {
        var block = Block(mark: node.mark)
        let label = node["name"]?.value.string.map { "block '\($0)'" } ?? "the block"
        if node["block"] == nil { report("\(label) has 'rescue' or 'always' and no 'block'", at: node.mark, "put the tasks to guard below 'block:'") }
        for entry in entries {
            let key = entry.key.value.string ?? ""
            switch key {
            case "name": block.name = name(entry.value, key)
            case "block": block.tasks = steps(entry.value, key)
            case "rescue": block.rescue = steps(entry.value, key)
            case "always": block.always = steps(entry.value, key)
            default:
                if !Self.blockKeys.contains(key) || !shared(key, entry.value, into: &block.keywords) {
                    unknown(entry.key, among: Self.blockKeys, in: label)
                }
            }
        }
        return block
    }

    /// `import_tasks: file` is the file's tasks in a block that has the import's keywords.
    private mutating func importedTasks(_ node: Node, _ entries: [Node.Entry], _ file: Node) -> Block {
        var block = Block(mark: node.mark)
        for entry in entries {
            let key = entry.key.value.string ?? ""
            if key == "name" { block.name = name(entry.value, key) }
            else if Self.importKeys.contains(key) { continue }
            else if !Self.sharedKeys.union(["when", "delegate_to"]).contains(key) || !shared(key, entry.value, into: &block.keywords) {
                unknown(entry.key, among: Self.sharedKeys.union(["when", "delegate_to", "import_tasks"]), in: "an import of tasks")
            }
        }
        let name = file["file"] ?? file
        block.tasks = imported(name) { reader, bytes, path in
            guard let root = reader.root(bytes, path: path) else { return [] }
            reader.open.append(path)
            defer { reader.open.removeLast() }
            return reader.steps(root, "a file of tasks")
        }
        return block
    }

    mutating func handlers(_ node: Node) -> [TaskDefinition] {
        guard !node.value.isNull else { return [] }
        guard let items = node.items else {
            report("'handlers' is a list of tasks, and this is \(node.value.kindInWords)", at: node.mark)
            return []
        }
        return items.compactMap { item in
            guard let entries = item.entries else {
                report("a handler is a mapping, and this is \(item.value.kindInWords)", at: item.mark)
                return nil
            }
            guard item["block"] == nil else {
                report("blocks are not supported among handlers", at: item.mark, "list their tasks, and let them 'listen' to one name")
                return nil
            }
            guard let handler = task(item, entries, .handler) else { return nil }
            if handler.name == nil, handler.listen.isEmpty {
                report("this handler has neither 'name' nor 'listen', so nothing can notify it", at: item.mark, "give it a name")
            }
            return handler
        }
    }

    private mutating func task(_ node: Node, _ entries: [Node.Entry], _ level: Level) -> TaskDefinition? {
        let keys = level == .handler ? Self.taskKeys.union(["listen"]) : Self.taskKeys
        let label = node["name"]?.value.string.map { "\(level.words) '\($0)'" } ?? "a \(level.words) without a name"
        guard let call = moduleCall(node, entries, keys, label) else { return nil }
        var task = TaskDefinition(mark: node.mark, module: call.spec, arguments: Located([:], at: call.arguments.mark))
        task.role = currentRole
        arguments(of: &task, call, node["args"])
        if call.local { task.keywords.delegateTo = Located(.string("localhost"), at: node.mark) }

        for entry in entries {
            let key = entry.key.value.string ?? "", node = entry.value
            guard keys.contains(key) else {
                if entry.key.mark != call.key.mark { unknown(entry.key, among: keys.union(catalog.moduleNames), in: label) }
                continue
            }
            switch key {
            case "name": task.name = name(node, key)
            case "args", "action", "local_action": break
            case "register": task.register = identifier(node, key)
            case "loop", "with_items": loop(node, key, into: &task, label)
            case "loop_control": loopControl(node, into: &task)
            case "changed_when": task.changedWhen = conditions(node, key)
            case "failed_when": task.failedWhen = conditions(node, key)
            case "until": task.until = conditions(node, key)
            case "retries": task.retries = number(node, key)
            case "delay": task.delay = number(node, key)
            case "notify": task.notify = (node.items ?? [node]).filter { !$0.value.isNull }.map { text($0, key) }
            case "listen": task.listen = names(node, key)
            default: _ = shared(key, node, into: &task.keywords)
            }
        }
        if task.until == nil, task.delay != nil, task.retries == nil {
            report("'delay' in \(label) does nothing without 'until' or 'retries'", at: node["delay"]?.mark ?? node.mark, "add 'until: CONDITION'")
        }
        return task
    }

    private mutating func loop(_ node: Node, _ key: String, into task: inout TaskDefinition, _ label: String) {
        if task.loop != nil { report("\(label) has more than one loop", at: node.mark, "keep one of 'loop' and 'with_items'") }
        switch node.value {
        case .list: break
        case .string(let text) where text.holdsTemplate: break
        case .string where key == "with_items": break
        default:
            report("'\(key)' is a list or a template that gives one, and this is \(node.value.kindInWords)", at: node.mark,
                   node.value.string.map { "did you mean \"{{ \($0) }}\"?" })
        }
        task.loop = value(node)
        task.flattensLoop = key == "with_items"
    }

    private mutating func loopControl(_ node: Node, into task: inout TaskDefinition) {
        let keys = ["loop_var", "index_var", "label", "pause", "extended"]
        guard let entries = node.entries else {
            report("'loop_control' is a mapping, and this is \(node.value.kindInWords)", at: node.mark, "it takes: \(keys.joined(separator: ", "))")
            return
        }
        for entry in entries {
            switch entry.key.value.string {
            case "loop_var": task.loopVariable = identifier(entry.value, "loop_var") ?? "item"
            case "index_var": task.loopIndexVariable = identifier(entry.value, "index_var")
            case "label": task.loopLabel = value(entry.value)
            case "pause": task.loopPause = number(entry.value, "pause")
            case "extended": task.extendsLoop = writtenFlag(entry.value, "extended")
            default: unknown(entry.key, among: keys, in: "'loop_control'")
            }
        }
    }
}
