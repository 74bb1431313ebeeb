import Modules
import Playbook

/// Where the engine finds a task's module.
package protocol ModuleLibrary: ModuleCatalog {
    func type(named name: String) -> (any Module.Type)?
}

extension BuiltinModules: ModuleLibrary {}
