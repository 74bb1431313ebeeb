import Support
import YAML

/// Which module a task runs, and with what.
extension PlaybookReader {
    struct ModuleCall {
        let key: Node
        let spec: ModuleSpec
        var arguments: Node
        /// Free form text that is not the node's own (`action: copy src=a`).
        var text: String?
        var local = false
        /// The template of the module's name, where it is one.
        var name: Located<Value>?
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
            } else if exists(module: key) {
                let spec = missingModule(key, at: entry.key.mark)
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
        report(
            "unknown module '\(name)' in \(label)", at: mark,
            (Spelling.nearest(to: short, among: candidates) ?? Self.nearestOfAnsible(name)).map {
                "did you mean '\($0)'?"
            })
    }

    /// A module that ComfyFleet does not have, and that was meant.
    private static func nearestOfAnsible(_ name: String) -> String? {
        guard name.contains(".") else {
            return Spelling.nearest(to: name, among: AnsibleNames.shortNames(.module).sorted())
        }
        let parts = name.split(separator: ".")
        guard parts.count == 3 else { return nil }
        return Spelling.nearest(
            to: String(parts[2]), among: AnsibleNames.names(.module, of: "\(parts[0]).\(parts[1])")
        ).map { "\(parts[0]).\(parts[1]).\($0)" }
    }

    /// Whether Ansible finds a module of this name, which ComfyFleet does not have: among its own, among those of
    /// installed collections, and in the folders of modules of the site's own.
    func exists(module name: String) -> Bool {
        AnsibleNames.has(.module, name) || ownModules.contains(name)
            || !name.contains(".") && ownModules.collections.contains { AnsibleNames.has(.module, "\($0).\(name)") }
    }

    /// What stands in the place of a module that ComfyFleet does not have: it takes whatever is given to it, and fails
    /// when it is called.
    private mutating func missingModule(_ name: String, at mark: SourceMark) -> ModuleSpec {
        let isKnown = exists(module: name)
        meet(
            isKnown ? "the module '\(name)' is not supported" : "unknown module '\(name)'", at: mark,
            isKnown
                ? "`command` and `shell` run anything that the host has"
                : Spelling.nearest(to: name, among: catalog.moduleNames).map { "did you mean '\($0)'?" },
            as: .module, of: AnsibleNames.fullName(.module, name) ?? name, met: .call, isUnsupported: isKnown)
        return ModuleSpec(name, collection: "", summary: "", options: [], freeForm: .command, acceptsAnyKey: true)
    }

    /// `action: copy src=a dest=b`, or `action: {module: copy, src: a}`. The name may be a template.
    private mutating func action(_ entry: Node.Entry, local: Bool, _ label: String) -> ModuleCall? {
        let node = entry.value
        let line = node.entries == nil ? node : node["module"]
        guard let line, let text = line.value.string, !text.trimmingBlanks.isEmpty else {
            report(
                "'\(local ? "local_action" : "action")' in \(label) names no module", at: node.mark,
                "write the module as a key of the task")
            return nil
        }
        // A template is one word, whatever blanks are in it; where it does not close, the check of it says so.
        let first = (try? FreeForm.split(text))?.first ?? text
        let name = first.trimmingBlanks
        var call = ModuleCall(
            key: entry.key, spec: Self.anyModule, arguments: node, text: String(text.dropFirst(first.count)),
            local: local)
        if name.holdsTemplate {
            checkTemplates(line)
            call.name = Located(.string(name, line.value.provenance), at: line.mark)
        } else {
            // Ansible looks for the module of an action when the task runs.
            let spec = catalog.spec(named: name) ?? missingModule(name, at: line.mark)
            call = ModuleCall(key: entry.key, spec: spec, arguments: node, text: call.text, local: local)
        }
        guard let entries = node.entries else { return call }
        // What stands behind the name goes before the other keys.
        let rest = entries.filter { $0.key.value != .string("module") }
        var map = ValueMap()
        for entry in rest { map[entry.key.value] = entry.value.value }
        call.arguments = Node(mark: node.mark, content: .mapping(rest), value: .dict(map))
        return call
    }

