import Foundation
import YAML

/// Roles: folders `roles/<name>/` beside the playbook with `tasks/`, `handlers/`, `defaults/`, `vars/`, `meta/`,
/// `files/` and `templates/`.
///
/// A role becomes a block of its tasks with its variables, so nothing above the parser knows of roles but for where
/// their files lie.
extension PlaybookReader {
    /// How a role is called.
    struct RoleCall {
        /// `tasks`, `vars`, `defaults` and `handlers` to names of files other than `main`.
        var from: [String: String] = [:]
        /// Parameters beside the role's name, which must be among its arguments.
        var parameters: ValueMap = [:]
        /// Whether its arguments are checked where it describes them.
        var isValidated = true
    }

    /// `roles:` of a play; the blocks run before its tasks.
    mutating func roles(_ node: Node, into play: inout Play) -> [Step] {
        guard !node.value.isNull else { return [] }
        guard let items = node.items else {
            report("'roles' is a list of names, and this is \(node.value.kindInWords)", at: node.mark)
            return []
        }
        return items.flatMap { roleEntry($0, into: &play) }
    }

    /// One entry of `roles:` or of a role's `dependencies:`.
    private mutating func roleEntry(_ node: Node, into play: inout Play) -> [Step] {
        var keywords = TaskKeywords()
        var parameters = ValueMap()
        let nameNode = node.entries == nil ? node : node["role"] ?? node["name"] ?? node
        for entry in node.entries ?? [] {
            let key = entry.key.value.string ?? ""
            if key == "role" || key == "name" { continue }
            if Self.roleKeys.contains(key), shared(key, entry.value, into: &keywords) { continue }
            // Whatever is no keyword is a variable of the role.
            guard let name = identifier(entry.key, "a role's parameter") else { continue }
            let (located, problems) = carryingVariables { $0.value(entry.value) }
            parameters[name] = located.value
            keywords.problems += problems
        }
        var variables = parameters
        variables.merge(keywords.variables)
        return role(nameNode, keywords, variables, RoleCall(parameters: parameters), into: &play)
    }

    /// `import_role: {name: x}` among tasks.
    mutating func importedRole(_ entries: [Node.Entry], _ line: Node) -> [Step] {
        let call = spelledOut(line, "import_role")
        var keywords = TaskKeywords()
        for entry in entries where entry.value.mark != call.mark {
            let key = entry.key.value.string ?? ""
            if key != "name", !shared(key, entry.value, into: &keywords), !Self.idleKeys.contains(key) {
                unknown(entry.key, among: Self.sharedKeys.union(["import_role"]), in: "an import of a role")
            }
        }
        // As in Ansible, where it is the imported file's and not the role's tasks that have it.
        keywords.notify = []
        var how = RoleCall()
        for entry in call.entries ?? [] {
            switch entry.key.value.string ?? "" {
            case "name", "role", "public": break
            case "allow_duplicates":
                if ArgumentBinder.bool(entry.value.value) == false {
                    report(
                        "'allow_duplicates: false' of import_role is not supported", at: entry.value.mark,
                        "a role runs as often as it is imported; import it once")
                }
            case "rolespec_validate": how.isValidated = writtenFlag(entry.value, "rolespec_validate")
            case let key where ["tasks_from", "vars_from", "defaults_from", "handlers_from"].contains(key):
                how.from[String(key.dropLast(5))] = plainName(entry.value, "'\(key)'")
            default:
                unknown(
                    entry.key,
                    among: ["name", "tasks_from", "vars_from", "defaults_from", "handlers_from", "rolespec_validate"],
                    in: "import_role")
            }
        }
        var imports = Play(mark: call.mark, hosts: Located(.null, at: call.mark))
        let steps = role(call["name"] ?? call["role"] ?? call, keywords, keywords.variables, how, into: &imports)
        importedHandlers += imports.handlers
        importedDefaults.merge(imports.roleDefaults)
        importedVariables.merge(imports.roleVariables)
        return steps
    }

