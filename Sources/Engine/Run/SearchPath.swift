import Glibc

/// Where the files of a task are looked for: in its role first, then beside the playbook.
struct SearchPath: Sendable {
    /// The playbook's.
    let folder: String
    var role: String?

    private var roots: [String] { (role.map { [$0] } ?? []) + [folder] }

    /// `name` in the folders of its kind (`files`, `templates`), or directly in the role's or the playbook's; nil when
    /// there is none.
    func find(_ name: String, _ kind: String) -> String? {
        let candidates = name.hasPrefix("/") ? [name] : roots.flatMap { ["\($0)/\(kind)/\(name)", "\($0)/\(name)"] }
        return candidates.first { access($0, F_OK) == 0 }
    }

    /// For lookups and includes.
    var folders: [String] { roots.flatMap { [$0, $0 + "/files", $0 + "/templates"] } }
}