    /// Of a module that is not known before the task runs.
    private static let anyModule = ModuleSpec("action", summary: "", options: [], freeForm: .file, acceptsAnyKey: true)

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
        let names = arguments.names.filter { $0 != "cacheable" && $0 != "_raw_params" }
        if names.isEmpty, arguments["_raw_params"] == nil {
            meet(
                "'set_fact' sets no variable", at: call.key.mark, "add one, as 'name: value'", as: .arguments,
                of: "set_fact")
        }
        for name in names where !Self.isIdentifier(name) && !name.holdsTemplate {
            meet(
                "'\(name)' is not the name of a variable", at: marks[name] ?? call.key.mark,
                "use letters, digits and _, not beginning with a digit", as: .arguments, of: "set_fact")
        }
    }

    /// What the module says of the arguments.
    /// - Parameter isWhole: false where more of them will come of a template.
    private mutating func check(
        _ arguments: ValueMap, _ marks: [String: SourceMark], of call: ModuleCall, isWhole: Bool, isInclude: Bool
    ) {
        let binder = ArgumentBinder(call.spec)
        for problem in binder.problems(inUntemplated: arguments, isWhole: isWhole) {
            let mark = problem.argument.flatMap { marks[$0] } ?? call.key.mark
            let isUnknown = problem.argument.map { binder.optionName($0) == nil } ?? false
            // An include's own arguments are part of the language: they are looked at when it is read.
            guard !isInclude else {
                report(problem.problem, at: mark, problem.remedy)
                continue
            }
            meet(
                problem.problem, at: mark, problem.remedy,
                as: problem.argument == nil ? .arguments : isUnknown ? .option : .value,
                of: [call.spec.name, problem.argument].compactMap(\.self).joined(separator: "."),
                isUnsupported: isUnknown && call.spec.isAnsibles(option: problem.argument))
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
        var templates: [Located<Value>] = []
        /// - Returns: whether the line could be read.
        func add(line text: String, _ node: Node) -> Bool {
            checkTemplates(node)
            do {
                let parsed = try FreeForm.parse(text, node.value.provenance, spec: call.spec)
                for (key, value) in parsed.pairs {
                    if key == .string("_raw_params"), call.spec.freeForm == .pairs, !call.spec.acceptsAnyKey {
                        templates.append(Located(value, at: node.mark))
                    } else {
                        add(ArgumentBinder.text(key), value, node.mark)
                    }
                }
                return true
            } catch {
                let problem = "\(error.problem) (module '\(call.spec.name)')"
                // What can't be parted into words is no task for Ansible either.
                if error.isOfArguments {
                    meet(problem, at: node.mark, error.remedy, as: .arguments, of: call.spec.name, met: .call)
                } else {
                    report(problem, at: node.mark, error.remedy)
                }
                return false
            }
        }
        if let extra, !extra.value.isNull {
            if let entries = extra.entries {
                for entry in entries {
                    add(ArgumentBinder.text(entry.key.value), value(entry.value).value, entry.key.mark)
                }
            } else if let text = extra.value.string, text.holdsTemplate {
                templates.append(value(extra))
            } else {
                report("'args' is a mapping of arguments, and this is \(extra.value.kindInWords)", at: extra.mark)
            }
        }
        if let text = call.text, !text.trimmingBlanks.isEmpty {
            guard add(line: text, call.arguments) else { return }
        }
        switch call.arguments.value {
        case .null: break
        case .dict:
            for entry in call.arguments.entries ?? [] {
                add(ArgumentBinder.text(entry.key.value), value(entry.value).value, entry.key.mark)
            }
        case _ where call.text != nil: break
        case .string, .int, .double, .bool:
            guard add(line: ArgumentBinder.text(call.arguments.value), call.arguments) else { return }
        default:
            report(
                "the arguments of module '\(call.spec.name)' are a mapping, and this is \(call.arguments.value.kindInWords)",
                at: call.arguments.mark,
                "it takes: \(call.spec.options.map(\.name).filter { $0 != "_raw_params" }.joined(separator: ", "))")
            return
        }
        task.lateModule = call.name
        task.lateArguments = templates
        guard call.name == nil, templates.isEmpty else {
            task.moduleDefaults = moduleDefaults
            check(arguments, marks, of: call, isWhole: false, isInclude: task.isInclude)
            task.arguments.value = arguments
            task.argumentMarks = marks
            return
        }
        for (key, value) in moduleDefaults[call.spec.name]?.pairs ?? [:] where arguments[key] == nil {
            arguments[key] = value
        }
        check(arguments, marks, of: call, isWhole: true, isInclude: task.isInclude)
        checkConditions(of: call)
        checkFacts(arguments, marks, of: call)
        task.arguments.value = arguments
        task.argumentMarks = marks
    }
}
