import YAML

extension PlaybookReader {
    /// One item of a playbook's list: a play, or an import of another playbook.
    mutating func play(_ node: Node) -> [Play] {
        guard let entries = node.entries else {
            report(
                "a play is a mapping, and this is \(node.value.kindInWords)", at: node.mark, "begin with '- hosts: all'"
            )
            return []
        }
        if let file = node["import_playbook"] ?? node["ansible.builtin.import_playbook"] {
            let keys = KeywordSpec.names(at: .playbook)
            for entry in entries
            where !(keys + ["import_playbook", "ansible.builtin.import_playbook"]).contains(
                entry.key.value.string ?? "")
            {
                unknown(entry.key, among: keys + ["import_playbook"], in: "an import of a playbook")
            }
            var keywords = TaskKeywords()
            for key in keys { if let value = node[key] { _ = shared(key, value, into: &keywords) } }
            let plays = within(keywords.variables) { $0.importedPlays(file) }
            return plays.map { play in
                var play = play
                play.keywords = play.keywords.inheriting(keywords)
                return play
            }
        }
        let hosts = node["hosts"]
        if hosts == nil {
            let keys = entries.compactMap(\.key.value.string)
            guard
                keys.contains(where: { Self.sectionKeys.contains($0) || Self.isMisspeltHosts($0) }) || keys == ["name"]
            else {
                report(
                    "this is no play: it has no 'hosts'", at: node.mark,
                    "tasks stand below 'tasks:' of a play with 'hosts:'")
                return []
            }
            // The key that nobody knows is reported where it stands.
            if !keys.contains(where: Self.isMisspeltHosts) {
                report("this play has no 'hosts'", at: node.mark, "say where it runs, such as 'hosts: all'")
            }
        }
        let outer = surroundings
        defer { surroundings = outer }
        surroundings = Surroundings(
            layers: [outer.layers.reduce(into: node["vars"]?.value.map ?? [:]) { $0.merge($1) }],
            files: node["vars_files"])
        return [withDefaults(node) { $0.play(node, entries, hosts) }]
    }

    /// Keys that make a mapping a play, if one without 'hosts'.
    private static let sectionKeys: Set<String> = [
        "pre_tasks", "roles", "tasks", "post_tasks", "handlers", "gather_facts", "vars_files", "vars_prompt", "serial",
        "strategy",
    ]

    private static func isMisspeltHosts(_ key: String) -> Bool {
        !playKeys.contains(key) && Spelling.nearest(to: key, among: playKeys.sorted()) == "hosts"
    }

    /// - Parameter hosts: nil in a play that lacks it, of which all else is checked.
    private mutating func play(_ node: Node, _ entries: [Node.Entry], _ hosts: Node?) -> Play {
        var play = Play(mark: node.mark, hosts: hosts.map { pattern($0) } ?? Located(.null, at: node.mark))
        let label = node["name"]?.value.string.map { "play '\($0)'" } ?? "the play"
        var roles: [Step] = []
        importedHandlers = []
        importedDefaults = [:]
        importedVariables = [:]
        hasIncludes = false
        for entry in entries {
            let key = entry.key.value.string ?? ""
            let node = entry.value
            switch key {
            case "hosts": break
            case "name":
                let (name, problems) = carryingVariables { $0.name(node, key) }
                play.name = name
                play.problems += problems
            case "vars_files":
                play.variableFiles = (node.items ?? [node]).map { value($0) }
            case "vars_prompt": play.prompts = (node.items ?? [node]).compactMap { prompt($0) }
            case "gather_facts": play.gatherFacts = value(at: key, node)
            case "gather_subset":
                play.gathering["gather_subset"] =
                    node.value.string?.holdsTemplate == true
                    ? value(node).value : .list(names(node, key).map { .string($0, .trusted) })
            case "gather_timeout": play.gathering["gather_timeout"] = number(node, key).value
            case "order": play.order = value(at: key, node)
            case "serial": play.serial = (node.items ?? [node]).map { share($0, key) }
            case "strategy": play.strategy = value(at: key, node)
            case "max_fail_percentage": play.maxFailPercentage = value(at: key, node)
            case "pre_tasks": play.preTasks = steps(node, key)
            case "roles": roles = self.roles(node, into: &play)
            case "tasks": play.tasks = steps(node, key)
            case "post_tasks": play.postTasks = steps(node, key)
            case "handlers": play.handlers += handlers(node)
            default:
                if !shared(key, node, into: &play.keywords) || !Self.playKeys.contains(key) {
                    unknown(entry.key, among: Self.playKeys, in: label)
                }
            }
        }
        play.variables = play.keywords.variables
        play.keywords.variables = [:]
        play.tasks = roles + play.tasks
        // A role that is named twice brings its handlers once.
        for handler in importedHandlers where !play.handlers.contains(where: { $0.mark == handler.mark }) {
            play.handlers.append(handler)
        }
        play.roleDefaults.merge(importedDefaults)
        play.roleVariables.merge(importedVariables)
        if !hasIncludes { checkNotifications(&play) }
        return play
    }

