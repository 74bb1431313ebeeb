import Playbook

/// The modules that there are, by their short names, and by their names in Ansible's collections:
/// `ansible.builtin.copy`, `ansible.posix.sysctl`.
package struct BuiltinModules: ModuleCatalog {
    /// Modules for one kind of thing, as Ansible's own index has them; a folder beside this file.
    struct Family: Sendable {
        let name: String
        let types: [any Module.Type]
        init(_ name: String, _ types: [any Module.Type]) {
            self.name = name
            self.types = types
        }
    }
    static let families: [Family] = [
        Family("Commands", [Command.self, Raw.self, Script.self, Shell.self]),
        Family(
            "Files",
            [
                Assemble.self, BlockInFile.self, Copy.self, Fetch.self, File.self, Find.self, LineInFile.self,
                Replace.self,
                Slurp.self, Stat.self, TempFile.self,
                Template.self, Unarchive.self,
            ]),
        Family(
            "Packages", [Apt.self, Dnf.self, DpkgSelections.self, Npm.self, Package.self, PackageFacts.self, Pip.self]),
        Family("Repositories", [AptRepository.self, Deb822Repository.self, YumRepository.self]),
        Family(
            "System",
            [
                Cron.self, GetEnt.self, HostName.self, KnownHosts.self, Modprobe.self, Mount.self, Ping.self,
                Reboot.self, Setup.self, Sysctl.self,
            ]),
        Family("Users", [AuthorizedKey.self, Group.self, User.self]),
        Family("Services", [Service.self, ServiceFacts.self, Systemd.self]),
        Family("Source", [Git.self]),
        Family("Network", [GetURL.self, URI.self]),
        Family(
            "Control",
            [
                AddHost.self, Assert.self, Debug.self, Fail.self, GroupBy.self, IncludeRole.self, IncludeTasks.self,
                IncludeVars.self,
                Meta.self, Pause.self,
                SetFact.self, SetStats.self, ValidateArgumentSpec.self, WaitFor.self, WaitForConnection.self,
            ]),
    ]
    static let types: [any Module.Type] = families.flatMap(\.types)
    private static let byName: [String: any Module.Type] = {
        var map: [String: any Module.Type] = [:]
        for type in types {
            for name in [type.spec.name] + type.spec.aliases {
                map[name] = type
                map["\(type.spec.collection).\(name)"] = type
            }
        }
        return map
    }()

    package init() {}

    package func type(named name: String) -> (any Module.Type)? { Self.byName[name] }
    package func spec(named name: String) -> ModuleSpec? { type(named: name)?.spec }
    package var moduleNames: [String] { Self.types.flatMap { [$0.spec.name] + $0.spec.aliases }.sorted() }
}
