import YAML

/// What an include brings while a run goes on: tasks of a file, or a role.
package struct IncludedSteps: Sendable {
    package var steps: [Step]
    package var handlers: [TaskDefinition]
    /// Whether names of imports in it are templates.
    package var dependsOnNames = false
}

extension PlaybookParser {
    /// Where an include stands, and from where its files are looked for.
    package struct Includer: Sendable {
        package var definition: TaskDefinition
        package var playbook: String
        /// Variables of the include's loop.
        package var locals: ValueMap
        package init(_ definition: TaskDefinition, playbook: String, locals: ValueMap = [:]) {
            self.definition = definition
            self.playbook = playbook
            self.locals = locals
        }

        /// The folder of the include's own file, of its role's tasks, and of the playbook.
        func paths(of name: String) -> [String] {
            if name.hasPrefix("/") { return [name] }
            func folder(_ file: String) -> String { file.lastIndex(of: "/").map { String(file[...$0]) } ?? "" }
            var folders = [folder(definition.mark.file)]
            if let role = definition.role { folders += [role.folder + "/tasks/", role.folder + "/"] }
            folders += [folder(playbook), folder(playbook) + "tasks/"]
            return folders.map { $0 + name }
        }
    }

    /// The file of tasks that an include names.
    /// - Throws: `Diagnostics` when there is none.
    package func file(named name: String, includedBy includer: Includer) throws(Diagnostics) -> String {
        let paths = includer.paths(of: name)
        guard let path = paths.first(where: { SourceFile(reading: $0) != nil }) else {
            var looked: [String] = []
            for path in paths where !looked.contains(path) { looked.append(path) }
            throw Diagnostics([
                Diagnostic(
                    "there is no file '\(name)' to include", at: includer.definition.mark,
                    remedy: "looked for \(looked.joined(separator: " and "))")
            ])
        }
        return path
    }

    /// - Throws: `Diagnostics` with everything that is wrong in the file.
    package func tasks(path: String, includedBy includer: Includer) throws(Diagnostics) -> IncludedSteps {
        let bytes = try Self.bytes(of: path, mentionedAt: includer.definition.mark)
        return try read(includedBy: includer) { reader in
            guard let root = reader.root(bytes, path: path) else { return [] }
            reader.open.append(path)
            return reader.steps(root, "a file of tasks")
        }
    }

    /// - Parameters:
    ///   - from: `tasks`, `vars`, `defaults` and `handlers` to names of files other than `main`.
    ///   - validates: whether its arguments are checked where it describes them.
    /// - Throws: `Diagnostics` with everything that is wrong in the role.
    package func role(
        named name: String, from: [String: String], validates: Bool = true, includedBy includer: Includer
    ) throws(Diagnostics) -> IncludedSteps {
        try read(includedBy: includer) {
            $0.includedRole(name, .init(from: from, isValidated: validates), at: includer.definition.mark)
        }
    }

    private func read(
        includedBy includer: Includer, _ body: (inout PlaybookReader) -> [Step]
    ) throws(Diagnostics) -> IncludedSteps {
        var reader = PlaybookReader(catalog: catalog, playbook: includer.playbook, names: names)
        reader.open = [includer.playbook]
        reader.currentRole = includer.definition.role
        if let role = includer.definition.role { reader.ownModules.add(role: role.folder) }
        reader.moduleDefaults = includer.definition.moduleDefaults
        reader.surroundings.layers = [[:], includer.definition.keywords.variables, includer.locals]
        let steps = body(&reader)
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
        return IncludedSteps(
            steps: steps, handlers: reader.importedHandlers, dependsOnNames: reader.surroundings.areUsed)
    }
}