    /// A single value of a play, of the kind that the table says.
    private mutating func value(at key: String, _ node: Node) -> Located<Value>? {
        KeywordSpec.named(key).map { value(of: $0, node) }
    }

    private mutating func prompt(_ node: Node) -> Play.Prompt? {
        let keys = KeywordSpec.names(at: .prompt)
        guard let entries = node.entries, let nameNode = node["name"] else {
            report(
                "an entry of 'vars_prompt' is a mapping with a 'name'", at: node.mark,
                "it takes: \(keys.joined(separator: ", "))")
            return nil
        }
        guard let name = identifier(nameNode, "name") else { return nil }
        var prompt = Play.Prompt(name: name, mark: node.mark, question: name)
        for entry in entries {
            switch entry.key.value.string {
            case "name": break
            case "prompt": prompt.question = ArgumentBinder.text(entry.value.value)
            case "default": prompt.fallback = entry.value.value.isNull ? nil : entry.value.value
            case "private": prompt.isPrivate = writtenFlag(entry.value, "private")
            case "confirm": prompt.isConfirmed = writtenFlag(entry.value, "confirm")
            default:
                let key = ArgumentBinder.text(entry.key.value)
                if let remedy = KeywordSpec.remedy(for: key, at: .prompt) {
                    report("'\(key)' of 'vars_prompt' is not supported", at: entry.key.mark, remedy)
                } else {
                    unknown(entry.key, among: keys, in: "'vars_prompt'")
                }
            }
        }
        return prompt
    }

    private mutating func pattern(_ node: Node) -> Located<Value> {
        switch node.value {
        case .string(let text, _) where !text.trimmingBlanks.isEmpty: return value(node)
        case .list(let items) where !items.isEmpty && items.allSatisfy({ $0.string != nil }): return value(node)
        default:
            report(
                "'hosts' is a pattern or a list of them, and this is \(node.value == .string("") ? "empty" : node.value.kindInWords)",
                at: node.mark,
                "name groups or hosts of the inventory, such as 'all'")
            return Located(.null, at: node.mark)
        }
    }

    /// A `notify` that is written out must name a handler of the play, if its task ever changes anything.
    private mutating func checkNotifications(_ play: inout Play) {
        let known = Set(play.handlers.flatMap { [$0.name].compactMap { $0 } + $0.listen })
        guard !known.contains(where: \.holdsTemplate) else { return }
        for task in play.allTasks {
            for notice in task.keywords.notify {
                guard let name = notice.value.string, !name.holdsTemplate, !known.contains(name) else { continue }
                let (_, problems) = carrying {
                    $0.meet(
                        "no handler of this play is called '\(name)'", at: notice.mark,
                        Spelling.nearest(to: name, among: known.sorted()).map { "did you mean '\($0)'?" }
                            ?? "define it below 'handlers:'", as: .handler, of: name, met: .use)
                }
                play.problems += problems
            }
        }
    }
}

extension Play {
    /// Every task and handler of the play, in the order of the text, those in blocks too.
    package var allTasks: [TaskDefinition] { (preTasks + tasks + postTasks).flatMap(\.allTasks) + handlers }
}

extension Step {
    package var allTasks: [TaskDefinition] {
        switch self {
        case .task(let task): [task]
        case .block(let block): (block.tasks + block.rescue + block.always).flatMap(\.allTasks)
        }
    }
}
