import Support
import Templating
import YAML

/// Tasks, blocks and handlers.
extension PlaybookReader {
    private static let importKeys: Set<String> = [
        "import_tasks", "ansible.builtin.import_tasks", "ansible.legacy.import_tasks",
    ]
    private static let roleImportKeys: Set<String> = [
        "import_role", "ansible.builtin.import_role", "ansible.legacy.import_role",
    ]

    /// A list of tasks and blocks.
    mutating func steps(_ node: Node, _ key: String) -> [Step] {
        guard !node.value.isNull else { return [] }
        guard let items = node.items else {
            report(
                "'\(key)' is a list of tasks, and this is \(node.value.kindInWords)", at: node.mark,
                "begin each task with '- name:'")
            return []
        }
        return items.flatMap { step($0) }
    }

    private mutating func step(_ node: Node) -> [Step] {
        guard let entries = node.entries else {
            report(
                "a task is a mapping, and this is \(node.value.kindInWords)", at: node.mark,
                "write '- name: …' and the module below it")
            return []
        }
        if node["block"] != nil || node["rescue"] != nil || node["always"] != nil {
            return [.block(withDefaults(node) { $0.within(node["vars"]?.value.map) { $0.block(node, entries) } })]
        }
        if let file = entries.first(where: { Self.importKeys.contains($0.key.value.string ?? "") }) {
            return [.block(within(node["vars"]?.value.map) { $0.importedTasks(node, entries, file.value) })]
        }
        if let role = entries.first(where: { Self.roleImportKeys.contains($0.key.value.string ?? "") }) {
            return within(node["vars"]?.value.map) { $0.importedRole(entries, role.value) }
        }
        return withDefaults(node) { $0.task(node, entries, .task) }.map { [.task($0)] } ?? []
    }

    /// Reads with the `module_defaults` of a play, block or task in force.
    mutating func withDefaults<Result>(_ node: Node, _ read: (inout Self) -> Result) -> Result {
        let outerCollections = collections
        defer { collections = outerCollections }
        if let names = node["collections"] { collections = self.names(names, "collections") }
        guard let defaults = node["module_defaults"], !defaults.value.isNull else { return read(&self) }
        let outer = moduleDefaults
        defer { moduleDefaults = outer }
        for item in defaults.items ?? [defaults] {
            guard let entries = item.entries else {
                report(
                    "'module_defaults' is a mapping of modules to arguments, and this is \(item.value.kindInWords)",
                    at: item.mark)
                continue
            }
            // What is wrong with an argument, its task meets.
            for entry in entries { _ = carryingVariables { $0.takeDefaults(entry) } }
        }
        return read(&self)
    }

    private mutating func takeDefaults(_ entry: Node.Entry) {
        let name = ArgumentBinder.text(entry.key.value)
        guard let spec = catalog.spec(named: name) else {
            // Defaults of modules that ComfyFleet does not have are for tasks that say so themselves; the modules of
            // Ansible's groups are all of that kind.
            guard !name.hasPrefix("group/"), !exists(module: name) else { return }
            report(
                "unknown module '\(name)' among 'module_defaults'", at: entry.key.mark,
                Spelling.nearest(to: name, among: catalog.moduleNames).map { "did you mean '\($0)'?" })
            return
        }
        let binder = ArgumentBinder(spec)
        for argument in entry.value.entries ?? [] {
            let name = ArgumentBinder.text(argument.key.value)
            // One that there isn't is each task's to refuse.
            moduleDefaults[spec.name, default: [:]][binder.optionName(name) ?? name] = value(argument.value).value
        }
    }

