/// Redacts a stream of bytes that comes in chunks; a secret that is split across chunks is caught.
///
/// What could still become a secret is held back until it can't, which a line's end, the stream's end, or another byte
/// settles, and never a
/// timer. All else passes at once. Only two things continue beyond a line's end: base64 and hexadecimal text after a
/// line that looks like
/// such text, and a secret whose first characters end a long line (see `Stretch`). Never more is held than the longest
/// pattern may be written
/// with, also when a line never ends.
///
/// Everything that any match covers is hidden; matches that overlap share the mark of the first. Where a match
/// continues in another line, the
/// lines stay, each with a mark.
package struct Redactor: Sendable {
    private let secrets: SecretSet
    /// Undecided: the beginning of what may become a match.
    private(set) var held: [UInt8] = []
    /// So many bytes of `held` are covered by a mark that has been shown.
    private var covered = 0
    /// The last bytes before `held`.
    private var before: [UInt8] = []
    /// The mark that was shown last, while nothing has been shown after it.
    private var hidden: String?
    private var display = TerminalSafe()

    package init(_ secrets: SecretSet) { self.secrets = secrets }

    /// What can be shown now; what could still become a match is held back.
    package mutating func feed(_ bytes: some Collection<UInt8>) -> RedactedText { redact(bytes, atEnd: false) }

    /// The stream's end: what was held back.
    package mutating func finish() -> RedactedText { redact(EmptyCollection(), atEnd: true) }

    /// The last piece and the stream's end in one.
    mutating func finish(_ bytes: some Collection<UInt8>) -> RedactedText { redact(bytes, atEnd: true) }

    private mutating func redact(_ bytes: some Collection<UInt8>, atEnd: Bool) -> RedactedText {
        var shown = ""
        // Most tasks print nothing on one of their streams.
        if held.isEmpty, bytes.isEmpty {
            if atEnd { end(into: &shown) }
            return RedactedText(alreadyRedacted: shown)
        }
        if held.isEmpty, bytes.withContiguousStorageIfAvailable({ redact(text: $0, atEnd: atEnd, into: &shown) }) != nil
        {
            return RedactedText(alreadyRedacted: shown)
        }
        let text = held + bytes
        text.withUnsafeBufferPointer { redact(text: $0, atEnd: atEnd, into: &shown) }
        return RedactedText(alreadyRedacted: shown)
    }

    private mutating func redact(text bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool, into shown: inout String) {
        guard let matcher = secrets.matcher() else { return pass(bytes, atEnd: atEnd, into: &shown) }
        let before = before
        let settled = before.withUnsafeBufferPointer {
            search(Stretch(bytes: bytes, before: $0, atEnd: atEnd), with: matcher, into: &shown)
        }
        held = Array(bytes[settled...])
        if atEnd { end(into: &shown) } else { keep(bytes[..<settled]) }
    }

    /// Returns where it is settled what is shown.
    private mutating func search(_ text: Stretch, with matcher: Matcher, into shown: inout String) -> Int {
        let bytes = text.bytes
        var settled = bytes.count
        // Up to here all is shown or hidden.
        var done = covered
        var position = 0
        var ahead = Matcher.Ahead()
        while position < bytes.count {
            position = matcher.candidate(in: text, from: position, &ahead)
            guard position < bytes.count else { break }
            let finding = matcher.find(in: text, at: position)
            let end = position + finding.length
            if finding.length > 0, end > done {
                if position > done || (position == done && !(finding.continues && hidden == finding.mark)) {
                    show(bytes[done..<position], into: &shown)
                    display.finish(into: &shown)
                    shown += finding.mark
                    hidden = finding.mark
                }
                // The lines stay lines.
                for index in max(position, done)..<end where bytes[index] == .lineFeed {
                    shown += "\n" + (hidden ?? finding.mark)
                }
                done = end
            }
            if finding.isOpen {
                settled = startOfShortLine(text, at: position, notBefore: done)
                break
            }
            position += 1
        }
        if done < settled { show(bytes[done..<settled], into: &shown) }
        covered = max(0, done - settled)
        return settled
    }

    /// Where the line of `position` begins, when it is held back beyond its end, is short, and nothing of it has been
    /// shown or hidden yet: readers of whole lines,
    /// such as those of events, get no halves. Otherwise `position`.
    private func startOfShortLine(_ text: Stretch, at position: Int, notBefore done: Int) -> Int {
        guard text.bytes[position...].contains(.lineFeed) else { return position }
        var start = position
        while start > done, position - start < Stretch.reach, text.bytes[start - 1] != .lineFeed { start -= 1 }
        let before = text[start - 1]
        return before == nil || before == .lineFeed ? start : position
    }

    private mutating func pass(_ bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool, into shown: inout String) {
        show(bytes[covered...], into: &shown)
        (held, covered) = ([], 0)
        if atEnd { end(into: &shown) } else { keep(bytes[...]) }
    }

    /// Nothing comes after it that would have to look back.
    private mutating func end(into shown: inout String) {
        before = []
        display.finish(into: &shown)
    }

    private mutating func show(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, into shown: inout String) {
        guard !bytes.isEmpty else { return }
        display.append(bytes, to: &shown)
        hidden = nil
    }

    private mutating func keep(_ settled: Slice<UnsafeBufferPointer<UInt8>>) {
        if settled.count < Stretch.reach {
            before.removeFirst(max(0, before.count + settled.count - Stretch.reach))
        } else {
            before.removeAll(keepingCapacity: true)
        }
        before += settled[max(settled.startIndex, settled.endIndex - Stretch.reach)...]
    }
}
