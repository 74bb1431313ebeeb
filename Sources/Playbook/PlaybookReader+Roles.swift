import Foundation
import YAML

/// Roles: folders `roles/<name>/` beside the playbook with `tasks/`, `handlers/`, `defaults/`, `vars/`, `meta/`, `files/` and `templates/`.
///
/// A role becomes a block of its tasks with its variables, so nothing above the parser knows of roles but for where their files lie.
extension PlaybookReader {
    static let roleKeys = sharedKeys.union(["when", "delegate_to", "role", "name", "any_errors_fatal"])

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
            if key == "role" || key == "name" || shared(key, entry.value, into: &keywords) { continue }
            if key == "when" { keywords.when += conditions(entry.value, key); continue }
            // Whatever is no keyword is a variable of the role.
            if let name = identifier(entry.key, "a role's parameter") { parameters[name] = value(entry.value).value }
        }
        parameters.merge(keywords.variables)
        return role(nameNode, keywords, parameters, from: [:], into: &play)
    }

    /// `import_role: {name: x}` among tasks.
    mutating func importedRole(_ entries: [Node.Entry], _ call: Node) -> [Step] {
        var keywords = TaskKeywords()
        for entry in entries where entry.value.mark != call.mark {
            let key = entry.key.value.string ?? ""
            if key != "name", !shared(key, entry.value, into: &keywords) { unknown(entry.key, among: Self.sharedKeys.union(["when", "import_role"]), in: "an import of a role") }
        }
        var from: [String: String] = [:]
        for entry in call.entries ?? [] {
            switch entry.key.value.string ?? "" {
            case "name", "role", "public", "rolespec_validate": break
            case "allow_duplicates":
                if ArgumentBinder.bool(entry.value.value) == false {
                    report("'allow_duplicates: false' of import_role is not supported", at: entry.value.mark, "a role runs as often as it is imported; import it once")
                }
            case let key where ["tasks_from", "vars_from", "defaults_from", "handlers_from"].contains(key): from[String(key.dropLast(5))] = name(entry.value, key)
            default: unknown(entry.key, among: ["name", "tasks_from", "vars_from", "defaults_from", "handlers_from"], in: "import_role")
            }
        }
        var imports = Play(mark: call.mark, hosts: Located(.null, at: call.mark))
        let steps = role(call["name"] ?? call["role"] ?? call, keywords, keywords.variables, from: from, into: &imports)
        importedHandlers += imports.handlers
        importedDefaults.merge(imports.roleDefaults)
        importedVariables.merge(imports.roleVariables)
        return steps
    }

    /// What `include_role` names, with the handlers among `importedHandlers`.
    mutating func includedRole(_ name: String, _ from: [String: String], at mark: SourceMark) -> [Step] {
        var play = Play(mark: mark, hosts: Located(.null, at: mark))
        let steps = role(Node(mark: mark, content: .scalar, value: .string(name)), TaskKeywords(), [:], from: from, into: &play)
        importedHandlers += play.handlers
        return steps
    }

    private mutating func role(_ node: Node, _ outer: TaskKeywords, _ parameters: ValueMap, from: [String: String], into play: inout Play) -> [Step] {
        guard let name = node.value.string, !name.isEmpty, !name.holdsTemplate else {
            report("a role goes by its name", at: node.mark, "write it out; it can't be a template")
            return []
        }
        let places = roleFolders(name)
        guard let folder = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            report("there is no role '\(name)'", at: node.mark, "looked for \(places.joined(separator: " and "))")
            return []
        }
        guard !open.contains(folder) else {
            report("role '\(name)' depends on itself", at: node.mark, "take it out of the dependencies of: \(open.suffix(2).joined(separator: " → "))")
            return []
        }
        open.append(folder)
        let surrounding = currentRole
        currentRole = Role(name: name, folder: folder)
        defer {
            open.removeLast()
            currentRole = surrounding
        }
        var steps: [Step] = []
        if let meta = part("meta", of: folder, nil), let dependencies = meta["dependencies"] {
            for item in dependencies.items ?? [] { steps += roleEntry(item, into: &play) }
        }
        var keywords = outer
        if let defaults = part("defaults", of: folder, from["defaults"]) {
            keywords.defaults = variables(defaults)
            play.roleDefaults.merge(keywords.defaults)
        }
        keywords.variables = ["role_name": .string(name), "role_path": .string(folder)]
        if let node = part("vars", of: folder, from["vars"]) {
            let variables = variables(node)
            keywords.variables.merge(variables)
            play.roleVariables.merge(variables)
        }
        keywords.variables.merge(parameters)

        var block = Block(mark: node.mark)
        block.name = name
        block.keywords = keywords
        if let tasks = part("tasks", of: folder, from["tasks"], required: from["tasks"] != nil ? node : nil) { block.tasks = self.steps(tasks, "a role's tasks") }
        if let handlers = part("handlers", of: folder, from["handlers"]) {
            play.handlers += self.handlers(handlers).map { handler in
                var handler = handler
                handler.keywords = handler.keywords.inheriting(keywords)
                return handler
            }
        }
        return steps + [.block(block)]
    }

    /// Beside the file that names the role, and beside the playbook.
    private func roleFolders(_ name: String) -> [String] {
        var places: [String] = []
        for file in [open.first].compactMap({ $0 }) {
            let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
            places += [folder + "roles/" + name, folder + name]
        }
        if let role = currentRole, let cut = role.folder.lastIndex(of: "/") { places.insert(role.folder[...cut] + name, at: 0) }
        return places
    }

    /// The root of `<folder>/<part>/main.yml` (or of another file there); nil when there is none.
    private mutating func part(_ part: String, of folder: String, _ file: String?, required: Node? = nil) -> Node? {
        let stem = file ?? "main"
        let names = stem.hasSuffix(".yml") || stem.hasSuffix(".yaml") ? [stem] : [stem + ".yml", stem + ".yaml"]
        guard let path = names.map({ "\(folder)/\(part)/\($0)" }).first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            if let required { report("the role has no \(part)/\(stem).yml", at: required.mark, "looked in \(folder)") }
            return nil
        }
        do throws(Diagnostics) {
            return root(try PlaybookParser.bytes(of: path, mentionedAt: nil), path: path).flatMap { $0.value.isNull ? nil : $0 }
        } catch {
            problems += error.all
            return nil
        }
    }
}
