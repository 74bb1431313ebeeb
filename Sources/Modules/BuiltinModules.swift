public import Playbook

/// The modules that there are, by their short names, and by their names in Ansible's collections: `ansible.builtin.copy`, `ansible.posix.sysctl`.
public struct BuiltinModules: ModuleCatalog {
    static let types: [any Module.Type] = [
        Apt.self, AptRepository.self, Assemble.self, Assert.self, AuthorizedKey.self, BlockInFile.self, Command.self, Copy.self, Cron.self,
        Deb822Repository.self, Debug.self, Dnf.self, DpkgSelections.self, Fail.self, File.self, Find.self, GetEnt.self, GetURL.self, Git.self, Group.self,
        GroupBy.self, HostName.self, IncludeRole.self, IncludeTasks.self, IncludeVars.self, KnownHosts.self, LineInFile.self, Meta.self, Modprobe.self,
        Mount.self, Npm.self, Package.self, PackageFacts.self, Pause.self, Ping.self, Pip.self, Raw.self, Reboot.self, Replace.self, Script.self, Service.self,
        ServiceFacts.self, SetFact.self, Setup.self, Shell.self, Slurp.self, Stat.self, Sysctl.self, Systemd.self, TempFile.self, Template.self, Unarchive.self,
        URI.self, User.self, ValidateArgumentSpec.self, WaitFor.self, YumRepository.self,
    ]
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

    public init() {}

    public func type(named name: String) -> (any Module.Type)? { Self.byName[name] }
    public func spec(named name: String) -> ModuleSpec? { type(named: name)?.spec }
    public var moduleNames: [String] { Self.types.flatMap { [$0.spec.name] + $0.spec.aliases }.sorted() }
}
