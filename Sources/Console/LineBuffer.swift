import Redaction

/// Lines that go out together: a write, and the wake-up of whoever reads it, cost more than a line.
struct LineBuffer: Sendable {
    private var buffer = RedactedBuffer()
    /// In bytes; more goes out at once.
    private static let capacity = 64 << 10

    mutating func append(_ text: RedactedText, _ write: (RedactedText) -> Void) {
        buffer.append(text)
        flushWhenFull(write)
    }

    mutating func append(_ json: RedactedJSON, _ write: (RedactedText) -> Void) {
        buffer.append(json)
        buffer.append("\n")
        flushWhenFull(write)
    }

    mutating func append(
        linesOf text: RedactedText, first: RedactedText, others: RedactedText, _ write: (RedactedText) -> Void
    ) {
        buffer.append(linesOf: text, first: first, others: others)
        flushWhenFull(write)
    }

    private mutating func flushWhenFull(_ write: (RedactedText) -> Void) {
        if buffer.count >= Self.capacity { flush(write) }
    }

    mutating func flush(_ write: (RedactedText) -> Void) {
        guard !buffer.isEmpty else { return }
        write(buffer.text)
        buffer.removeAll(keepingCapacity: true)
    }
}
