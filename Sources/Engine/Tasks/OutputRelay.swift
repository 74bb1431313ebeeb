import Redaction
import Remote
import Runs
import Synchronization

/// Passes a task's output on to the run's readers as it comes, each stream through a redactor of its own.
final class OutputRelay: Sendable {
    private struct Streams: Sendable {
        var stdout: Redactor, stderr: Redactor
    }
    private let host: String
    private let task: Int
    private let events: RunEvents
    private let streams: Mutex<Streams>

    init(host: String, task: Int, events: RunEvents, secrets: SecretSet) {
        self.host = host
        self.task = task
        self.events = events
        streams = Mutex(Streams(stdout: Redactor(secrets), stderr: Redactor(secrets)))
    }

    /// Returns when there is room for more.
    func receive(_ chunk: OutputChunk) async {
        let text = streams.withLock {
            chunk.stream == .stdout ? $0.stdout.feed(chunk.bytes) : $0.stderr.feed(chunk.bytes)
        }
        emit(text, chunk.stream)
        await events.room()
    }

    /// The task is over: what was held back.
    func finish() {
        let (stdout, stderr) = streams.withLock { ($0.stdout.finish(), $0.stderr.finish()) }
        emit(stdout, .stdout)
        emit(stderr, .stderr)
    }

    private func emit(_ text: RedactedText, _ stream: OutputChunk.Stream) {
        guard !text.isEmpty else { return }
        events.emit(.hostOutput(host: host, task: task, stream: stream.rawValue, text: text))
    }
}
