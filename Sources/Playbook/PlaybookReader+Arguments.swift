import YAML

/// Which module a task runs, and with what.
extension PlaybookReader {
    struct ModuleCall {
        let key: Node
        let spec: ModuleSpec
        let arguments: Node
        /// Free form text that is not the node's own (`action: copy src=a`).
        var text: String?
        var local = false
    }

    /// Finds the one key of a task that names a module.
    mutating func moduleCall(_ node: Node, _ entries: [Node.Entry], _ keys: Set<String>, _ label: String) -> ModuleCall?
    {
        var calls: [ModuleCall] = []
        var strangers: [Node] = []
        for entry in entries {
            let key = entry.key.value.string ?? ""
            if key == "action" || key == "local_action" {
                guard let call = action(entry, local: key == "local_action", label) else { return nil }
                calls.append(call)
            } else if keys.contains(key) || Self.unsupportedKeys[key] != nil {
                continue
            } else if let spec = catalog.spec(named: key) {
                calls.append(ModuleCall(key: entry.key, spec: spec, arguments: entry.value))
            } else {
                strangers.append(entry.key)
            }
        }
        switch calls.count {
        case 1: return calls[0]
        case 0:
            // Nothing else can be the module, so what is not known is one that there isn't.
            for key in strangers { unknownModule(ArgumentBinder.text(key.value), at: key.mark, label, keys) }
            for entry in entries where Self.unsupportedKeys[entry.key.value.string ?? ""] != nil {
                unknown(entry.key, among: keys, in: label)
            }
            if strangers.isEmpty {
                report("\(label) names no module", at: node.mark, "add one, such as 'command:' or 'copy:'")
            }
        default:
            let names = calls.map { "'\($0.spec.name)'" }.joined(separator: " and ")
            report(
                "\(label) names \(calls.count) modules, \(names)", at: calls[1].key.mark, "make it one task for each")
        }
        return nil
    }

    private mutating func unknownModule(_ name: String, at mark: SourceMark, _ label: String, _ keys: Set<String>) {
        let short = name.split(separator: ".").last.map(String.init) ?? name
        let candidates = catalog.moduleNames.sorted() + keys.sorted()
        if name.contains("."), !name.hasPrefix("ansible.builtin."), catalog.spec(named: short) == nil {
            report(
                "module '\(name)' in \(label) is not one of ComfyFleet's", at: mark,
                "`command` and `shell` run anything that the host has")
        } else {
            report(
                "unknown module '\(name)' in \(label)", at: mark,
                Spelling.nearest(to: short, among: candidates).map { "did you mean '\($0)'?" })
        }
    }

    /// `action: copy src=a dest=b`, or `action: {module: copy, src: a}`.
    private mutating func action(_ entry: Node.Entry, local: Bool, _ label: String) -> ModuleCall? {
        let node = entry.value
        if let text = node.value.string {
            let words = text.split(separator: " ", maxSplits: 1)
            guard let name = words.first.map(String.init), let spec = catalog.spec(named: name) else {
                unknownModule(words.first.map(String.init) ?? "", at: node.mark, label, [])
                return nil
            }
            return ModuleCall(
                key: entry.key, spec: spec, arguments: node, text: words.count > 1 ? String(words[1]) : "", local: local
            )
        }
        guard let name = node["module"]?.value.string, let entries = node.entries else {
            report(
                "'\(local ? "local_action" : "action")' in \(label) names no module", at: node.mark,
                "write the module as a key of the task")
            return nil
        }
        guard let spec = catalog.spec(named: name) else {
            unknownModule(name, at: node.mark, label, [])
            return nil
        }
        let rest = entries.filter { $0.key.value != .string("module") }
        var map = ValueMap()
        for entry in rest { map[entry.key.value] = entry.value.value }
        return ModuleCall(
            key: entry.key, spec: spec, arguments: Node(mark: node.mark, content: .mapping(rest), value: .dict(map)),
            local: local)
    }

    /// The conditions of `assert`; what holds a template has been checked as one.
    private mutating func checkConditions(of call: ModuleCall) {
        guard call.spec.name == "assert", let that = call.arguments["that"] else { return }
        for item in that.items ?? [that] where item.value.string?.holdsTemplate == false {
            _ = conditions(item, "that")
        }
    }

    /// The variables of `set_fact`.
    private mutating func checkFacts(_ arguments: ValueMap, _ marks: [String: SourceMark], of call: ModuleCall) {
        guard call.spec.name == "set_fact" else { return }
        let names = arguments.names.filter { $0 != "cacheable" }
        if names.isEmpty { report("'set_fact' sets no variable", at: call.key.mark, "add one, as 'name: value'") }
        for name in names where !Self.isIdentifier(name) {
            report(
                "'\(name)' is not the name of a variable", at: marks[name] ?? call.key.mark,
                "use letters, digits and _, not beginning with a digit")
        }
    }

    /// Reads and checks the arguments; option aliases are replaced by the option's name.
    mutating func arguments(of task: inout TaskDefinition, _ call: ModuleCall, _ extra: Node?) {
        let binder = ArgumentBinder(call.spec)
        var arguments = ValueMap()
        var marks: [String: SourceMark] = [:]
        func add(_ name: String, _ value: Value, _ mark: SourceMark) {
            let option = binder.optionName(name) ?? name
            arguments[option] = value
            marks[option] = mark
            marks[name] = mark
        }
        switch call.arguments.value {
        case _ where call.text != nil, .string, .int, .double, .bool:
            checkTemplates(call.arguments)
            do {
                let text = call.text ?? ArgumentBinder.text(call.arguments.value)
                let parsed = try FreeForm.parse(text, call.arguments.value.provenance, spec: call.spec)
                for (key, value) in parsed.pairs { add(ArgumentBinder.text(key), value, call.arguments.mark) }
            } catch {
                report("\(error.problem) (module '\(call.spec.name)')", at: call.arguments.mark, error.remedy)
                return
            }
        case .null: break
        case .dict:
            for entry in call.arguments.entries ?? [] {
                add(ArgumentBinder.text(entry.key.value), value(entry.value).value, entry.key.mark)
            }
        default:
            report(
                "the arguments of module '\(call.spec.name)' are a mapping, and this is \(call.arguments.value.kindInWords)",
                at: call.arguments.mark,
                "it takes: \(call.spec.options.map(\.name).filter { $0 != "_raw_params" }.joined(separator: ", "))")
            return
        }
        if let extra, !extra.value.isNull {
            if let entries = extra.entries {
                for entry in entries {
                    add(ArgumentBinder.text(entry.key.value), value(entry.value).value, entry.key.mark)
                }
            } else {
                report("'args' is a mapping of arguments, and this is \(extra.value.kindInWords)", at: extra.mark)
            }
        }
        for (key, value) in moduleDefaults[call.spec.name]?.pairs ?? [:] where arguments[key] == nil {
            arguments[key] = value
        }
        for problem in binder.problems(inUntemplated: arguments) {
            problems.append(
                Diagnostic(
                    problem.problem, at: problem.argument.flatMap { marks[$0] } ?? call.key.mark, remedy: problem.remedy
                ))
        }
        checkConditions(of: call)
        checkFacts(arguments, marks, of: call)
        task.arguments.value = arguments
        task.argumentMarks = marks
    }
}
