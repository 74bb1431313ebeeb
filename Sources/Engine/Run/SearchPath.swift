import Glibc
import Playbook
import Synchronization

/// Where the files of a task are looked for: in its role and the roles that have brought that one, beside the file that
/// the task stands in, and beside the playbook.
struct SearchPath: Sendable {
    /// `ansible_search_path`, from the root.
    let folders: [String]
    /// Where lookups look, too: beside a role's folder of tasks that the task's file lies in.
    let lookupFolders: [String]
    /// Of the task's role; a folder of variables lies nowhere else.
    private let role: String?
    /// Of the file that the task stands in.
    private let place: String

    /// - Parameters:
    ///   - folder: the playbook's.
    ///   - task: none for what stands in no task.
    init(folder: String, task: TaskDefinition? = nil) {
        let playbook = AbsolutePath.of(folder)
        let place = task.map { AbsolutePath.of(FilePath.folder(of: $0.mark.file)) } ?? playbook
        let roles = task?.role?.folders.map(AbsolutePath.of) ?? []
        self.place = place
        role = roles.first
        folders = Self.distinct(roles + [place, playbook])
        let tasks = FilePath.folder(of: place)
        lookupFolders =
            roles.first.map { $0 + "/tasks" == tasks } == true
            ? Self.distinct(roles + [tasks, place, playbook]) : folders
    }

    private static func distinct(_ folders: [String]) -> [String] {
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted }
    }

    /// Every path that `name` may stand for: in the folders of its kind (`files`, `templates`, `vars`), and directly in
    /// each folder of the search path.
    func candidates(_ name: String, _ kind: String) -> [String] {
        if name.hasPrefix("/") { return [name] }
        return folders.flatMap { ["\($0)/\(kind)/\(name)", "\($0)/\(name)"] }
    }

    /// nil when there is none.
    func find(_ name: String, _ kind: String) -> String? { candidates(name, kind).first { access($0, F_OK) == 0 } }

    /// The folder that `include_vars` means by a name: in a role below its `vars`, else beside the task's file.
    func variablesFolder(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        guard let role else { return "\(place)/\(name)" }
        return name.split(separator: "/").first == "vars" ? "\(role)/\(name)" : "\(role)/vars/\(name)"
    }
}

/// Those of a batch's tasks: tasks of one file and role have the same.
final class SearchPaths: Sendable {
    private struct Place: Hashable {
        let file: String
        let role: Role?
    }
    private let known = Mutex([Place: SearchPath]())

    func path(of task: TaskDefinition, in folder: String) -> SearchPath {
        let place = Place(file: task.mark.file, role: task.role)
        return known.withLock { known in
            if let path = known[place] { return path }
            let path = SearchPath(folder: folder, task: task)
            known[place] = path
            return path
        }
    }
}
