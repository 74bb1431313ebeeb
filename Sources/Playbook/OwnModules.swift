import Foundation

/// Modules that a site has written itself, in Python: Ansible finds them in `library/` and `action_plugins/` beside the
/// playbook and in roles, and in the collections that are installed. ComfyFleet does not run them, and has to know that
/// they exist: a name that is found there is not misspelt.
struct OwnModules: Sendable {
    /// Folders whose files are modules.
    private var folders: [String]
    /// Collections whose modules go by their short names: those of a `collections` keyword.
    private(set) var collections: [String] = []
    /// Folders with `ansible_collections/`.
    private let roots: [String]

    /// - Parameter playbook: the folder of the playbook.
    init(besides playbook: String) {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/root"
        folders = [
            playbook + "/library", playbook + "/action_plugins", home + "/.ansible/plugins/modules",
            "/usr/share/ansible/plugins/modules",
        ]
        roots = [playbook + "/collections", home + "/.ansible/collections", "/usr/share/ansible/collections"]
    }

    /// A role that has been read brings its modules, and where it is part of a collection, that one's.
    mutating func add(role folder: String) {
        var added = [folder + "/library", folder + "/action_plugins"]
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        if let root = parts.lastIndex(of: "ansible_collections"), parts.count > root + 3, parts[root + 3] == "roles" {
            let plugins = parts[...(root + 2)].joined(separator: "/") + "/plugins"
            added += [plugins + "/modules", plugins + "/action"]
            collections.append(parts[(root + 1)...(root + 2)].joined(separator: "."))
        }
        folders += added.filter { !folders.contains($0) }
    }

    mutating func add(collections names: [String]) { collections += names.filter { !collections.contains($0) } }

    func contains(_ name: String) -> Bool {
        guard !name.contains("/"), !name.isEmpty else { return false }
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 2 else {
            return parts.count == 1
                && (folders.contains { Self.holds($0, name) } || collections.contains { contains("\($0).\(name)") })
        }
        let path = parts.dropFirst(2).joined(separator: "/")
        return roots.contains { root in
            let plugins = "\(root)/ansible_collections/\(parts[0])/\(parts[1])/plugins"
            return Self.holds(plugins + "/modules", path) || Self.holds(plugins + "/action", path)
        }
    }

    private static func holds(_ folder: String, _ name: String) -> Bool {
        [".py", ".ps1", ".sh", ".pl", ""].contains { ending in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)\(ending)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }
}
