import Glibc
import Runs
import Subprocess
import Synchronization
import YAML

/// Starts the processes of runs, and keeps them until they end.
///
/// A run is a process of its own, `comfyfleet run` as anybody could have typed it, in a session of its own: it goes on
/// when the daemon is killed, and a crash of one run
/// takes no other with it. Its standard input is a file that it holds locked: the kernel lets go of the lock when the
/// last copy of that descriptor is closed, so the
/// next daemon can tell for certain whether the process lives, without trusting a process id.
final class RunKeeper: Sendable {
    private let state: StateFolder
    private let program: String
    private let probe: RunProbe
    private let showsOutput: Bool
    private let processes = Mutex<[String: pid_t]>([:])

    /// - Parameters:
    ///   - program: `comfyfleet` itself.
    ///   - showsOutput: what processes print goes where this one's goes, and not to a file.
    init(state: StateFolder, program: String, archive: RunArchive, showsOutput: Bool) {
        (self.state, self.program, self.showsOutput) = (state, program, showsOutput)
        probe = RunProbe(archive: archive)
    }

    /// Starts the process of a fire, unless one lives, and returns when it has ended.
    func start(_ fire: Fire, job: Job?) async -> RunEnd {
        guard let run = fire.run else { return .notBegun }
        let arguments: [String]
        switch fire.start {
        case .begin:
            guard let job else { return .exited(1, note: "the job is not in the file any more") }
            arguments = job.arguments(run: run, due: fire.due)
        case .resume: arguments = ["resume", "--format=lines", "--", run]
        case .retry: arguments = ["resume", "--format=lines", "--failed", "--", run]
        }
        do {
            guard let lock = try state.processLock(run) else { return await adopt(fire) }
            return try await carryOut(fire, run, arguments, lock)
        } catch {
            return .exited(1, note: "\(error)")
        }
    }

    private func carryOut(_ fire: Fire, _ run: String, _ arguments: [String], _ lock: Int32) async throws -> RunEnd {
        var options = PlatformOptions()
        options.createSession = true
        // Where the daemon itself fails, its runs stop in order.
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(300))]
        let input = FileDescriptorInput.fileDescriptor(.init(rawValue: lock), closeAfterSpawningProcess: true)
        let status: TerminationStatus
        if showsOutput {
            status = try await Subprocess.run(
                .path(.init(program)), arguments: .init(arguments), platformOptions: options, input: input,
                output: .currentStandardOutput, error: .currentStandardError
            ) { self.note(fire.id, $0.processIdentifier.value) }.terminationStatus
        } else {
            let path = state.outputPath(run)
            let output: Int32
            do { output = try StateFolder.open(path, O_WRONLY | O_CREAT | O_APPEND) } catch {
                close(lock)
                throw error
            }
            status = try await Subprocess.run(
                .path(.init(program)), arguments: .init(arguments), platformOptions: options, input: input,
                output: .fileDescriptor(.init(rawValue: output), closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) {
                self.note(fire.id, $0.processIdentifier.value)
            }.terminationStatus
        }
        processes.withLock { $0[fire.id] = nil }
        guard case .exited(let code) = status else { return probe.end(of: fire) }
        return .exited(Int(code), note: code == 1 ? lastLine(of: run) : probe.note(of: run))
    }

    private func note(_ fire: String, _ process: pid_t) { processes.withLock { $0[fire] = process } }

    /// Waits for the process of a fire that an earlier daemon has begun, if it lives, and tells what became of it.
    func adopt(_ fire: Fire) async -> RunEnd {
        while let run = fire.run, state.isAlive(run) {
            do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
        }
        return probe.end(of: fire)
    }

    /// To the process of a fire, while it lives.
    func signal(_ fire: Fire, _ signal: ScheduleMachine.Signal) {
        guard let run = fire.run, state.isAlive(run) else { return }
        let folder = RunFolder(id: run, path: probe.archive.parent + "/" + run)
        let process =
            processes.withLock { $0[fire.id] }
            ?? (RunLock.isHeld(folder) ? RunLock.holder(folder).map { pid_t($0) } : nil)
        if let process, process > 1 { kill(process, signal == .kill ? SIGKILL : SIGTERM) }
    }

    /// What it said last; it was redacted when it was printed.
    private func lastLine(of run: String) -> String? {
        guard let bytes = try? TextFile.bytes(of: state.outputPath(run)),
            let line = bytes.split(separator: UInt8(ascii: "\n")).last
        else { return nil }
        return String(decoding: line.prefix(1000), as: UTF8.self)
    }
}
