import YAML

/// What an include brings while a run goes on: tasks of a file, or a role.
package struct IncludedSteps: Sendable {
    package var steps: [Step]
    package var handlers: [TaskDefinition]
    /// Whether names of imports in it are templates.
    package var dependsOnNames = false
    /// What its roles set.
    package var defaults: ValueMap = [:]
    package var variables: ValueMap = [:]
}

extension PlaybookParser {
    /// Where an include stands, and from where its files are looked for.
    package struct Includer: Sendable {
        package var definition: TaskDefinition
        /// The file of the play's playbook.
        package var playbook: String
        /// Folder of the playbook that the run was given, where collections may lie.
        package var root: String
        /// Variables of the include's loop.
        package var locals: ValueMap
        package init(_ definition: TaskDefinition, playbook: String, root: String, locals: ValueMap = [:]) {
            self.definition = definition
            self.playbook = playbook
            self.root = root
            self.locals = locals
        }
        var folder: String { FilePath.folder(of: playbook) }
    }

    /// The file of tasks that an include names.
    /// - Throws: `Diagnostics` when there is none.
    package func file(named name: String, includedBy includer: Includer) throws(Diagnostics) -> String {
        let definition = includer.definition
        let paths = definition.trail.candidates(
            of: name, role: definition.role, playbook: includer.folder, isImport: false)
        guard let path = paths.first(where: FileStatus.exists) else {
            throw Diagnostics([
                Diagnostic(
                    "there is no file '\(name)' to include", at: definition.mark,
                    remedy: "looked for \(paths.inWords)")
            ])
        }
        return path
    }

    /// - Parameter name: what the include calls the file.
    /// - Throws: `Diagnostics` with everything that is wrong in the file.
    package func tasks(
        path: String, named name: String, includedBy includer: Includer
    ) throws(Diagnostics) -> IncludedSteps {
        let bytes = try Self.bytes(of: path, mentionedAt: includer.definition.mark)
        return try read(includedBy: includer) { reader in
            guard let root = reader.root(bytes, path: path) else { return [] }
            reader.open.append(path)
            reader.trail = reader.trail.entering(file: name)
            return reader.steps(root, "a file of tasks")
        }
    }

    /// - Parameters:
    ///   - from: `tasks`, `vars`, `defaults` and `handlers` to names of files other than `main`.
    ///   - validates: whether its arguments are checked where it describes them.
    ///   - isPublic: whether the play sees what the role sets.
    ///   - allowsDuplicates: whether hosts do it again that have done the same call.
    /// - Throws: `Diagnostics` with everything that is wrong in the role.
    package func role(
        named name: String, from: [String: String], validates: Bool = true, isPublic: Bool = false,
        allowsDuplicates: Bool = true, includedBy includer: Includer
    ) throws(Diagnostics) -> IncludedSteps {
        try read(includedBy: includer) {
            let call = PlaybookReader.RoleCall(
                from: from, isValidated: validates, isImported: true, allowsDuplicates: allowsDuplicates,
                isPublic: isPublic)
            return $0.includedRole(name, call, at: includer.definition.mark)
        }
    }

    private func read(
        includedBy includer: Includer, _ body: (inout PlaybookReader) -> [Step]
    ) throws(Diagnostics) -> IncludedSteps {
        var reader = PlaybookReader(catalog: catalog, playbook: includer.playbook, names: names, paths: paths)
        reader.open = [includer.playbook]
        reader.playbookFolders = [includer.folder, includer.root]
        (reader.trail, reader.collections) = (includer.definition.trail, includer.definition.collections)
        reader.currentRole = includer.definition.role
        if let role = includer.definition.role { reader.ownModules.add(role: role.folder) }
        reader.moduleDefaults = includer.definition.moduleDefaults
        reader.surroundings.layers = [[:], includer.definition.keywords.variables, includer.locals]
        let steps = body(&reader)
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
        return IncludedSteps(
            steps: steps, handlers: reader.importedHandlers, dependsOnNames: reader.surroundings.areUsed,
            defaults: reader.importedDefaults, variables: reader.importedVariables)
    }
}
