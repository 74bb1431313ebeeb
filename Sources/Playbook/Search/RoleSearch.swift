import Support

/// Where a role of a name may lie, seen from where it is called.
struct RoleSearch: Sendable {
    let paths: ContentPaths
    /// Folders of the playbook of the play, and of the one that the run was given.
    let playbooks: [String]
    /// Collections that a name may leave out.
    var collections: [String] = []
    /// The role whose dependencies name it.
    var dependent: Role?

    struct Place: Sendable, Hashable {
        let folder: String
        /// Of a collection's role: its full name.
        var fullName: String?
        /// `namespace.collection`
        var collection: String?
    }

    /// The place where there is a role; nil when there is none.
    func find(_ name: String) -> Place? { places(of: name).first { FileStatus.isFolder($0.folder) } }

    /// Every place, in the order in which they are looked at: collections, `roles/` beside the playbook, the paths of
    /// roles, beside the role that depends on it, beside the playbook, and the name itself as a path.
    func places(of name: String) -> [Place] {
        var places: [Place] = []
        if let full = CollectionName(name) {
            places = collectionRoots(of: full.collection).map {
                Place(folder: "\($0)/roles/\(full.path)", fullName: name, collection: full.collection)
            }
        } else if !name.contains("/") {
            for collection in collections {
                places += collectionRoots(of: collection).map {
                    Place(
                        folder: "\($0)/roles/\(name.escaping { $0 == "." ? "/" : nil })",
                        fullName: "\(collection).\(name)",
                        collection: collection)
                }
            }
        }
        guard !name.hasPrefix("/") else { return [Place(folder: name)] }
        var folders = playbooks.prefix(1).map { FilePath.join($0, "roles") } + paths.roles
        if let dependent { folders.append(FilePath.folder(of: dependent.folder)) }
        folders += playbooks.prefix(1)
        places += folders.map { Place(folder: FilePath.join($0, name)) } + [Place(folder: "./" + name)]
        var seen: Set<String> = []
        return places.filter { seen.insert(AbsolutePath.of($0.folder)).inserted }
    }

    /// The folder of a collection: beside the playbooks, or in the paths of collections. The first one that there is
    /// hides all others, whatever it lacks; where there is none, all that were looked at.
    func collectionRoots(of collection: String) -> [String] {
        let places = (playbooks.map { FilePath.join($0, "collections") } + paths.collections).compactMap {
            CollectionName.folder(of: collection, in: $0)
        }
        return places.first(where: FileStatus.isFolder).map { [$0] } ?? places
    }

    /// Files that the name of a collection's playbook stands for; none for any other name.
    func playbookFiles(_ name: String) -> [String] {
        guard let full = CollectionName(name) else { return [] }
        return collectionRoots(of: full.collection).flatMap { root in
            [".yml", ".yaml", ".json"].map { "\(root)/playbooks/\(full.path)\($0)" }
        }
    }
}
