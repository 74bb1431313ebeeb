import Foundation
import YAML

/// The playbooks, roles and files of tasks in a folder.
struct LintTargets {
    enum Kind { case playbook, tasks, other }

    private(set) var playbooks: [String] = []
    /// Folders with `tasks/`, `handlers/` or `meta/main.yml` of a role.
    private(set) var roles: [String] = []
    /// Outside of roles.
    private(set) var taskFiles: [String] = []

    /// Hidden folders, and those of tools, have none.
    private static let skipped: Set<String> = ["node_modules", "venv", "__pycache__"]
    /// Parts of a role, which are read with it.
    private static let parts: Set<String> = [
        "tasks", "handlers", "defaults", "vars", "meta", "files", "templates", "library",
    ]

    init(in folder: String) { walk(folder == "/" ? folder : Self.trimmed(folder), depth: 0) }

    private mutating func walk(_ folder: String, depth: Int) {
        // Links that go round in a circle end here.
        guard depth < 40 else { return }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let isRole = Self.isRole(folder, names)
        if isRole { roles.append(folder) }
        for name in names where !name.hasPrefix(".") && !Self.skipped.contains(name) {
            let path = folder == "." ? name : "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                if !isRole || !Self.parts.contains(name) { walk(path, depth: depth + 1) }
            } else if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
                switch Kind(ofFile: path) {
                case .playbook: playbooks.append(path)
                case .tasks: taskFiles.append(path)
                case .other: break
                }
            }
        }
    }

    private static func isRole(_ folder: String, _ names: [String]) -> Bool {
        ["tasks", "handlers"].contains { part in
            names.contains(part)
                && ["main.yml", "main.yaml"].contains {
                    FileManager.default.fileExists(atPath: "\(folder)/\(part)/\($0)")
                }
        }
    }

    private static func trimmed(_ folder: String) -> String {
        var folder = folder
        while folder.count > 1, folder.last == "/" { folder.removeLast() }
        return folder
    }
}

extension LintTargets.Kind {
    /// Of a YAML file, by its content; one that can't be parsed is a playbook, as its errors are to be seen.
    init(ofFile path: String) {
        guard let bytes = try? TextFile.bytes(of: path) else {
            self = .other
            return
        }
        guard let root = try? YAMLParser.parse(bytes, file: path).root else {
            self = .playbook
            return
        }
        guard let items = root.items, !items.isEmpty else {
            self = .other
            return
        }
        let keys = items.map { Set(($0.entries ?? []).compactMap(\.key.value.string)) }
        if keys.contains(where: {
            !$0.isDisjoint(with: ["hosts", "import_playbook", "ansible.builtin.import_playbook"])
        }) {
            self = .playbook
        } else if path.contains("/tasks/") || path.contains("/handlers/") || path.hasPrefix("tasks/")
            || keys.allSatisfy({ !$0.isDisjoint(with: Self.signs) })
        {
            self = .tasks
        } else {
            self = .other
        }
    }

    /// Keys that lists of other things have not.
    private static let signs: Set<String> = [
        "block", "include_tasks", "import_tasks", "set_fact", "command", "shell", "copy", "template", "file", "debug",
        "ansible.builtin.include_tasks", "ansible.builtin.import_tasks", "ansible.builtin.set_fact",
        "ansible.builtin.command", "ansible.builtin.shell", "ansible.builtin.copy", "ansible.builtin.template",
        "ansible.builtin.file", "ansible.builtin.debug",
    ]
}
