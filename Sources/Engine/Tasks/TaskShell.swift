import Playbook
import Runs
import YAML

/// The shell that a task's module works in: of its host or of the one that it is delegated to, as its login user or as
/// another one.
struct TaskShell: Sendable {
    let context: TaskContext
    let scope: TaskScope
    private var batch: BatchContext { context.batch }
    private var keywords: TaskKeywords { context.task.keywords }

    init(_ context: TaskContext, in scope: TaskScope) {
        self.context = context
        self.scope = scope
    }

    /// It is opened at its first use, so a task that needs no host opens none.
    func shell(for calls: AttemptCalls) throws -> LazyShell {
        var name = context.host.name
        if let delegate = keywords.delegateTo {
            guard let text = try context.text(delegate, in: scope) else {
                throw TaskFault("'delegate_to' is not a host's name")
            }
            guard batch.fleet.hosts[text] != nil || text == "127.0.0.1" else {
                throw TaskFault("'delegate_to' names '\(text)', which is not in the inventory")
            }
            name = text == "127.0.0.1" && batch.fleet.hosts[text] == nil ? "localhost" : text
        }
        var request = ShellRequest(host: name)
        if let connection = keywords.connection, batch.fleet.hosts[name]?.inventory["ansible_connection"] == nil {
            request.isLocal = try context.text(connection, in: scope) == "local"
        }
        if case .string("local", _)? = batch.fleet.hosts[name]?.inventory["ansible_connection"] {
            request.isLocal = true
        }
        request.become = try become(on: name)
        return LazyShell(request: request, connections: batch.connections, calls: calls)
    }

    /// Whom to become: the host's connection variables say more than the task, and the task more than the command line.
    private func become(on name: String) throws -> ShellRequest.Become? {
        let delegated = name != context.host.name
        func variable(_ variable: String) throws -> Value? {
            if delegated { return batch.fleet.hosts[name]?.inventory[variable] }
            guard let found = scope.variable(named: variable) else { return nil }
            do { return try context.templar.render(found, in: scope) } catch { throw TaskFault("\(variable): ", error) }
        }
        let wanted =
            try variable("ansible_become").flatMap { ArgumentBinder.bool($0) }
            ?? context.said(keywords.become, in: scope) ?? batch.options.become
        guard wanted else { return nil }
        // What neither says is left to the credentials, where the inventory's variables are a layer of their own.
        func choice(_ name: String, _ keyword: Located<Value>?) throws -> String? {
            guard let keyword else {
                return batch.fleet.hosts[context.host.name]?.inventory[name] == nil
                    ? try variable(name).map(context.spelled)?.string : nil
            }
            return try variable(name).map(context.spelled)?.string ?? context.text(keyword, in: scope)
        }
        return ShellRequest.Become(
            user: try choice("ansible_become_user", keywords.becomeUser),
            method: try choice("ansible_become_method", keywords.becomeMethod))
    }
}
