public import Modules

/// Where the engine finds a task's module.
public protocol ModuleLibrary: Sendable {
    func type(named name: String) -> (any Module.Type)?
}

extension BuiltinModules: ModuleLibrary {}
