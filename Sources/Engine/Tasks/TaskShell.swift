import Credentials
import Playbook
import Runs
import Templating
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
        let host = try context.delegate(in: scope) ?? context.host
        // A delegated task is connected as the other host's variables say, and as its own and its play's do.
        let scope = host === context.host ? scope : try context.scope(delegatedTo: host, scope.locals)
        var request = ShellRequest(host: host.name)
        let variables = TaskConnection(context, to: host, in: scope)
        request.overrides = try variables.overrides()
        request.keywords = try connectionKeywords()
        if let connection = try variables.value(of: "ansible_connection") {
            request.isLocal = connection.string.map(Self.isLocal) ?? false
        } else if let connection = keywords.connection {
            request.isLocal = try context.text(connection, in: self.scope).map(Self.isLocal) ?? false
        }
        let wanted =
            try variables.value(of: "ansible_become").flatMap { ArgumentBinder.bool($0) }
            ?? context.said(keywords.become, in: self.scope) ?? batch.options.become
        if wanted { request.become = try become() }
        return LazyShell(request: request, connections: batch.connections, calls: calls)
    }

    private static func isLocal(_ connection: String) -> Bool {
        ConnectionSettings.Kind(named: connection) == .local
    }

    /// Variables go before them, which is known where the connection is made.
    private func become() throws -> ShellRequest.Become {
        func text(_ keyword: Located<Value>?) throws -> String? {
            try keyword.flatMap { try context.text($0, in: scope) }
        }
        return ShellRequest.Become(
            user: try text(keywords.becomeUser), method: try text(keywords.becomeMethod),
            exe: try text(keywords.becomeExe), flags: try text(keywords.becomeFlags))
    }

    private func connectionKeywords() throws -> ConnectionKeywords? {
        guard keywords.remoteUser != nil || keywords.port != nil else { return nil }
        var said = ConnectionKeywords()
        if let user = keywords.remoteUser {
            said.user = try context.text(user, in: scope).flatMap { $0.isEmpty ? nil : $0 }
            guard said.user?.hasPrefix("-") != true, said.user?.contains(where: \.isWhitespace) != true else {
                throw TaskFault("'remote_user' is not a name: it has a space in it or begins with '-'")
            }
        }
        if let port = keywords.port,
            let number = try context.keyword("port", port, in: scope).flatMap(KeywordSpec.number)
        {
            guard number == number.rounded(), (1...65535).contains(number) else {
                throw TaskFault("'port' is not a number from 1 to 65535")
            }
            said.port = Int(number)
        }
        return said == ConnectionKeywords() ? nil : said
    }
}

// MARK: Delegation

extension TaskContext {
    /// The host that the task is delegated to; nil where it is not. Any name or address will do.
    func delegate(in scope: TaskScope) throws -> HostMemory? {
        guard let keyword = task.keywords.delegateTo else { return nil }
        let name: Value
        do { name = try spelled(templar.render(keyword.value, in: scope)) } catch { throw TaskFault("", error) }
        guard !name.isNull, name != .omit else { return nil }
        guard !name.provenance.isSecret else {
            throw TaskFault("'delegate_to' gives a secret value: hosts are named in the output", at: keyword.value)
        }
        guard let text = name.string else { throw TaskFault("'delegate_to' is not a host's name", at: keyword.value) }
        return text.isEmpty ? nil : batch.fleet.host(text)
    }

    /// What the variables of a host are for a task that is delegated to it. Its name stays the task's host's, as in
    /// Ansible.
    func scope(delegatedTo other: HostMemory, _ locals: ValueMap) throws -> TaskScope {
        var files: [ValueMap] = []
        if !batch.play.filesByHost.isEmpty {
            let scope = scope(of: other, files: [], locals)
            files = try batch.filesByHost.variables(
                of: other, batch.play.filesByHost, folder: batch.play.folder, vault: templar.environment.ansibleVault
            ) {
                try spelled(templar.render($0, in: scope))
            }
        }
        return scope(of: other, files: files, locals.overlaid(by: ["inventory_hostname": .string(host.name)]))
    }

    private func scope(of other: HostMemory, files: [ValueMap], _ locals: ValueMap) -> TaskScope {
        var scope = TaskScope(
            host: other, fleet: batch.fleet, play: batch.play, hostFiles: files,
            taskVariables: task.keywords.variables, parameters: task.parameters, roleDefaults: task.keywords.defaults,
            locals: task.locals.overlaid(by: locals), checkMode: batch.options.checkMode,
            diffMode: batch.options.diffMode)
        scope.role = definition.role
        return scope
    }
}
