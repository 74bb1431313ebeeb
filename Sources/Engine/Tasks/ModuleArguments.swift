import Playbook
import YAML

/// A task's arguments for its module.
struct ModuleArguments: Sendable {
    let context: TaskContext

    init(_ context: TaskContext) { self.context = context }

    /// Of an include: its names of files and roles stand in messages, also of what it brings in.
    func bound(in scope: TaskScope) throws -> ValueMap {
        let rendered = try self.rendered(in: scope)
        _ = context.conceal(secretsIn: rendered)
        return try bound(rendered)
    }

    /// The arguments as the task names them.
    func rendered(in scope: TaskScope) throws -> ValueMap {
        var rendered = ValueMap()
        for (key, value) in context.definition.arguments.value.pairs {
            do {
                let value = try context.templar.render(value, in: scope)
                if value != .omit { rendered[key] = value }
            } catch {
                throw TaskFault("Error while resolving value for '\(key.string ?? "")': ", error)
            }
        }
        // `set_fact` shows what it sets, and `debug` what it is given.
        return CredentialVariables.known(in: rendered)
    }

    /// Under the names and of the types that the module's spec has.
    func bound(_ rendered: ValueMap) throws -> ValueMap {
        do { return try ArgumentBinder(context.definition.module).bind(rendered) } catch {
            throw TaskFault(error.description, at: error.argument.flatMap { context.definition.arguments.value[$0] })
        }
    }
}
