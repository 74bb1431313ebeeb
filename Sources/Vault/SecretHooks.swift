import Glibc
public import Redaction
import Subprocess
import YAML

/// Runs the operator's executables for the vault's events: `config/hooks/on_security_secret_read` and
/// `config/hooks/on_security_key_rotated`.
///
/// A hook gets the event as one JSON object on stdin: names and counts, never a value, and none of the vault's variables
/// in its environment. It has ten seconds. What it prints goes nowhere; that it failed is a warning, and never more.
public struct SecretHooks: Sendable {
    private let folder: String
    private let environment: [String: String]
    private let timeLimit: Duration
    private let drainLimit: Duration
    private let warn: @Sendable (RedactedText) -> Void

    /// - Parameters:
    ///   - environment: given to the hooks, without the vault's key and overrides.
    ///   - timeLimit: for one hook, after which it is killed.
    ///   - drainLimit: how long the end of the command waits for hooks that are still to run.
    ///   - warn: told of a hook that failed.
    public init(folder: String = "config/hooks", environment: [String: String], timeLimit: Duration = .seconds(10), drainLimit: Duration = .seconds(30),
                warn: @escaping @Sendable (RedactedText) -> Void) {
        self.folder = folder
        self.environment = environment.filter { $0.key != VaultFiles.keyVariable && !$0.key.hasPrefix(EnvironmentOverrides.prefix) }
        self.timeLimit = timeLimit
        self.drainLimit = drainLimit
        self.warn = warn
    }

    /// Runs `body`, and the hooks beside it: one after another, in the order of the events, all done when this returns.
    public func serve<Result>(_ events: SecretEvents, isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Result) async throws -> Result {
        let hooks = [SecretEvent.Kind.secretRead, .keyRotated].filter { access(path(of: $0), F_OK) == 0 }
        guard !hooks.isEmpty else { return try await body() }
        let stream = events.events()
        return try await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in stream where hooks.contains(event.kind) { await run(event) }
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

    private func path(of kind: SecretEvent.Kind) -> String { "\(folder)/\(kind.rawValue)" }

    private func run(_ event: SecretEvent) async {
        let hook = path(of: event.kind)
        var status = stat()
        guard stat(hook, &status) == 0 else { return }
        if status.st_mode & 0o022 != 0 {
            return complain(event, "others may write to it, so it was not run")
        }
        let input = Array((JSON.text(.dict(event.fieldsForHook)) + "\n").utf8)
        do {
            let ended = try await withThrowingTaskGroup(of: Bool?.self) { group in
                group.addTask {
                    var options = PlatformOptions()
                    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .milliseconds(500))]
                    let variables = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
                    let stdin = FileDescriptorInput.fileDescriptor(.init(rawValue: try Self.unnamedFile(input)), closeAfterSpawningProcess: true)
                    return try await Subprocess.run(.path(.init(hook)), environment: .custom(variables), platformOptions: options,
                                                    input: stdin, output: .discarded, error: .discarded).terminationStatus.isSuccess
                }
                group.addTask {
                    try await Task.sleep(for: timeLimit)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            switch ended {
            case .some(true): break
            case .some(false): complain(event, "it failed")
            case .none: complain(event, "it was stopped at its time limit")
            }
        } catch {
            complain(event, "it could not be run: is it executable?")
        }
    }

    /// The event as a file without a name. Not a pipe: a hook may end without reading it, and then writing to a pipe
    /// fails, which swift-subprocess 1.0 answers by ending the whole process.
    private static func unnamedFile(_ bytes: [UInt8]) throws(VaultError) -> Int32 {
        var path = Array("/tmp/comfyfleet-hook-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw PrivateFile.failure("cannot hold a hook's input", "/tmp") }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
            close(descriptor)
            throw PrivateFile.failure("cannot hold a hook's input", "/tmp")
        }
        return descriptor
    }

    private func complain(_ event: SecretEvent, _ problem: RedactedText) {
        let name: RedactedText = switch event.kind {
        case .secretRead: "on_security_secret_read"
        case .keyRotated: "on_security_key_rotated"
        }
        warn("hook " as RedactedText + name + ": " + problem)
    }
}

extension SecretEvent {
    var fieldsForHook: ValueMap {
        var fields: ValueMap = ["event": .string(kind.rawValue), "timestamp": .string(timestamp)]
        func list(_ names: [String]) -> Value { .list(names.map(Value.string)) }
        switch kind {
        case .secretRead:
            fields["provider"] = provider.map(Value.string) ?? .null
            fields["present"] = .bool(present)
            fields["keys"] = list(self.fields)
            fields["overrides"] = list(overrides)
        case .keyRotated:
            fields["fingerprint"] = fingerprint.map(Value.string) ?? .null
            fields["providers"] = list(providers)
        }
        return fields
    }
}
