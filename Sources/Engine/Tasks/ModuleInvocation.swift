import Modules
import Playbook
import Redaction
import Remote
import Runs
import Synchronization
import YAML

/// A task's module, run once: its arguments, its shell, and what must not be interrupted or take too long.
struct ModuleInvocation: Sendable {
    let context: TaskContext
    let attempt: AttemptID
    let scope: TaskScope
    private var batch: BatchContext { context.batch }

    init(_ context: TaskContext, _ attempt: AttemptID, in scope: TaskScope) {
        self.context = context
        self.attempt = attempt
        self.scope = scope
    }

    /// - Throws: `TaskFault`, `ModuleFailure`, `Unreachable`, `CancellationError`, and whatever else ends a module.
    func run() async throws -> ModuleResult {
        if let fault = context.carriedFault { throw fault }
        // Before they are bound, which makes one text of a list or a mapping that a text is wanted for.
        let rendered = try ModuleArguments(context).rendered(in: scope)
        context.hide(rendered, late: true)
        let hidesDiff = Mutex(context.conceal(secretsIn: rendered))
        let arguments = try ModuleArguments(context).bound(rendered)
        context.hide(arguments)
        if context.conceal(secretsIn: arguments) { hidesDiff.withLock { $0 = true } }
        guard let type = batch.library.type(named: context.definition.module.name) else {
            throw TaskFault("there is no module '\(context.definition.module.name)'")
        }
        let module: any Module
        do { module = try type.init(arguments: arguments) } catch let error as ModuleFailure { throw error } catch {
            throw TaskFault("\(error)")
        }
        let calls = AttemptCalls(attempt, host: context.host.name, checkpoint: batch.checkpoint, trace: context.trace)
        let shell = try TaskShell(context, in: scope).shell(for: calls)
        let relay = OutputRelay(host: context.host.name, task: context.id, events: batch.events, secrets: batch.secrets)
        let stream: @Sendable (OutputChunk) async -> Void = { await relay.receive($0) }
        let timeout = context.number(context.task.keywords.timeout, in: scope).flatMap {
            $0 > 0 ? Duration.seconds($0) : nil
        }
        var managed = ManagedHost(
            shell: shell, checkMode: scope.checkMode, diffMode: scope.diffMode, environment: try environment(),
            timeout: timeout, hasLibrary: batch.connections.shellsHaveLibrary,
            onOutput: context.isHidden ? nil : stream)
        var moduleContext = ModuleContext(
            search: .init(
                find: context.searchPath.find, candidates: context.searchPath.candidates,
                variablesFolder: context.searchPath.variablesFolder), templar: context.templar, scope: scope,
            facts: (try context.delegate(in: scope) ?? context.host).snapshot.facts)
        managed.isReplaying = { calls.isReplaying }
        managed.isLocal = shell.request.isLocal
        moduleContext.verbosity = batch.options.verbosity
        moduleContext.conceal = { context.conceal([Secret($0)]) }
        moduleContext.concealSecrets = { made in
            if context.conceal(secretsIn: ["made": made]) { hidesDiff.withLock { $0 = true } }
        }
        if let checkpoint = batch.checkpoint {
            moduleContext.seed = checkpoint.seed(of: attempt)
            moduleContext.kept = checkpoint.note(of: attempt)
            moduleContext.keep = { try checkpoint.keep($0, of: attempt) }
        }
        defer { relay.finish() }
        var repeats = 0
        while true {
            do {
                var result = try await finishing(calls, isSafeToEnd: type.isSafeToEnd) { [managed, moduleContext] in
                    try await Self.limited(to: timeout) { try await module.run(on: managed, context: moduleContext) }
                }
                // Files of variables may hold credentials, too.
                result.facts = CredentialVariables.known(in: result.facts)
                if hidesDiff.withLock({ $0 }), !result.diff.isEmpty {
                    result.diff = [
                        Difference(
                            prepared: "(the diff is not shown: it may contain a secret that can't be searched for)")
                    ]
                }
                return result
            } catch let cut as CutOff {
                guard module.isRepeatable || batch.checkpoint?.rerunsInterrupted ?? false, repeats < Self.repeatLimit
                else { throw Self.interruption(cut) }
                repeats += 1
                batch.events.emit(
                    .warning(
                        batch.text(
                            "\(context.host.name): '\(context.task.title)' was interrupted and is run again: \(cut)")))
                try calls.beginAgain()
            }
        }
    }

    /// A host that cuts off a task so often has a fault of its own.
    private static let repeatLimit = 3

    private static func interruption(_ cut: CutOff) -> ModuleFailure {
        ModuleFailure(
            "interrupted: \(cut); whether it was done can't be known, and its module does not say that it may run twice: look at the host, then run it again with comfyfleet resume --failed (resume --rerun-interrupted would have run it again at once)",
            ["interrupted": .bool(true)])
    }

    /// A module that must not be interrupted is not cancelled once its work has begun: its result counts, however much
    /// of a hurry the run is in.
    private func finishing(
        _ calls: AttemptCalls, isSafeToEnd: Bool, _ body: @escaping @Sendable () async throws -> ModuleResult
    ) async throws -> ModuleResult {
        if isSafeToEnd { return try await body() }
        let work = Task(executorPreference: batch.connections.executor(for: context.host.name)) { try await body() }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            if calls.cancel() { work.cancel() }
        }
    }

    /// The call's own time limit ends what runs on the host; this one is for modules of many calls, and comes a little
    /// later.
    private static func limited(
        to timeout: Duration?, _ body: @escaping @Sendable () async throws -> ModuleResult
    ) async throws -> ModuleResult {
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

    /// `environment`; of several entries that name a variable the last counts.
    private func environment() throws -> [(name: String, value: String)] {
        var environment: [(name: String, value: String)] = []
        for entry in context.task.keywords.environment {
            let value: Value
            do { value = try context.spelled(context.templar.render(entry.value, in: scope)) } catch {
                throw TaskFault("Error while resolving 'environment': ", error)
            }
            let maps = value.list ?? [value]
            for case .dict(let map) in maps {
                for (key, value) in map.pairs {
                    guard let name = key.string, value != .omit else { continue }
                    environment.removeAll { $0.name == name }
                    // As Python's `str` writes it.
                    environment.append(
                        (
                            name,
                            value.isNull || value.list != nil || value.map != nil
                                ? value.pythonRepr : ArgumentBinder.text(value)
                        ))
                }
            }
        }
        return environment
    }
}
