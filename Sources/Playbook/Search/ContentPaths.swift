import Foundation

/// Folders of the machine in which roles and collections are looked for, besides those that lie beside a playbook.
package struct ContentPaths: Sendable, Hashable {
    /// Each holds roles: Ansible's `roles_path`.
    package var roles: [String]
    /// Each holds a folder `ansible_collections`: Ansible's `collections_path`, and what the package `ansible` has
    /// installed for a Python.
    package var collections: [String]

    package static let defaultRoles = "~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles"
    package static let defaultCollections = "~/.ansible/collections:/usr/share/ansible/collections"

    package init(roles: [String] = [], collections: [String] = []) {
        self.roles = roles
        self.collections = collections
    }

    /// As the environment has it: `ANSIBLE_ROLES_PATH`, `ANSIBLE_COLLECTIONS_PATH`, and Ansible's defaults.
    package init(environment: [String: String]) {
        func list(_ variable: String, _ fallback: String) -> [String] {
            Self.folders(environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? fallback, environment)
        }
        roles = list("ANSIBLE_ROLES_PATH", Self.defaultRoles)
        collections = list("ANSIBLE_COLLECTIONS_PATH", Self.defaultCollections).map(Self.withoutCollections)
        let scans = environment["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"]?.lowercased() ?? "yes"
        if !["no", "false", "off", "0", "n", "f"].contains(scans) { collections += Self.packages(environment) }
    }

    /// Parts between colons, from the root; `~` is the user's home folder.
    package static func folders(_ list: String, _ environment: [String: String]) -> [String] {
        let home = environment["HOME"] ?? NSHomeDirectory()
        return list.split(separator: ":").map { part in
            if part == "~" { return AbsolutePath.of(home) }
            return AbsolutePath.of(part.hasPrefix("~/") ? home + part.dropFirst() : String(part))
        }
    }

    /// The folder around `ansible_collections`, which may be named in its place.
    private static func withoutCollections(_ folder: String) -> String {
        let name = "/" + CollectionName.folder
        return folder.hasSuffix(name) ? String(folder.dropLast(name.count)) : folder
    }

    /// Where Pythons of this machine have their packages: those of the active environment, of the `ansible` that is
    /// found by its name, of the system and of the user. No Python is started to ask it.
    private static func packages(_ environment: [String: String]) -> [String] {
        var roots: [String] = []
        if let active = environment["VIRTUAL_ENV"], !active.isEmpty { roots.append(active) }
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let program = "\(folder)/ansible-playbook"
            guard FileManager.default.isExecutableFile(atPath: program) else { continue }
            let real = URL(fileURLWithPath: program).resolvingSymlinksInPath()
            roots.append(real.deletingLastPathComponent().deletingLastPathComponent().path)
            break
        }
        roots += [(environment["HOME"] ?? NSHomeDirectory()) + "/.local", "/usr/local", "/usr"]
        var folders: [String] = []
        for lib in roots.map({ $0 + "/lib" }) {
            let pythons = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
            for python in pythons.filter({ $0.hasPrefix("python3") }).sorted() {
                folders += ["site-packages", "dist-packages"].map { "\(lib)/\(python)/\($0)" }
            }
        }
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted && FileStatus.isFolder("\($0)/\(CollectionName.folder)") }
    }
}

/// What a path leads to.
enum FileStatus {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
