import Credentials
import Templating
import YAML

/// What the variables that a task sees say of the connection to a host.
///
/// Most tasks see none but the host's own in the inventory, which the credentials have already: that is known by flags,
/// so that such a task looks none of them up.
struct TaskConnection {
    private let fleet: FleetVariables
    private let host: HostMemory
    private let scope: TaskScope
    private let learned: HostMemory.Learned
    /// Whether a variable may say something else than the credentials know.
    private let isSaid: Bool
    private let render: (Value) throws -> Value
    /// Called with each value before a text is made of it.
    private let spell: (Value) -> Value

    init(_ context: TaskContext, to host: HostMemory, in scope: TaskScope) {
        self.init(
            to: host, in: scope,
            isSaid: context.task.saysConnection || context.batch.play.saysConnection
                || !context.batch.play.filesByHost.isEmpty,
            spell: context.spelled
        ) { try context.templar.render($0, in: scope) }
    }

    /// - Parameter isSaid: whether the play or the task has such variables.
    init(
        to host: HostMemory, in scope: TaskScope, isSaid: Bool, spell: @escaping (Value) -> Value = { $0 },
        render: @escaping (Value) throws -> Value
    ) {
        self.spell = spell
        fleet = scope.fleet
        self.host = host
        self.scope = scope
        self.render = render
        learned = host.snapshot
        self.isSaid =
            isSaid || learned.saysConnection || !learned.connectionTemplates.isEmpty
            || !fleet.connectionTemplates.isEmpty || ConnectionVariables.occur(in: scope.locals)
    }

    /// nil where the host's own variables and the extra ones say all there is.
    func overrides() throws -> ConnectionOverrides? {
        guard isSaid else { return nil }
        var overrides = ConnectionOverrides()
        for name in ConnectionVariables.ofCredentials {
            guard let (value, source) = scope.connectionVariable(named: name) else { continue }
            switch source {
            case .inventory:
                guard learned.connectionTemplates.contains(name), let made = try rendered(value, name),
                    made != fleet.inventoryValue(of: name, value, for: host)
                else { continue }
                overrides[name] = .init(made, from: source)
            case .extra:
                guard Templar.holdsTemplate(value), let made = try rendered(value, name) else { continue }
                overrides[name] = .init(made, from: source)
            default:
                if let made = try rendered(value, name) { overrides[name] = .init(made, from: source) }
            }
        }
        return overrides.isEmpty ? nil : overrides
    }

    /// One of them, whatever gave it.
    func value(of name: String) throws -> Value? {
        guard let (value, _) = scope.connectionVariable(named: name) else { return nil }
        return try rendered(value, name)
    }

    private func rendered(_ value: Value, _ name: String) throws -> Value? {
        do {
            let made = try render(value)
            // Whoever gave it, and whatever it was made of.
            return made.isNull || made == .omit ? nil : spell(CredentialVariables.known(made, as: name))
        } catch let error as TemplateError { throw TaskFault("\(name): ", error) }
    }
}