    /// What `include_role` names, with the handlers among `importedHandlers`.
    mutating func includedRole(_ name: String, _ how: RoleCall, at mark: SourceMark) -> [Step] {
        var play = Play(mark: mark, hosts: Located(.null, at: mark))
        let steps = role(
            Node(mark: mark, content: .scalar, value: .string(name)), TaskKeywords(), [:], how, into: &play)
        importedHandlers += play.handlers
        return steps
    }

    private mutating func role(
        _ node: Node, _ outer: TaskKeywords, _ variables: ValueMap, _ how: RoleCall, into play: inout Play
    ) -> [Step] {
        let from = how.from
        guard let name = plainName(node, "the name of a role") else { return [] }
        let places = roleFolders(name)
        guard let folder = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            report("there is no role '\(name)'", at: node.mark, "looked for \(places.joined(separator: " and "))")
            return []
        }
        guard !open.contains(folder) else {
            report(
                "role '\(name)' depends on itself", at: node.mark,
                "take it out of the dependencies of: \(open.suffix(2).joined(separator: " → "))")
            return []
        }
        open.append(folder)
        let surrounding = currentRole
        let role = Role(name: name, folder: folder)
        currentRole = role
        ownModules.add(role: folder)
        defer {
            open.removeLast()
            currentRole = surrounding
        }
        var steps: [Step] = []
        let meta = part("meta", of: folder, nil)
        if let dependencies = meta?["dependencies"] {
            for item in dependencies.items ?? [] { steps += roleEntry(item, into: &play) }
        }
        var keywords = outer
        if let defaults = part("defaults", of: folder, from["defaults"]) {
            let (variables, problems) = carrying { $0.variables(defaults) }
            keywords.defaults = variables
            keywords.problems += problems
            play.roleDefaults.merge(keywords.defaults)
            surroundings.defaults.merge(keywords.defaults)
        }
        keywords.variables = ["role_name": .string(name), "role_path": .string(role.path)]
        if let node = part("vars", of: folder, from["vars"]) {
            let (variables, problems) = carrying { $0.variables(node) }
            keywords.problems += problems
            keywords.variables.merge(variables)
            play.roleVariables.merge(variables)
        }
        keywords.variables.merge(variables)
        surroundings.layers.append(keywords.variables)
        defer { surroundings.layers.removeLast() }

