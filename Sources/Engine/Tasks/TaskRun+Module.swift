import Modules
import Playbook
import Redaction
import Remote
import Runs
import Synchronization
import YAML

/// The module's arguments, its surroundings, and the module itself.
extension TaskRun {
    func runModule(_ act: ActPlace, in scope: TaskScope) async throws -> ModuleResult {
        // Before they are bound, which makes one text of a list or a mapping that a text is wanted for.
        let rendered = try renderedArguments(in: scope)
        hide(rendered)
        let hidesDiff = Mutex(conceal(secretsIn: rendered))
        let arguments = try bound(rendered)
        hide(arguments)
        if conceal(secretsIn: arguments) { hidesDiff.withLock { $0 = true } }
        guard let type = batch.library.type(named: definition.module.name) else {
            throw TaskFault("there is no module '\(definition.module.name)'")
        }
        let module: any Module
        do { module = try type.init(arguments: arguments) } catch let error as ModuleFailure { throw error } catch { throw TaskFault("\(error)") }
        let calls = ActCalls(act, host: host.name, memory: batch.memory, trace: trace)
        let target = try self.target(in: scope, calls)
        let relay = OutputRelay(host: host.name, task: id, events: batch.events, secrets: batch.secrets)
        let stream: @Sendable (OutputChunk) async -> Void = { await relay.take($0) }
        let timeout = number(task.keywords.timeout, in: scope).flatMap { $0 > 0 ? Duration.seconds($0) : nil }
        var managed = ManagedHost(
            shell: target, checkMode: scope.checkMode, diffMode: scope.diffMode, environment: try environment(in: scope), timeout: timeout, hasLibrary: batch.connections.shellsHaveLibrary,
            onOutput: isHidden ? nil : stream)
        var context = ModuleContext(find: searchPath.find, templar: templar, scope: scope, facts: host.snapshot.facts)
        managed.isReplaying = { calls.isReplaying }
        managed.isLocal = target.request.isLocal
        context.verbosity = batch.options.verbosity
        context.conceal = { [secrets = batch.secrets, trace] text in
            secrets.insert(Secret(text), label: "no_log")
            trace?.note(hidden: [Secret(text)])
        }
        context.concealSecrets = { made in
            if conceal(secretsIn: ["made": made]) { hidesDiff.withLock { $0 = true } }
        }
        if let memory = batch.memory {
            context.seed = memory.seed(of: act)
            context.kept = memory.note(of: act)
            context.keep = { try memory.keep($0, of: act) }
        }
        defer { relay.finish() }
        var repeats = 0
        while true {
            do {
                var result = try await ended(with: calls, isSafeToEnd: type.isSafeToEnd) { [managed, context] in
                    try await Self.limited(to: timeout) { try await module.run(on: managed, context: context) }
                }
                if hidesDiff.withLock({ $0 }), !result.diff.isEmpty { result.diff = [Difference(prepared: "(the diff is not shown: it may contain a secret that can't be searched for)")] }
                return result
            } catch let cut as CutOff {
                guard module.isRepeatable || batch.memory?.rerunsInterrupted ?? false, repeats < Self.repeatLimit else { throw Self.interruption(cut) }
                repeats += 1
                batch.events.emit(.warning(batch.text("\(host.name): '\(task.title)' was cut off and is run again: \(cut)")))
                try calls.beginAgain()
            }
        }
    }

    /// A host that cuts off a task so often has a fault of its own.
    private static let repeatLimit = 3

    private static func interruption(_ cut: CutOff) -> ModuleFailure {
        ModuleFailure("interrupted: \(cut); whether it was done can't be known, and its module does not say that it may run twice: look at the host, then run it again with comfyfleet resume --failed (resume --rerun-interrupted would have run it again at once)",
                      ["interrupted": .bool(true)])
    }

    /// A module that must not be cut off is not cancelled once its work has begun: its result counts, however much of a hurry the run is in.
    private func ended(with calls: ActCalls, isSafeToEnd: Bool, _ body: @escaping @Sendable () async throws -> ModuleResult) async throws -> ModuleResult {
        if isSafeToEnd { return try await body() }
        let work = Task(executorPreference: batch.connections.executor(for: host.name)) { try await body() }
        return try await withTaskCancellationHandler { try await work.value } onCancel: {
            if calls.cancel() { work.cancel() }
        }
    }

