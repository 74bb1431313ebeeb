import Glibc
import Subprocess
import Support

/// A local process as a command's stream, in a session and process group of its own.
///
/// swift-subprocess gives a process for the length of a closure; a stream is open until it is closed. So one task,
/// owned by
/// this actor and awaited in `close()`, stays in that closure for as long as the process lives.
actor LocalProcessStream: CommandStream {
    private let output = RendezvousChannel<OutputChunk>()
    private var writer: StandardInputWriter?
    private var runner: Task<Int32?, Never>?

    /// Starts `arguments[0]`, looked for in PATH. Throws `Unreachable` when it can't be started.
    static func start(_ arguments: [String]) async throws -> LocalProcessStream {
        let process = LocalProcessStream()
        try await process.launch(arguments)
        return process
    }

    private func launch(_ arguments: [String]) async throws {
        // A write to a process that has ended is an error here, not the end of this program; children get the default
        // back.
        signal(SIGPIPE, SIG_IGN)
        guard let program = arguments.first else { throw Unreachable(.connect, "the command is empty") }
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let configuration = Configuration(
            executable: program.contains("/") ? .path(.init(program)) : .name(program),
            arguments: .init(Array(arguments.dropFirst())),
            environment: Self.environment, platformOptions: platform)
        let (started, start) = AsyncThrowingStream.makeStream(of: StandardInputWriter.self)
        let output = output
        runner = Task {
            do {
                let result = try await Subprocess.run(
                    configuration, input: .inputWriter, output: .sequence, error: .sequence
                ) { execution in
                    start.yield(execution.standardInputWriter)
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { await Self.pass(execution.standardOutput, as: .stdout, to: output) }
                        group.addTask { await Self.pass(execution.standardError, as: .stderr, to: output) }
                    }
                    output.finish()
                }
                return switch result.terminationStatus {
                case .exited(let status): status
                case .signaled(let signal): 128 + signal
                }
            } catch {
                start.finish(throwing: Unreachable(.connect, "can't start \(program): \(error)"))
                output.finish()
                return nil
            }
        }
        for try await writer in started {
            self.writer = writer
            return
        }
        throw CancellationError()
    }

    private static func pass(
        _ bytes: SubprocessOutputSequence, as stream: OutputChunk.Stream, to output: RendezvousChannel<OutputChunk>
    ) async {
        do {
            for try await buffer in bytes {
                let chunk = OutputChunk(stream, buffer.withUnsafeBytes { Array($0) })
                guard await output.send(chunk) else { return }
            }
        } catch {}  // a pipe that can't be read has ended
    }

    /// This program's, without its own secrets.
    private static var environment: Environment {
        .custom(
            Dictionary(
                uniqueKeysWithValues: ChildEnvironment.clean.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        )
    }

    func read() async throws -> OutputChunk? { try await output.receive() }

    func write(_ bytes: [UInt8]) async throws {
        guard let writer else { throw Unreachable(.linkLost, "the process has ended") }
        do {
            guard try await writer.write(bytes) == bytes.count else {
                throw Unreachable(.linkLost, "the process has ended")
            }
        } catch let error as SubprocessError {
            throw Unreachable(.linkLost, "the process does not read any more: \(error)")
        }
    }

    func finishWriting() async throws { try await writer?.finish() }

    func exitStatus() async throws -> Int32? { await runner?.value }

    /// Ends the input; a process that has not ended a second later is ended with its process group.
    func close() async {
        try? await writer?.finish()
        output.finish(discarding: true)
        guard let runner else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await runner.value }
            group.addTask {
                try? await Task.sleep(for: .seconds(1))
                runner.cancel()
            }
            await group.next()
            group.cancelAll()
        }
    }
}