        var block = Block(mark: node.mark)
        block.name = name
        block.keywords = keywords
        if let tasks = part("tasks", of: folder, from["tasks"], required: from["tasks"] != nil ? node : nil) {
            block.tasks = self.steps(tasks, "a role's tasks")
        }
        if how.isValidated, let validation = validation(of: name, folder, how, meta) {
            block.tasks.insert(.task(validation), at: 0)
        }
        if let handlers = part("handlers", of: folder, from["handlers"]) {
            play.handlers += self.handlers(handlers).map { handler in
                var handler = handler
                handler.keywords = handler.keywords.inheriting(keywords)
                return handler
            }
        }
        return steps + [.block(block)]
    }

    /// The task that begins an entry point with a description of its arguments, as Ansible adds it.
    private mutating func validation(
        of name: String, _ folder: String, _ how: RoleCall, _ meta: Node?
    ) -> TaskDefinition? {
        let entryPoint = how.from["tasks"] ?? "main"
        guard let description = argumentSpecs(of: folder, meta)?[entryPoint], !(description.entries ?? []).isEmpty,
            let module = catalog.spec(named: "validate_argument_spec")
        else { return nil }
        let options = description["options"]
        let context: ValueMap = [
            "type": .string("role"), "name": .string(name), "argument_spec_name": .string(entryPoint),
            "path": .string(AbsolutePath.of(folder)),
        ]
        var task = TaskDefinition(
            mark: description.mark, module: module,
            arguments: Located(
                [
                    "argument_spec": options.map { value($0).value } ?? .dict([:]),
                    "provided_arguments": .dict(how.parameters), "validate_args_context": .dict(context),
                ], at: description.mark))
        task.name =
            "Validating arguments against arg spec '\(entryPoint)'"
            + (description["short_description"]?.value.string.map { " - \($0)" } ?? "")
        task.role = currentRole
        task.keywords.tags = ["always"]
        return task
    }

    /// `argument_specs` of `meta/argument_specs.yml`, or of `meta/main.yml`: entry points to what they take. Errors in
    /// it are reported, whichever entry point they are in.
    ///
    /// - Parameter meta: the root of `meta/main.yml`.
    private mutating func argumentSpecs(of folder: String, _ meta: Node?) -> Node? {
        guard let root = part("meta", of: folder, "argument_specs") ?? meta, let specs = root["argument_specs"],
            !specs.value.isNull
        else { return nil }
        guard let entries = specs.entries else {
            report(
                "'argument_specs' is a mapping of entry points, and this is \(specs.value.kindInWords)", at: specs.mark,
                "begin with 'main:'")
            return nil
        }
        for entry in entries {
            guard entry.value.entries != nil else {
                report(
                    "the description of an entry point is a mapping, and this is \(entry.value.value.kindInWords)",
                    at: entry.value.mark, "write 'options:' below it")
                continue
            }
            guard let options = entry.value["options"], !options.value.isNull else { continue }
            guard let map = options.value.map else {
                report("'options' is a mapping, and this is \(options.value.kindInWords)", at: options.mark)
                continue
            }
            warnOfUnknownKeys(in: options)
            do { _ = try ArgumentSpec(map) } catch {
                let node = error.path.reduce(options) { node, key in
                    node.entries?.last { ArgumentBinder.text($0.key.value) == key }?.value ?? node
                }
                report(error.problem, at: node.mark, error.remedy)
            }
        }
        return specs
    }

    /// Unknown keys in descriptions, often due to a comma in an unquoted text.
    private mutating func warnOfUnknownKeys(in options: Node) {
        for option in options.entries ?? [] {
            for entry in option.value.entries ?? [] {
                let key = ArgumentBinder.text(entry.key.value)
                if key == "options" { warnOfUnknownKeys(in: entry.value) }
                guard !ArgumentSpec.keys.contains(key) else { continue }
                warnings.append(
                    Diagnostic(
                        "unknown key '\(key)' in the description of '\(ArgumentBinder.text(option.key.value))'",
                        at: entry.key.mark,
                        remedy: Spelling.nearest(to: key, among: ArgumentSpec.keys.sorted()).map {
                            "did you mean '\($0)'?"
                        } ?? "put a text with a comma or a colon into quotes"))
            }
        }
    }

    /// Beside the file that names the role, and beside the playbook.
    private func roleFolders(_ name: String) -> [String] {
        var places: [String] = []
        for file in [open.first].compactMap({ $0 }) {
            let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
            places += [folder + "roles/" + name, folder + name]
        }
        if let role = currentRole, let cut = role.folder.lastIndex(of: "/") {
            places.insert(role.folder[...cut] + name, at: 0)
        }
        return places
    }

    /// The root of `<folder>/<part>/main.yml` (or of another file there); nil when there is none.
    private mutating func part(_ part: String, of folder: String, _ file: String?, required: Node? = nil) -> Node? {
        let stem = file ?? "main"
        let names = stem.hasSuffix(".yml") || stem.hasSuffix(".yaml") ? [stem] : [stem + ".yml", stem + ".yaml"]
        guard
            let path = names.map({ "\(folder)/\(part)/\($0)" }).first(where: {
                FileManager.default.fileExists(atPath: $0)
            })
        else {
            if let required { report("the role has no \(part)/\(stem).yml", at: required.mark, "looked in \(folder)") }
            return nil
        }
        do throws(Diagnostics) {
            return root(try PlaybookParser.bytes(of: path, mentionedAt: nil), path: path).flatMap {
                $0.value.isNull ? nil : $0
            }
        } catch {
            problems += error.all
            return nil
        }
    }
}