    private mutating func block(_ node: Node, _ entries: [Node.Entry]) -> Block {
        var block = Block(mark: node.mark)
        let label = node["name"]?.value.string.map { "block '\($0)'" } ?? "the block"
        let guards = [node["rescue"], node["always"]].contains { $0?.items?.isEmpty == false }
        if node["block"] == nil || guards && (node["block"]?.items ?? []).isEmpty && node["block"]?.value.string == nil
        {
            report(
                "\(label) has 'rescue' or 'always' and no 'block'", at: node.mark,
                "put the tasks to guard below 'block:'")
        }
        for entry in entries {
            let key = entry.key.value.string ?? ""
            switch key {
            case "name": block.name = carrying { $0.name(entry.value, key) }.0
            case "block": block.tasks = steps(entry.value, key)
            case "rescue": block.rescue = steps(entry.value, key)
            case "always": block.always = steps(entry.value, key)
            default:
                if !Self.blockKeys.contains(key) || !shared(key, entry.value, into: &block.keywords) {
                    block.keywords.problems +=
                        carrying {
                            $0.unknown(entry.key, among: Self.blockKeys, in: label)
                        }.1
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
            if key == "name" {
                block.name = carrying { $0.name(entry.value, key) }.0
            } else if Self.importKeys.contains(key) {
                continue
            } else if !shared(key, entry.value, into: &block.keywords), !Self.idleKeys.contains(key) {
                unknown(entry.key, among: Self.sharedKeys.union(["import_tasks"]), in: "an import of tasks")
            }
        }
        let call = spelledOut(file, "import_tasks")
        for entry in call.entries ?? [] where entry.key.value != .string("file") {
            unknown(entry.key, among: ["file"], in: "import_tasks")
        }
        let name = call["file"] ?? call
        block.tasks = importedTasks(name) { reader, bytes, path in
            reader.root(bytes, path: path).map { reader.steps($0, "a file of tasks") } ?? []
        }
        return block
    }

    mutating func handlers(_ node: Node) -> [TaskDefinition] {
        guard !node.value.isNull else { return [] }
        guard let items = node.items else {
            report("'handlers' is a list of tasks, and this is \(node.value.kindInWords)", at: node.mark)
            return []
        }
        return items.flatMap { handler($0) }
    }

    /// A handler, or those of a block or of an imported file, which go by their own names.
    private mutating func handler(_ item: Node) -> [TaskDefinition] {
        guard let entries = item.entries else {
            report("a handler is a mapping, and this is \(item.value.kindInWords)", at: item.mark)
            return []
        }
        if item["block"] != nil || entries.contains(where: { Self.importKeys.contains($0.key.value.string ?? "") }) {
            var keywords = TaskKeywords()
            var handlers: [TaskDefinition] = []
            for entry in entries {
                let key = entry.key.value.string ?? ""
                switch key {
                case "name": break
                // Handlers are single tasks: as in Ansible, nothing comes to what would guard them.
                case "rescue", "always": _ = self.handlers(entry.value)
                case "block": handlers += self.handlers(entry.value)
                case _ where Self.importKeys.contains(key):
                    handlers += importedTasks(entry.value["file"] ?? entry.value) { reader, bytes, path in
                        reader.root(bytes, path: path).map { reader.handlers($0) } ?? []
                    }
                default:
                    if !Self.blockKeys.contains(key) || !shared(key, entry.value, into: &keywords) {
                        unknown(entry.key, among: Self.blockKeys, in: "a block of handlers")
                    }
                }
            }
            return handlers.map { handler in
                var handler = handler
                handler.keywords = handler.keywords.inheriting(keywords)
                return handler
            }
        }
        guard let handler = withDefaults(item, { $0.task(item, entries, .handler) }) else { return [] }
        if handler.module.name == "include_role" {
            report(
                "a role can't be a handler", at: item.mark,
                "notify the handlers of the role, or a handler that includes a file with it")
        }
        if handler.name == nil, handler.listen.isEmpty {
            warnings.append(
                Diagnostic(
                    "this handler has neither 'name' nor 'listen', so nothing can notify it", at: item.mark,
                    remedy: "give it a name"))
        }
        return [handler]
    }

    private mutating func task(_ node: Node, _ entries: [Node.Entry], _ level: KeywordSpec.Level) -> TaskDefinition? {
        let (task, problems) = carrying { $0.readTask(node, entries, level) }
        guard var task else { return nil }
        task.problems = problems
        return task
    }

    private mutating func readTask(
        _ node: Node, _ entries: [Node.Entry], _ level: KeywordSpec.Level
    ) -> TaskDefinition? {
        let lookups = entries.compactMap { $0.key.value.string }.filter {
            $0.hasPrefix("with_")
                && (Templar.lookupNames.contains(Self.lookupName($0))
                    || AnsibleNames.has(.lookup, Self.lookupName($0)))
        }
        let keys = (level == .handler ? Self.handlerKeys : Self.taskKeys).union(lookups)
        let label =
            node["name"]?.value.string.map { "\(level.rawValue) '\($0)'" } ?? "a \(level.rawValue) without a name"
        guard let call = moduleCall(node, entries, keys, label) else { return nil }
        var task = TaskDefinition(mark: node.mark, module: call.spec, arguments: Located([:], at: call.arguments.mark))
        task.role = currentRole
        arguments(of: &task, call, node["args"])
        if task.isInclude { include(&task, entries, label) }
        if call.local { task.keywords.delegateTo = Located(.string("localhost"), at: node.mark) }

        for entry in entries {
            let key = entry.key.value.string ?? ""
            let node = entry.value
            guard keys.contains(key) else {
                if entry.key.mark != call.key.mark {
                    unknown(entry.key, among: keys.union(catalog.moduleNames), in: label)
                }
                continue
            }
            switch key {
            case "name":
                // A host that can't render it shows it as it stands.
                let (name, problems) = carryingVariables { $0.name(node, key) }
                task.name = name
                carried?.append(contentsOf: problems)
            case "args", "action", "local_action": break
            case "register": task.register = identifier(node, key)
            case "loop": loop(node, key, into: &task, label)
            case _ where key.hasPrefix("with_"): loop(node, key, into: &task, label)
            case "async": bound(&task, by: node, poll: entries.first { $0.key.value.string == "poll" }?.value, label)
            case "poll": break
            case "loop_control": loopControl(node, into: &task)
            case "changed_when": task.changedWhen = judgement(node, key)
            case "failed_when": task.failedWhen = judgement(node, key)
            case "until": task.until = node.value.isNull ? nil : judgement(node, key)
            case "retries": task.retries = number(node, key)
            case "delay": task.delay = number(node, key)
            case "listen": task.listen = names(node, key)
            default: if !shared(key, node, into: &task.keywords) { unknown(entry.key, among: keys, in: label) }
            }
        }
        if task.until == nil, task.delay != nil, task.retries == nil {
            warnings.append(
                Diagnostic(
                    "'delay' in \(label) does nothing without 'until' or 'retries'",
                    at: node["delay"]?.mark ?? node.mark, remedy: "add 'until: CONDITION'"))
        }
        return task
    }

    /// Conditions on a result; an empty list is as if it were not there.
    private mutating func judgement(_ node: Node, _ key: String) -> [Located<Value>]? {
        let conditions = conditions(node, key)
        return conditions.isEmpty ? nil : conditions
    }

    private mutating func loop(_ node: Node, _ key: String, into task: inout TaskDefinition, _ label: String) {
        if task.loop != nil { report("\(label) has more than one loop", at: node.mark, "keep one of them") }
        switch node.value {
        case .list: break
        case .string(let text, _) where text.holdsTemplate: break
        // A lookup takes whatever it is made for.
        case _ where key != "loop" && !node.value.isNull: break
        default:
            meet(
                "'\(key)' is a list or a template that gives one, and this is \(node.value.kindInWords)", at: node.mark,
                node.value.string.map { "did you mean \"{{ \($0) }}\"?" }, as: .keyword, of: key)
        }
        task.loop = value(node)
        guard key != "loop" else { return }
        let lookup = Self.lookupName(key)
        task.loopLookup = lookup
        if !Templar.lookupNames.contains(lookup) {
            meet(
                "the lookup '\(lookup)' is not supported", at: node.mark, as: .lookup, of: lookup, isUnsupported: true)
        }
    }

    /// Of `with_NAME`, in short or with its collection's.
    private static func lookupName(_ key: String) -> String {
        String(key.dropFirst(5).trimmingPrefix("ansible.builtin."))
    }

    /// `async` with a `poll`: the task is waited for that long, as `timeout` says it. What nobody waits for has no
    /// place in a run that tells how it ended.
    private mutating func bound(_ task: inout TaskDefinition, by limit: Node, poll: Node?, _ label: String) {
        if let poll, ArgumentBinder.int(poll.value) == 0 {
            meet(
                "'poll: 0' in \(label) is not supported", at: poll.mark,
                "leave 'poll' out (a task outlives the link as it is), or start a service", as: .keyword, of: "poll: 0",
                met: .call, isUnsupported: true)
        }
        let limit = number(limit, "async")
        if task.keywords.timeout == nil, limit.value != .int(0) { task.keywords.timeout = limit }
    }

    /// What an include brings is read when a host comes to it.
    private mutating func include(_ task: inout TaskDefinition, _ entries: [Node.Entry], _ label: String) {
        hasIncludes = true
        task.moduleDefaults = moduleDefaults
        (task.trail, task.collections) = (trail, collections)
        for entry in entries {
            let key = entry.key.value.string ?? ""
            if Self.taskKeys.contains(key), !Self.includeKeys.contains(key) {
                report(
                    "'\(key)' does nothing on an include, in \(label)", at: entry.key.mark,
                    "put it below 'apply:' of \(task.module.name)")
            }
            guard catalog.spec(named: key)?.name == task.module.name, let apply = entry.value["apply"] else { continue }
            for entry in apply.entries ?? [] {
                let key = entry.key.value.string ?? ""
                if !Self.blockKeys.contains(key) || !shared(key, entry.value, into: &task.applied) {
                    unknown(entry.key, among: Self.blockKeys, in: "'apply'")
                }
            }
        }
        task.arguments.value["apply"] = nil
    }

    private mutating func loopControl(_ node: Node, into task: inout TaskDefinition) {
        let keys = KeywordSpec.names(at: .loopControl)
        guard let entries = node.entries else {
            report(
                "'loop_control' is a mapping, and this is \(node.value.kindInWords)", at: node.mark,
                "it takes: \(keys.joined(separator: ", "))")
            return
        }
        for entry in entries {
            switch entry.key.value.string {
            case "loop_var": task.loopVariable = variable(entry.value, "loop_var")
            case "index_var": task.loopIndexVariable = variable(entry.value, "index_var")
            case "label": task.loopLabel = value(entry.value)
            case "pause": task.loopPause = number(entry.value, "pause")
            case "extended": task.extendsLoop = flag(entry.value, "extended")
            case "extended_allitems": task.loopShowsAllItems = flag(entry.value, "extended_allitems")
            case "break_when": task.loopBreakWhen = conditions(entry.value, "break_when")
            default: unknown(entry.key, among: keys, in: "'loop_control'")
            }
        }
    }
}
