import Glibc
import Redaction
import Subprocess
import Support

/// Runs the operator's executables for events: `config/hooks/<event>`.
///
/// A hook is run when it belongs to root or to this user, and nobody else may write to it or to a folder on the way to
/// it. It gets the event as one JSON object on stdin: names, counts and redacted text, never a value. It has ten
/// seconds. What it prints goes nowhere;
/// that it failed is a warning, and never more.
package struct HookRunner: Sendable {
    private let folder: String
    private let environment: [String: String]
    private let secrets: SecretSet
    private let timeLimit: Duration
    private let warn: @Sendable (RedactedText) -> Void

    /// - Parameters:
    ///   - environment: given to the hooks; without what opens the vault, please.
    ///   - secrets: not shown in a warning either.
    ///   - timeLimit: for one hook, after which it is killed.
    ///   - warn: called for a hook that failed.
    package init(
        folder: String = "config/hooks", environment: [String: String], secrets: SecretSet,
        timeLimit: Duration = .seconds(10), warn: @escaping @Sendable (RedactedText) -> Void
    ) {
        self.folder = folder
        self.environment = environment
        self.secrets = secrets
        self.timeLimit = timeLimit
        self.warn = warn
    }

    /// Whether there is an executable for the event.
    package func has(_ event: HookEvent) -> Bool { access(path(of: event), F_OK) == 0 }

    private func path(of event: HookEvent) -> String { "\(folder)/\(event.rawValue)" }

    /// Returns when the hook has ended or its time is over. When the task is cancelled the hook is killed.
    package func run(_ event: HookEvent, _ payload: RedactedJSON) async {
        let hook = path(of: event)
        // Nobody else can change anything on a path that passes this, so what was checked is what is run.
        do throws(FileProblem) { _ = try PrivateFile.open(hook, for: .program, PrivateFile.toLookAt) } catch {
            if error.isMissing { return }
            return complain(event, "it was not run: \(RedactedText(error.description, secrets: secrets))")
        }
        let input = Array((payload.encoded().description + "\n").utf8)
        do {
            let ended = try await withThrowingTaskGroup(of: Bool?.self) { group in
                group.addTask {
                    var options = PlatformOptions()
                    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .milliseconds(500))]
                    let variables = Dictionary(
                        uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
                    guard let descriptor = Self.unnamedFile(input) else { return false }
                    let stdin = FileDescriptorInput.fileDescriptor(
                        .init(rawValue: descriptor), closeAfterSpawningProcess: true)
                    return try await Subprocess.run(
                        .path(.init(hook)), environment: .custom(variables), platformOptions: options,
                        input: stdin, output: .discarded, error: .discarded
                    ).terminationStatus.isSuccess
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
        } catch is CancellationError {
            complain(event, "it was stopped: the command has ended")
        } catch {
            complain(event, "it could not be run: is it executable?")
        }
    }

    /// The event as a file without a name. Not a pipe: a hook may end without reading it, and then writing to a pipe
    /// fails, which swift-subprocess 1.0 answers by ending the whole process.
    private static func unnamedFile(_ bytes: [UInt8]) -> Int32? {
        var path = Array("/tmp/comfyfleet-hook-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private func complain(_ event: HookEvent, _ problem: RedactedText) { warn("hook \(event.name): \(problem)") }
}
