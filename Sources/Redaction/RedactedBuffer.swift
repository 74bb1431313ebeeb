/// Redacted text in the making, as UTF-8: what goes to files and terminals is put together here, without a `String` for
/// each piece.
package struct RedactedBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    package init() {}

    /// In bytes.
    package var count: Int { bytes.count }
    package var isEmpty: Bool { bytes.isEmpty }
    package var text: RedactedText { RedactedText(alreadyRedacted: String(decoding: bytes, as: UTF8.self)) }

    package mutating func append(_ text: RedactedText) { bytes.append(text.description) }

    /// On one line, without spaces. `ascii` writes other characters as `\u` escapes.
    package mutating func append(_ json: RedactedJSON, ascii: Bool = false) { json.write(to: &bytes, ascii: ascii) }

    /// Each line of a text that ends with a line's end, with something in front of it.
    package mutating func append(linesOf text: RedactedText, first: RedactedText, others: RedactedText) {
        var text = text.description
        var front = Array(first.description.utf8)
        let others = Array(others.description.utf8)
        text.withUTF8 { text in
            var start = 0
            while start < text.count {
                let end = Swift.min(text.count, text.firstIndex(from: start) { $0 == .lineFeed ? 1 : 0 } + 1)
                bytes.append(contentsOf: front)
                bytes.append(contentsOf: text[start..<end])
                start = end
                front = others
            }
        }
    }

    package mutating func removeAll(keepingCapacity: Bool = false) { bytes.removeAll(keepingCapacity: keepingCapacity) }

    /// The pointer must not outlive the call.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer(body)
    }
}

extension [UInt8] {
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
