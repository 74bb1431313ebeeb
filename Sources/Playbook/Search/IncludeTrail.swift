/// How a task has come into its play: what has brought it, the nearest first. Where files of tasks are looked for
/// follows from it.
package struct IncludeTrail: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        /// An import or include of a file of tasks: the folder in the name that it gave the file.
        case tasks(folder: String)
        /// An import or include of a role, by its folder.
        case role(folder: String)
    }
    package var steps: [Step] = []
    /// Whether it is among handlers.
    package var isAmongHandlers = false

    /// The trail of what a file brings that was named so.
    func entering(file name: String) -> IncludeTrail {
        let folder = FilePath.folder(of: name)
        return adding(.tasks(folder: folder == "." ? "" : folder))
    }

    func entering(role folder: String) -> IncludeTrail { adding(.role(folder: folder)) }

    private func adding(_ step: Step) -> IncludeTrail {
        var trail = self
        trail.steps.insert(step, at: 0)
        return trail
    }

    /// Every path that a name may stand for, in the order in which they are looked at. Ansible's rules, as seen in what
    /// it looks for: from the nearest include outwards, the folders of their names put together; an include that is
    /// done while a play runs looks into its role's `tasks/` before each of them, an import after all.
    ///
    /// - Parameters:
    ///   - role: of the task that names it.
    ///   - playbook: the folder of the play's playbook.
    func candidates(of name: String, role: Role?, playbook: String, isImport: Bool) -> [String] {
        if name.hasPrefix("/") { return [name] }
        var paths: [String] = []
        /// The includes' folders, put together from the inside to the outside.
        var folder: String?
        var isWhole = false
        for step in steps {
            switch step {
            case .tasks(let outer):
                folder = isWhole ? outer : folder.map { FilePath.join(outer, $0) } ?? outer
                isWhole = outer.hasPrefix("/")
            case .role(let outer):
                if isImport { continue }
                folder = isWhole ? outer : folder.map { FilePath.join(outer, $0) } ?? outer
                isWhole = true
            }
            let inside = folder ?? ""
            if let role {
                if !isImport { paths += self.paths(of: name, in: role.folder, playbook) }
                let base = isWhole ? inside : FilePath.join(FilePath.join(role.folder, part), inside)
                paths += self.paths(of: name, in: base, playbook)
            } else {
                paths += [
                    FilePath.join(FilePath.join(playbook, inside), name), FilePath.join(inside, name),
                    FilePath.join(playbook, name),
                ]
            }
        }
        paths += role.map { self.paths(of: name, in: $0.folder, playbook) } ?? [FilePath.join(playbook, name)]
        var seen: Set<String> = []
        return paths.filter { seen.insert(AbsolutePath.of($0)).inserted }
    }

    private var part: String { isAmongHandlers ? "handlers" : "tasks" }

    private func paths(of name: String, in folder: String, _ playbook: String) -> [String] {
        func inside(_ folder: String, _ part: String) -> String { FilePath.join(FilePath.join(folder, part), name) }
        return [inside(folder, part)] + (isAmongHandlers ? [inside(folder, "tasks")] : [])
            + [
                FilePath.join(part, name), FilePath.join(folder, name), inside(playbook, part),
                FilePath.join(playbook, name),
            ]
    }
}
