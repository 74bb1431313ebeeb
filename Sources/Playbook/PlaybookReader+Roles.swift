import Foundation
import YAML

/// Roles: folders with `tasks/`, `handlers/`, `defaults/`, `vars/`, `meta/`, `files/` and `templates/`, which
/// `RoleSearch` finds.
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
        /// By an import or include; else it is an entry of `roles` or of dependencies.
        var isImported = false
        /// Whether it is done again on hosts that have done the same call; nil is what the role says.
        var allowsDuplicates: Bool?
        /// Whether the play sees what the role sets.
        var isPublic = true
        /// The role whose dependencies have the call.
        var dependent: Role?
        /// What the calls of the roles that depend on it say, and so do its tasks.
        var inherited = TaskKeywords()
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

    /// One entry of `roles:`, or of a role's `dependencies:`, where `src` may name it, too.
    private mutating func roleEntry(
        _ node: Node, dependingOn dependent: Role? = nil, inheriting inherited: TaskKeywords = TaskKeywords(),
        isPublic: Bool = true, into play: inout Play
    ) -> [Step] {
        var keywords = TaskKeywords()
        var parameters = ValueMap()
        var nameNode = node.entries == nil ? node : node["role"] ?? node["name"]
        if nameNode == nil, dependent != nil, let source = node["src"], let text = source.value.string {
            let name = Self.roleName(ofSource: text)
            nameNode = Node(mark: source.mark, content: .scalar, value: .string(name, source.value.provenance))
        }
        guard let nameNode else {
            report(
                "an entry of \(dependent == nil ? "'roles'" : "'dependencies'") names no role", at: node.mark,
                "write '- role: NAME'")
            return []
        }
        let outer = collections
        defer { collections = outer }
        if let names = node["collections"] { collections = self.names(names, "collections") }
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
        let how = RoleCall(
            parameters: parameters, isPublic: isPublic, dependent: dependent, inherited: inherited)
        return role(nameNode, keywords, variables, how, into: &play)
    }

    /// What a role is called that a requirement gives by its source alone: the last part of an address, without what
    /// tells archives and repositories.
    static func roleName(ofSource source: String) -> String {
        guard source.contains("://") || source.contains("@") else { return source }
        var name = source.split(separator: "/").last.map(String.init) ?? source
        for suffix in [".git", ".tar.gz"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        return name.split(separator: ",").first.map(String.init) ?? name
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
        let outer = collections
        defer { collections = outer }
        if let names = entries.first(where: { $0.key.value.string == "collections" })?.value {
            collections = self.names(names, "collections")
        }
        var how = RoleCall(isImported: true, allowsDuplicates: true)
        for entry in call.entries ?? [] {
            switch entry.key.value.string ?? "" {
            case "name", "role": break
            case "public": how.isPublic = writtenFlag(entry.value, "public")
            case "allow_duplicates": how.allowsDuplicates = writtenFlag(entry.value, "allow_duplicates")
            case "rolespec_validate": how.isValidated = writtenFlag(entry.value, "rolespec_validate")
            case let key where ["tasks_from", "vars_from", "defaults_from", "handlers_from"].contains(key):
                how.from[String(key.dropLast(5))] = plainName(entry.value, "'\(key)'")
            default:
                unknown(
                    entry.key,
                    among: [
                        "name", "tasks_from", "vars_from", "defaults_from", "handlers_from", "rolespec_validate",
                        "public",
                        "allow_duplicates",
                    ],
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

    /// What `include_role` names, with the handlers among `importedHandlers`, and what it sets among
    /// `importedDefaults` and `importedVariables`.
    mutating func includedRole(_ name: String, _ how: RoleCall, at mark: SourceMark) -> [Step] {
        var play = Play(mark: mark, hosts: Located(.null, at: mark))
        let steps = role(
            Node(mark: mark, content: .scalar, value: .string(name)), TaskKeywords(), [:], how, into: &play)
        importedHandlers += play.handlers
        importedDefaults.merge(play.roleDefaults)
        importedVariables.merge(play.roleVariables)
        return steps
    }

    private mutating func role(
        _ node: Node, _ outer: TaskKeywords, _ variables: ValueMap, _ how: RoleCall, into play: inout Play
    ) -> [Step] {
        let from = how.from
        guard let name = plainName(node, "the name of a role") else { return [] }
        let search = roleSearch(dependingOn: how.dependent)
        guard let place = search.find(name) else {
            let looked = search.places(of: name).map(\.folder)
            report("there is no role '\(name)'", at: node.mark, "looked for \(looked.inWords)")
            return []
        }
        let folder = place.folder
        // Another file of a role that is being read is no circle.
        let opened = "\(folder): \(from["tasks"] ?? "main")"
        guard !open.contains(opened) else {
            report(
                "role '\(name)' depends on itself", at: node.mark,
                "take it out of the dependencies or tasks of: \(open.suffix(2).joined(separator: " → "))")
            return []
        }
        open.append(opened)
        let surrounding = (currentRole, trail, collections)
        let role = Role(
            name: place.fullName ?? name, folder: folder, collection: place.collection, broughtBy: currentRole)
        currentRole = role
        ownModules.add(role: folder)
        if how.isImported { trail = trail.entering(role: folder) }
        defer {
            open.removeLast()
            (currentRole, trail, collections) = surrounding
        }
        var steps: [Step] = []
        let meta = metadata(of: role)
        if let dependencies = meta?["dependencies"], !dependencies.value.isNull {
            if dependencies.items == nil, dependencies.entries?.isEmpty != true {
                report(
                    "'dependencies' is a list of roles, and this is \(dependencies.value.kindInWords)",
                    at: dependencies.mark)
            }
            var inherited = outer
            inherited.variables = variables
            inherited = inherited.inheriting(how.inherited)
            for item in dependencies.items ?? [] {
                steps += roleEntry(
                    item, dependingOn: role, inheriting: inherited, isPublic: how.isPublic, into: &play)
            }
        }
        var keywords = outer
        for part in parts("defaults", of: folder, from["defaults"], named: node) {
            let (variables, problems) = carrying { $0.variables(part) }
            keywords.defaults.merge(variables)
            keywords.problems += problems
        }
        if how.isPublic { play.roleDefaults.merge(keywords.defaults) }
        surroundings.defaults.merge(keywords.defaults)
        keywords.variables = ["role_name": .string(role.shortName), "role_path": .string(role.path)]
        for part in parts("vars", of: folder, from["vars"], named: node) {
            let (variables, problems) = carrying { $0.variables(part) }
            keywords.problems += problems
            keywords.variables.merge(variables)
            if how.isPublic { play.roleVariables.merge(variables) }
        }
        keywords.variables.merge(variables)
        keywords = keywords.inheriting(how.inherited)
        surroundings.layers.append(keywords.variables)
        defer { surroundings.layers.removeLast() }

        var block = Block(mark: node.mark)
        block.name = name
        block.keywords = keywords
        block.role = RoleCallMark(
            identity: RoleCallIdentity(
                folder: role.path, isImported: how.isImported, from: from, parameters: how.parameters,
                variables: outer.variables, when: how.isImported ? [] : outer.when.map(\.value),
                tags: how.isImported ? [] : outer.tags),
            allowsDuplicates: how.allowsDuplicates ?? meta?["allow_duplicates"].flatMap {
                ArgumentBinder.bool($0.value)
            } ?? false)
        for tasks in parts("tasks", of: folder, from["tasks"], named: node) {
            block.tasks += self.steps(tasks, "a role's tasks")
        }
        if how.isValidated, let validation = validation(of: name, folder, how, meta) {
            block.tasks.insert(.task(validation), at: 0)
        }
        trail.isAmongHandlers = true
        for handlers in parts("handlers", of: folder, from["handlers"], named: node) {
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
        guard let root = parts("meta", of: folder, "argument_specs").first ?? meta, let specs = root["argument_specs"],
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

    /// `meta/main.yml`, with the collections that it names in force.
    private mutating func metadata(of role: Role) -> Node? {
        collections = role.collection.map { [$0] } ?? []
        guard let meta = parts("meta", of: role.folder, nil).first, let entries = meta.entries else { return nil }
        for entry in entries where !Self.metadataKeys.contains(entry.key.value.string ?? "") {
            unknown(entry.key, among: Self.metadataKeys, in: "a role's metadata")
        }
        if let names = meta["collections"] { collections += self.names(names, "collections") }
        return meta
    }

    private static let metadataKeys: Set<String> = sharedKeys.union([
        "allow_duplicates", "argument_specs", "dependencies", "galaxy_info",
    ])

    /// The roots of a part's files, which are several in a folder of variables; nothing where there is none.
    /// - Parameter named: where the file was asked for by its name, which is an error when it is not there.
    private mutating func parts(_ part: String, of folder: String, _ file: String?, named: Node? = nil) -> [Node] {
        let paths: [String]
        do throws(RolePart.Problem) { paths = try RolePart(part, of: folder).files(file) } catch {
            guard let named, let file else { return [] }
            switch error {
            case .missing(let looked):
                report("the role has no \(part)/\(file)", at: named.mark, "looked for \(looked.inWords)")
            case .outside(let file):
                report(
                    "the file '\(file)' does not lie in the role's \(part)/", at: named.mark,
                    "name one below \(folder)/\(part)")
            }
            return []
        }
        return paths.compactMap { path in
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
}
