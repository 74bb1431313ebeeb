import Playbook
import Redaction
import Remote
import Runs
import YAML

/// One command on many hosts, as `comfyfleet exec` runs it: one channel for each host, and no session or shell of our
/// own.
package struct CommandRun: Sendable {
    private let command: String
    private let hosts: [String]
    private let forks: Int
    private let timeout: Duration?
    /// Of each stream, for the result; what is streamed is not cut.
    private static let keptOutput = 1 << 20

    package init(_ command: String, hosts: [String], forks: Int, timeout: Duration? = nil) {
        self.command = command
        self.hosts = hosts
        self.forks = max(1, forks)
        self.timeout = timeout
    }

    private enum HostResult: Sendable {
        case finished(HostCounts)
        /// By a stop. `mayGoOn`: on the host, as far as is known.
        case cutOff(mayGoOn: Bool)
    }
    private enum Happening: Sendable {
        case ended(host: String, HostResult)
        case stopRequested
        case endsNow
        case nothing
    }

    /// - Parameter connections: `HostConnections` of the run.
    package func perform(
        _ header: RunHeader, connections: HostConnections, events: RunEvents, secrets: SecretSet, stop: StopRequest
    ) async -> RunSummary {
        let clock = ContinuousClock()
        let started = clock.now
        var header = header
        header.hosts = hosts
        header.tasks = 1
        events.emit(.runStarted(header))
        events.emit(
            .taskStarted(
                .init(
                    id: 1, name: RedactedText(command, secrets: secrets), module: "exec", place: "command line",
                    isHandler: false)))
        var counts: [String: HostCounts] = [:]
        var cutOff: [(host: String, mayGoOn: Bool)] = []
        var waiting = hosts[...]
        // Where half of the hosts are, or all: a host that ends need not wake another thread.
        await withTaskExecutorPreference(connections.executor(for: hosts.first ?? "")) {
            await withTaskGroup(of: Happening.self) { group in
                group.addTask { await stop.wait() == nil ? .nothing : .stopRequested }
                var running = 0
                func startNext() {
                    guard let host = waiting.popFirst() else { return }
                    running += 1
                    group.addTask(executorPreference: connections.executor(for: host)) {
                        .ended(host: host, await run(on: host, connections, events, secrets, stop))
                    }
                }
                for _ in 0..<forks { startNext() }
                while running > 0, let happening = await group.next() {
                    switch happening {
                    case .ended(let host, let result):
                        running -= 1
                        switch result {
                        case .finished(let count): counts[host] = count
                        case .cutOff(let mayGoOn): cutOff.append((host, mayGoOn))
                        }
                        startNext()
                    case .stopRequested:
                        waiting = []
                        group.addTask {
                            _ = await stop.isLeft()
                            return .endsNow
                        }
                        if stop.reason == .interrupted, running > 0 {
                            events.emit(
                                .stopping(
                                    "stopping: ending what runs on \(running) hosts; Ctrl-C again leaves it running"))
                        }
                    case .endsNow: group.cancelAll()
                    case .nothing: break
                    }
                }
                group.cancelAll()
            }
        }
        await connections.close()
        let ended = hosts.map { ($0, counts[$0] ?? HostCounts()) }
        let left = ended.filter { $0.1 == HostCounts() }.count
        var exitCode: Int32 = ended.contains { $0.1.failed > 0 } ? 2 : 0
        if ended.contains(where: { $0.1.unreachable > 0 }) { exitCode |= 4 }
        var note: RedactedText?
        if let reason = stop.reason {
            exitCode = 130
            note = "\(reason.text(secrets)); hosts that had not finished: \(left)"
            let goingOn = cutOff.filter(\.mayGoOn)
            if !goingOn.isEmpty {
                let names = goingOn.prefix(5).map { RedactedText($0.host, secrets: secrets) }.joined(separator: ", ")
                let more: RedactedText = goingOn.count > 5 ? " and \(goingOn.count - 5) more" : ""
                note = note.map { $0 + "; the command may still run on \(names)\(more)" }
            } else if !cutOff.isEmpty {
                note = note.map { $0 + "; the command was ended on \(cutOff.count)" }
            }
        }
        let summary = RunSummary(hosts: ended, exitCode: exitCode, duration: (clock.now - started).seconds, note: note)
        events.emit(.runFinished(summary))
        return summary
    }

    private func run(
        on host: String, _ connections: HostConnections, _ events: RunEvents, _ secrets: SecretSet, _ stop: StopRequest
    ) async -> HostResult {
        let clock = ContinuousClock()
        let started = clock.now
        events.emit(.hostTaskStarted(host: host, task: 1))
        let relay = OutputRelay(host: host, task: 1, events: events, secrets: secrets)
        do {
            let result = try await finish(on: host, connections, stop) { await relay.receive($0) }
            relay.finish()
            let status: RunEvent.Outcome.Status = result.failed ? .failed : .ok
            let presentation = ResultPresentation(secrets: secrets, isHidden: false, showsDiff: false)
            events.emit(
                .hostTaskFinished(
                    host: host, task: 1,
                    outcome: presentation.outcome(result, of: "exec", status, (clock.now - started).seconds)))
            var count = HostCounts()
            if result.failed { count.failed = 1 } else { count.ok = 1 }
            return .finished(count)
        } catch let cut as CutOff {
            relay.finish()
            return .cutOff(mayGoOn: cut.mayGoOn)
        } catch is CancellationError {
            relay.finish()
            return .cutOff(mayGoOn: false)
        } catch {
            relay.finish()
            events.emit(
                .hostUnreachable(host: host, task: 1, message: RedactedText("\(error)", secrets: secrets).onOneLine()))
            var count = HostCounts()
            count.unreachable = 1
            return .finished(count)
        }
    }

    /// A stop has cut the command off.
    private struct CutOff: Error { var mayGoOn: Bool }

    private func finish(
        on host: String, _ connections: HostConnections, _ stop: StopRequest,
        _ output: @escaping @Sendable (OutputChunk) async -> Void
    ) async throws -> TaskResult {
        let transport = try await connections.transport(to: host)
        do {
            let result = try await runCommand(transport, output)
            await transport.close()
            return result
        } catch is CancellationError {
            // Its own task: this one is cancelled already.
            let hasEnded = await Task { await Self.end(transport, unless: stop) }.value
            throw CutOff(mayGoOn: !hasEnded)
        } catch {
            await transport.close()
            throw error
        }
    }

    private static func end(_ transport: any Transport, unless stop: StopRequest) async -> Bool {
        let hasEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await transport.endCommands() }
            group.addTask { await !stop.waitToLeave() }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        await transport.close()
        return hasEnded
    }

    private func runCommand(
        _ transport: any Transport, _ output: @escaping @Sendable (OutputChunk) async -> Void
    ) async throws -> TaskResult {
        let stream = try await transport.open(command)
        do { return try await follow(stream, of: transport, output) } catch {
            await stream.close()
            throw error
        }
    }

    private func follow(
        _ stream: any CommandStream, of transport: any Transport,
        _ output: @escaping @Sendable (OutputChunk) async -> Void
    ) async throws -> TaskResult {
        try await withThrowingTaskGroup(of: TaskResult?.self) { group in
            group.addTask { try await Self.read(stream, output, unreached: transport.statusOfUnreached) }
            if let timeout {
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
            }
            defer { group.cancelAll() }
            let result = try await group.next() ?? nil
            await stream.close()
            return result ?? .failure("Timed out after \(timeout?.components.seconds ?? 0) second(s).")
        }
    }

    private static func read(
        _ stream: any CommandStream, _ output: @Sendable (OutputChunk) async -> Void, unreached: Int32?
    ) async throws -> TaskResult {
        try await stream.finishWriting()
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        while let chunk = try await stream.read() {
            await output(chunk)
            if chunk.stream == .stdout { keep(chunk.bytes, in: &stdout) } else { keep(chunk.bytes, in: &stderr) }
        }
        guard let status = try await stream.exitStatus() else {
            throw Unreachable(.linkLost, "the link was lost before the command's status came")
        }
        if status == unreached {
            let said =
                String(decoding: stderr, as: UTF8.self).split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            throw Unreachable(
                .connect, "ssh ended with status \(status)\(said)",
                remedy: "see whether the ssh_command reaches the host by hand")
        }
        var result = TaskResult()
        result.failed = status != 0
        result.hasRun = true
        result.values = [
            "rc": .int(Int(status)), "stdout": .string(String(decoding: stdout, as: UTF8.self)),
            "stderr": .string(String(decoding: stderr, as: UTF8.self)),
        ]
        if status != 0 { result.message = "non-zero return code" }
        return result
    }

    /// The beginning and, of what is too much, no more.
    private static func keep(_ bytes: [UInt8], in kept: inout [UInt8]) {
        if kept.count < keptOutput { kept += bytes.prefix(keptOutput - kept.count) }
    }
}
