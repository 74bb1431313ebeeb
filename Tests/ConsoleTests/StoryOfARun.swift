import Redaction
import Runs
import Synchronization

@testable import Console

/// Events of a run that never was, with a clock that the test moves.
struct StoryOfARun {
    private(set) var events: [RunEvent] = []
    private(set) var clock = 1_795_465_495.0
    let secrets = SecretSet()

    mutating func wait(_ seconds: Double) { clock += seconds }
    @discardableResult mutating func tell(_ kind: RunEvent.Kind) -> RunEvent {
        let event = RunEvent(sequence: events.count + 1, time: clock, kind: kind)
        events.append(event)
        return event
    }

    mutating func start(_ hosts: [String], tasks: [RedactedText], checkMode: Bool = false) {
        tell(
            .runStarted(
                RunHeader(
                    id: "20261123-201455-gpu-3f2a", playbook: "playbooks/gpu.yml",
                    folder: "logs/runs/20261123-201455-gpu-3f2a", hosts: hosts, tasks: tasks.count, checkMode: checkMode
                )))
        tell(.playStarted(name: "Install drivers", playbook: "drivers.yml", hosts: hosts, batch: 1, batches: 1))
        for (index, name) in tasks.enumerated() {
            tell(
                .taskStarted(
                    RunEvent.TaskHeader(
                        id: index + 1, name: name, module: "apt", place: "playbooks/gpu.yml:\(12 + 3 * index):7",
                        isHandler: false)))
        }
    }

    static func outcome(
        _ status: RunEvent.Outcome.Status, message: RedactedText? = nil, returnCode: Int? = nil,
        tail: RedactedText? = nil, diff: RedactedText? = nil, duration: Double = 0.4
    ) -> RunEvent.Outcome {
        RunEvent.Outcome(
            status: status, message: message, returnCode: returnCode, tail: tail, diff: diff,
            result: #"{"changed": true}"#, duration: duration)
    }

    static func counts(ok: Int = 0, changed: Int = 0, unreachable: Int = 0, failed: Int = 0) -> HostCounts {
        var counts = HostCounts()
        counts.ok = ok
        counts.changed = changed
        counts.unreachable = unreachable
        counts.failed = failed
        return counts
    }

    func options(verbosity: Int = 0, colours: Bool = false) -> ConsoleOptions {
        var options = ConsoleOptions(verbosity: verbosity, secrets: secrets)
        options.terminal = Terminal(isTerminal: colours, isDumb: false, hasColours: colours)
        return options
    }
    func view(verbosity: Int = 0) -> FleetView {
        var view = FleetView(options(verbosity: verbosity))
        for event in events { view.apply(event) }
        return view
    }
    func lines(verbosity: Int = 0) -> [String] {
        let written = Written()
        var console = LineConsole(options(verbosity: verbosity), write: written.write)
        for event in events { console.receive(event) }
        console.tick(now: 0)
        return written.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

/// What a console wrote.
final class Written: Sendable {
    private let pieces = Mutex<[String]>([])
    var write: @Sendable (RedactedText) -> Void { { text in self.pieces.withLock { $0.append(text.description) } } }
    var text: String { pieces.withLock { $0.joined() } }
    var count: Int { pieces.withLock { $0.count } }
}
