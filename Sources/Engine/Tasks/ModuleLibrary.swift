public import Modules
public import Playbook

/// Where the engine finds a task's module.
public protocol ModuleLibrary: ModuleCatalog {
    func type(named name: String) -> (any Module.Type)?
}

extension BuiltinModules: ModuleLibrary {}
