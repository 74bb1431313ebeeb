import Glibc
import YAML

/// Which configuration file counts: that of `ANSIBLE_CONFIG`, `ansible.cfg` in the current folder, `~/.ansible.cfg`,
/// `/etc/ansible/ansible.cfg`; the first that is there, and that alone.
enum ConfigurationSearch {
    struct Found {
        var path: String?
        var warnings: [String] = []
    }

    static func find(_ environment: [String: String]) -> Found {
        var found = Found()
        var candidates: [String] = []
        if let named = environment["ANSIBLE_CONFIG"], !named.isEmpty {
            var path = AbsolutePath.resolved(named, from: AbsolutePath.currentFolder)
            if isFolder(path) { path += "/ansible.cfg" }
            candidates.append(path)
        }
        let here = AbsolutePath.currentFolder
        let local = (here == "/" ? "" : here) + "/ansible.cfg"
        var status = stat()
        if stat(here, &status) == 0, status.st_mode & 0o002 != 0 {
            // Whoever can write here could have it run anything. A file that was named is the user's own choice.
            if isThere(local), candidates.first != local {
                found.warnings.append(
                    "Ansible is being run in a world writable directory (\(here)), ignoring it as an ansible.cfg source. For more information see https://docs.ansible.com/ansible/devel/reference_appendices/config.html#cfg-in-world-writable-dir"
                )
            }
        } else {
            candidates.append(local)
        }
        candidates.append(AbsolutePath.resolved("~/.ansible.cfg", from: "/"))
        candidates.append("/etc/ansible/ansible.cfg")
        found.path = candidates.first(where: isThere)
        return found
    }

    private static func isThere(_ path: String) -> Bool { access(path, R_OK) == 0 && !isFolder(path) }
    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
