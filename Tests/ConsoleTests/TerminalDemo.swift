import Foundation
import Redaction
import Runs
import Testing

@testable import Console

/// Not a check: a run of a thousand hosts to look at, in a terminal of one's own.
///
///     COMFYFLEET_DEMO_TERMINAL=$(tty) swift test --filter TerminalDemo
@Suite(.enabled(if: ProcessInfo.processInfo.environment["COMFYFLEET_DEMO_TERMINAL"] != nil)) struct TerminalDemo {
    @Test func aThousandHosts() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["COMFYFLEET_DEMO_TERMINAL"])
        let terminal = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let descriptor = terminal.fileDescriptor
        var options = ConsoleOptions(secrets: SecretSet())
        options.terminal = Terminal(isTerminal: true, isDumb: false, hasColours: true)
        let console = LiveConsole(options, write: { _ = DescriptorOutput.write($0, to: descriptor) }) {
            Terminal.size(of: descriptor)
        }
        let (events, feed) = AsyncStream.makeStream(of: RunEvent.self)
        async let shown: Void = RunDisplay.show(events, console)
        await DemoRun { feed.yield($0) }.play()
        feed.finish()
        await shown
    }
}

private enum DescriptorOutput {
    static func write(_ text: RedactedText, to descriptor: Int32) -> Int {
        var text = text.description
        return text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// Five tasks on a thousand hosts, 64 at a time, in about fifteen seconds.
private struct DemoRun {
    let emit: (RunEvent.Kind) -> Void
    init(_ yield: @escaping (RunEvent) -> Void) {
        var sequence = 0
        emit = { kind in
            sequence += 1
            yield(RunEvent(sequence: sequence, time: WallClock.now, kind: kind))
        }
    }

    func play() async {
        let hosts = (1...1000).map { "gpu-\($0).lab" }
        let tasks: [RedactedText] = [
            "Gather facts", "Refresh the package lists", "Install the driver", "Write the configuration",
            "Restart the service",
        ]
        emit(
            .runStarted(
                RunHeader(
                    id: "20261123-201455-gpu-3f2a", playbook: "playbooks/gpu.yml",
                    folder: "logs/runs/20261123-201455-gpu-3f2a", hosts: hosts, tasks: tasks.count, checkMode: false)))
        emit(.playStarted(name: "Install drivers", playbook: "drivers.yml", hosts: hosts, batch: 1, batches: 1))
        var alive = hosts
        for (index, task) in tasks.enumerated() {
            emit(
                .taskStarted(
                    RunEvent.TaskHeader(
                        id: index + 1, name: task, module: "apt", place: "playbooks/gpu.yml:\(12 + index * 4):7",
                        isHandler: false)))
            for start in stride(from: 0, to: alive.count, by: 64) {
                let batch = alive[start..<min(start + 64, alive.count)]
                for host in batch { emit(.hostTaskStarted(host: host, task: index + 1)) }
                if let talker = batch.first {
                    emit(
                        .hostOutput(
                            host: talker, task: index + 1, stream: "stdout",
                            text:
                                "Reading package lists...\nUnpacking nvidia-driver (535.183.01-1~deb12u1) …\n日本語 \(start) %"
                        ))
                }
                try? await Task.sleep(for: .milliseconds(180))
                for (offset, host) in batch.enumerated() {
                    if index == 2, offset == 7 {
                        emit(
                            .hostTaskFinished(
                                host: host, task: 3,
                                outcome: .init(
                                    status: .failed, message: "apt-get install failed", returnCode: 100,
                                    tail: "E: Unable to locate package nvidia-driver\n", result: "{}", duration: 3.2)))
                        alive.removeAll { $0 == host }
                    } else {
                        emit(
                            .hostTaskFinished(
                                host: host, task: index + 1,
                                outcome: .init(
                                    status: offset % 3 == 0 && index > 1 ? .changed : .ok, result: "{}", duration: 0.2))
                        )
                    }
                }
            }
            if index == 1 {
                emit(
                    .hostUnreachable(
                        host: "gpu-500.lab", task: 2, message: "the link broke and did not come back within 60 s"))
                alive.removeAll { $0 == "gpu-500.lab" }
            }
        }
        let lost = Set(hosts).subtracting(alive)
        emit(
            .runFinished(
                RunSummary(
                    hosts: hosts.map { host in
                        var counts = HostCounts()
                        counts.ok = 5
                        if lost.contains(host) {
                            counts.ok = 2
                            if host == "gpu-500.lab" { counts.unreachable = 1 } else { counts.failed = 1 }
                        }
                        return (host, counts)
                    }, exitCode: 6, duration: 15, note: nil)))
    }
}
