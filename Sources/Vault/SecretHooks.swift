import Hooks
import Redaction
import Support

/// Runs the operator's executables for the vault's events: `config/hooks/on_security_secret_read` and
/// `config/hooks/on_security_key_rotated`. What they get are names and counts, and none of the vault's variables in
/// their environment.
package struct SecretHooks: Sendable {
    private let runner: HookRunner
    private let secrets: SecretSet
    private let drainLimit: Duration

    /// - Parameters:
    ///   - environment: given to the hooks, without the vault's key and overrides.
    ///   - timeLimit: for one hook, after which it is killed.
    ///   - drainLimit: how long the end of the command waits for hooks that are still to run.
    ///   - secrets: not shown in a name either.
    ///   - warn: called for a hook that failed.
    package init(
        folder: String = "config/hooks", environment: [String: String], secrets: SecretSet,
        timeLimit: Duration = .seconds(10), drainLimit: Duration = .seconds(30),
        warn: @escaping @Sendable (RedactedText) -> Void
    ) {
        runner = HookRunner(
            folder: folder, environment: ChildEnvironment.clean(environment), secrets: secrets, timeLimit: timeLimit,
            warn: warn)
        self.secrets = secrets
        self.drainLimit = drainLimit
    }

    /// Runs `body`, and the hooks beside it: one after another, in the order of the events, all done when this returns.
    package func serve<Result>(
        _ events: SecretEvents, isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Result
    ) async throws -> Result {
        let hooks = [HookEvent.secretRead, .keyRotated].filter(runner.has)
        guard !hooks.isEmpty else { return try await body() }
        let stream = events.events()
        return try await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in stream {
                    if let hook = HookEvent(rawValue: event.kind.rawValue), hooks.contains(hook) {
                        await runner.run(hook, event.payload(secrets))
                    }
                }
            }
            let outcome: Swift.Result<Result, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            events.finish()
            group.addTask { try? await Task.sleep(for: drainLimit) }
            await group.next()
            group.cancelAll()
            return outcome
        }.get()
    }
}

extension SecretEvent {
    /// As hooks get it.
    func payload(_ secrets: SecretSet) -> RedactedJSON {
        func text(_ text: String) -> RedactedJSON { .text(RedactedText(text, secrets: secrets)) }
        func list(_ names: [String]) -> RedactedJSON { .list(names.map(text)) }
        var members: [RedactedJSON.Member] = [
            .init("event", .text(RedactedText(own: kind))), .init("timestamp", .text(timestamp)),
        ]
        switch kind {
        case .secretRead:
            members += [
                .init("provider", provider.map(text) ?? .null), .init("present", .bool(present)),
                .init("keys", list(fields)), .init("overrides", list(overrides)),
            ]
        case .keyRotated:
            members += [.init("fingerprint", fingerprint.map(text) ?? .null), .init("providers", list(providers))]
        }
        return .object(members)
    }
}
