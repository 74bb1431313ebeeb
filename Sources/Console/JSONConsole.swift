import Redaction
import Runs

/// The events as JSON lines, exactly as the run's journal holds them: `RunEvent.json` has the format.
struct JSONConsole: RunReader {
    private let secrets: SecretSet
    private let write: @Sendable (RedactedText) -> Void
    private var lines = LineBuffer()

    init(_ options: ConsoleOptions, write: @escaping @Sendable (RedactedText) -> Void) {
        secrets = options.secrets
        self.write = write
    }

    mutating func receive(_ event: RunEvent) { lines.append(event.json(secrets: secrets), write) }
    mutating func tick(now: Double) { lines.flush(write) }
}