    /// The call's own time limit ends what runs on the host; this one is for modules of many calls, and comes a little later.
    static func limited(to timeout: Duration?, _ body: @escaping @Sendable () async throws -> ModuleResult) async throws -> ModuleResult {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: ModuleResult?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout + .seconds(1))
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else {
                throw ModuleFailure("Timed out after \(timeout.components.seconds) second(s).")
            }
            return result
        }
    }

    func arguments(in scope: TaskScope) throws -> ValueMap { try bound(renderedArguments(in: scope)) }

    /// The arguments as the task names them.
    private func renderedArguments(in scope: TaskScope) throws -> ValueMap {
        var rendered = ValueMap()
        for (key, value) in definition.arguments.value.pairs {
            do {
                let value = try templar.render(value, in: scope)
                if value != .omit { rendered[key] = value }
            } catch {
                throw TaskFault("Error while resolving value for '\(key.string ?? "")': ", error)
            }
        }
        return rendered
    }

    private func bound(_ rendered: ValueMap) throws -> ValueMap {
        do { return try ArgumentBinder(definition.module).bind(rendered) } catch {
            throw TaskFault(error.description, at: error.argument.flatMap { definition.arguments.value[$0] })
        }
    }

    func environment(in scope: TaskScope) throws -> [(name: String, value: String)] {
        var environment: [(name: String, value: String)] = []
        for entry in task.keywords.environment {
            let value: Value
            do { value = try templar.render(entry.value, in: scope) } catch { throw TaskFault("Error while resolving 'environment': ", error) }
            let maps = value.list ?? [value]
            for case .dict(let map) in maps {
                for (key, value) in map.pairs {
                    guard let name = key.string, value != .omit else { continue }
                    environment.removeAll { $0.name == name }
                    // As Python's `str` writes it.
                    environment.append((name, value.isNull || value.list != nil || value.map != nil ? value.pythonRepr : ArgumentBinder.text(value)))
                }
            }
        }
        return environment
    }

    /// The shell that the task's module works in: of this host or of the one it is delegated to. It is opened at its first use, so a task that needs no host opens none.
    func target(in scope: TaskScope, _ calls: ActCalls) throws -> LazyShell {
        var name = host.name
        if let delegate = task.keywords.delegateTo {
            guard let text = try text(delegate, in: scope) else { throw TaskFault("'delegate_to' is not a host's name") }
            guard batch.fleet.hosts[text] != nil || text == "127.0.0.1" else {
                throw TaskFault("'delegate_to' names '\(text)', which is not in the inventory")
            }
            name = text == "127.0.0.1" && batch.fleet.hosts[text] == nil ? "localhost" : text
        }
        var request = ShellRequest(host: name)
        if let connection = task.keywords.connection, batch.fleet.hosts[name]?.inventory["ansible_connection"] == nil {
            request.isLocal = try text(connection, in: scope) == "local"
        }
        if case .string("local", _)? = batch.fleet.hosts[name]?.inventory["ansible_connection"] { request.isLocal = true }
        request.become = try become(on: name, in: scope)
        return LazyShell(request: request, connections: batch.connections, calls: calls)
    }

    /// Whom to become: the host's connection variables say more than the task, and the task more than the command line.
    func become(on name: String, in scope: TaskScope) throws -> ShellRequest.Become? {
        let delegated = name != host.name
        func variable(_ variable: String) throws -> Value? {
            if delegated { return batch.fleet.hosts[name]?.inventory[variable] }
            guard let found = scope.variable(named: variable) else { return nil }
            do { return try templar.render(found, in: scope) } catch { throw TaskFault("\(variable): ", error) }
        }
        let wanted = try variable("ansible_become").flatMap { ArgumentBinder.bool($0) }
            ?? task.keywords.become.map { flag($0, in: scope) } ?? batch.options.become
        guard wanted else { return nil }
        // What neither says is left to the credentials, where the inventory's variables are a layer of their own.
        func choice(_ name: String, _ keyword: Located<Value>?) throws -> String? {
            guard let keyword else { return batch.fleet.hosts[host.name]?.inventory[name] == nil ? try variable(name)?.string : nil }
            return try variable(name)?.string ?? text(keyword, in: scope)
        }
        return ShellRequest.Become(
            user: try choice("ansible_become_user", task.keywords.becomeUser), method: try choice("ansible_become_method", task.keywords.becomeMethod))
    }
}
