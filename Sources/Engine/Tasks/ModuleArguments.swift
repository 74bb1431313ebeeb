import Playbook
import Templating
import YAML

/// A task's arguments for its module.
struct ModuleArguments: Sendable {
    let context: TaskContext

    init(_ context: TaskContext) { self.context = context }

    /// The arguments as the task names them.
    func rendered(in scope: TaskScope) throws -> ValueMap {
        var arguments = try late(in: scope)
        for (key, value) in context.definition.arguments.value.pairs {
            do {
                let rendered = try context.templar.render(value, in: scope)
                let name = Self.isWritten(value) ? try self.name(key, in: scope) : key
                arguments[name] = rendered == .omit ? nil : rendered
            } catch {
                throw TaskFault("Error while resolving value for '\(key.string ?? "")': ", error)
            }
        }
        // `set_fact` shows what it sets, and `debug` what it is given.
        return CredentialVariables.known(in: arguments)
    }

    /// What templates of all arguments give, over what the surroundings say for the module.
    private func late(in scope: TaskScope) throws -> ValueMap {
        let definition = context.definition
        var rendered = ValueMap()
        for (key, value) in definition.moduleDefaults[definition.module.name]?.pairs ?? [:]
        where !definition.isInclude && definition.arguments.value[key] == nil {
            let value = try context.templar.render(value, in: scope)
            if value != .omit { rendered[key] = value }
        }
        let binder = ArgumentBinder(definition.module)
        for template in definition.lateArguments {
            let value: Value
            do { value = try context.templar.render(template.value, in: scope) } catch {
                throw TaskFault("Error while resolving the arguments: ", error)
            }
            guard case .dict(let map) = value else {
                throw TaskFault("Task args must resolve to a 'dict' not \(value.kindInWords)", at: template.value)
            }
            for (key, value) in map.pairs {
                rendered[key.string.flatMap(binder.optionName).map { .string($0) } ?? key] =
                    value == .omit ? nil : value
            }
        }
        return rendered
    }

    /// Whether a file of the user's has it. What a client gave as arguments is data, and so are the names in it.
    private static func isWritten(_ value: Value) -> Bool {
        switch value {
        case .list(let items): items.contains(where: isWritten)
        case .dict(let map): map.pairs.contains { isWritten($0.value) }
        default: value.provenance.isTrusted
        }
    }

    /// Variables that `set_fact` sets may have templates as their names.
    private func name(_ key: Value, in scope: TaskScope) throws(TemplateError) -> Value {
        // As a key it has lost what was known of it; the value beside it stands where it does.
        let written = key.withOwn(.trusted)
        guard context.definition.module.acceptsAnyKey, Templar.holdsTemplate(written) else { return key }
        let name = try context.spelled(context.templar.render(written, in: scope))
        return name.string == nil ? .string(ArgumentBinder.text(name)) : name
    }

    /// Under the names and of the types that the module's spec has.
    func bound(_ rendered: ValueMap) throws -> ValueMap {
        do { return try ArgumentBinder(context.definition.module).bind(rendered) } catch {
            throw TaskFault(error.description, at: error.argument.flatMap { context.definition.arguments.value[$0] })
        }
    }
}
