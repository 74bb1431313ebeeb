import Redaction
import YAML

/// Follows a chain line by line.
struct ChainCheck {
    private(set) var result = AuditReader.Verification()
    private let hash: String?
    /// Of the line before; nil before the first.
    private var digest = AuditChain.Digest.none
    /// The line before, when it is no entry, with the digest of the line before that one.
    private var other: (line: Int, follows: AuditChain.Digest, wasEntry: Bool)?

    init(hash: String?) { self.hash = hash }

    mutating func read(_ line: [UInt8], number: Int, isFinished: Bool) {
        switch AuditChain.reading(of: line) {
        case .other:
            // Only lines that were there before the first entry may follow each other.
            if let other, result.entries > 0 || other.wasEntry { return fail(other.line, Self.problem(other.wasEntry)) }
            if !isFinished {
                result.endsUnfinished = true
                return
            }
            if result.entries == 0 { result.earlierLines += 1 }
            other = (number, digest, Self.looksLikeAnEntry(line))
            digest = AuditChain.digest(of: line)
        case .entry(let previous, let claimed, let actual):
            guard claimed == actual.text.description else {
                return fail(number, "the line was changed: its hash is not that of its text")
            }
            let follows = previous == digest.text.description
            if let other {
                let note = Self.note(line)
                let isNoted = follows && note == other.follows.text.description
                if isNoted { result.unfinishedLines.append(other.line) }
                if isNoted, result.entries == 0 { result.earlierLines -= 1 }
                if !isNoted, result.entries > 0 || note != nil || other.wasEntry {
                    return fail(other.line, Self.problem(other.wasEntry))
                }
            }
            if !follows {
                return fail(
                    number,
                    number == 1
                        ? "the first line follows an earlier one, which is missing"
                        : "the line does not follow line \(number - 1): lines were removed, put in or moved")
            }
            result.entries += 1
            result.head = actual.text
            if claimed == hash { result.containsHash = true }
            digest = actual
            other = nil
        }
    }

    mutating func finish() {
        if result.broken == nil, let other, result.entries > 0 || other.wasEntry {
            fail(other.line, Self.problem(other.wasEntry))
        }
    }

    private static func problem(_ wasEntry: Bool) -> RedactedText {
        wasEntry
            ? "the line was changed: it has an entry's fields, and is not written as one"
            : "the line is no entry of this trail"
    }

    /// No other program chains its lines, so what has the fields of a chain was an entry, or the beginning of one that
    /// was not finished.
    private static func looksLikeAnEntry(_ line: [UInt8]) -> Bool {
        line.firstRange(of: Array("\"previous\"".utf8)) != nil && line.firstRange(of: Array("\"hash\"".utf8)) != nil
    }

    private mutating func fail(_ line: Int, _ problem: RedactedText) {
        result.broken = .init(line: line, problem: problem)
    }

    /// The digest that an `audit.recovered` entry says the unfinished line follows.
    private static func note(_ line: [UInt8]) -> String? {
        guard let fields = try? JSON.parse(line).map, fields["event"]?.string == AuditChain.recovered.description else {
            return nil
        }
        return fields["follows"]?.string
    }
}
