/// Redacts a stream of bytes that comes in chunks; a secret that is split across chunks is caught.
///
/// What could still become a secret is held back until it can't: no secret's form goes beyond a line (see `SecretForms`), so a line's end or
/// the stream's end settles it, and never a timer. All else passes at once. Never more is held than the longest form has bytes, also
/// when a line never ends.
///
/// Everything that any match covers is hidden; matches that overlap share the mark of the first.
public struct Redactor: Sendable {
    private let secrets: SecretSet
    /// Undecided: the beginning of what may become a match.
    private(set) var held: [UInt8] = []
    /// So many bytes of `held` are covered by a mark that has been shown.
    private var covered = 0
    /// The byte before `held`.
    private var previous: UInt8?
    private var display = TerminalSafe()

    public init(_ secrets: SecretSet) { self.secrets = secrets }

    /// What can be shown now; what could still become a match is held back.
    public mutating func feed(_ bytes: some Collection<UInt8>) -> RedactedText { redact(bytes, atEnd: false) }

    /// The stream's end: what was held back.
    public mutating func finish() -> RedactedText { redact(EmptyCollection(), atEnd: true) }

    /// The last piece and the stream's end in one.
    mutating func finish(_ bytes: some Collection<UInt8>) -> RedactedText { redact(bytes, atEnd: true) }

    private mutating func redact(_ bytes: some Collection<UInt8>, atEnd: Bool) -> RedactedText {
        var shown = ""
        if held.isEmpty, bytes.withContiguousStorageIfAvailable({ redact(text: $0, atEnd: atEnd, into: &shown) }) != nil {
            return RedactedText(alreadyRedacted: shown)
        }
        let text = held + bytes
        text.withUnsafeBufferPointer { redact(text: $0, atEnd: atEnd, into: &shown) }
        return RedactedText(alreadyRedacted: shown)
    }

    private mutating func redact(text: UnsafeBufferPointer<UInt8>, atEnd: Bool, into shown: inout String) {
        var settled = text.count
        var hiddenEnd = covered
        if let matcher = secrets.matcher() {
            var plainStart = covered
            var position = 0
            while position < text.count {
                position = matcher.candidate(in: text, from: position)
                guard position < text.count else { break }
                let finding = matcher.find(in: text, at: position, previous: position > 0 ? text[position - 1] : previous, atEnd: atEnd)
                if finding.length > 0 {
                    if position >= hiddenEnd {
                        display.append(text[plainStart..<position], to: &shown)
                        display.finish(into: &shown)
                        shown += finding.mark
                    }
                    hiddenEnd = max(hiddenEnd, position + finding.length)
                    plainStart = hiddenEnd
                }
                if finding.isOpen { settled = position; break }
                position += 1
            }
            if plainStart < settled { display.append(text[plainStart..<settled], to: &shown) }
        } else {
            display.append(text[...], to: &shown)
        }
        if settled > 0 { previous = text[settled - 1] }
        covered = max(0, hiddenEnd - settled)
        held = Array(text[settled...])
        if atEnd { display.finish(into: &shown) }
    }
}
