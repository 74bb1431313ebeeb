import Redaction
import YAML

/// Follows a chain line by line.
struct ChainCheck {
    private(set) var result = AuditReader.Verification()
    private let hash: String?
    /// Of the line before; nil before the first.
    private var digest = AuditChain.Digest.none
    /// The line before, when it is no entry, with the digest of the line before that one.
    private var other: (line: Int, follows: AuditChain.Digest)?

    init(hash: String?) { self.hash = hash }

    mutating func read(_ line: [UInt8], number: Int, isFinished: Bool) {
        switch AuditChain.reading(of: line) {
        case .other:
            // Only lines that were there before the first entry may follow each other.
            if let other, result.entries > 0 { return fail(other.line, Self.noEntry) }
            if !isFinished { return result.endsUnfinished = true }
            if result.entries == 0 { result.earlierLines += 1 }
            other = (number, digest)
            digest = AuditChain.digest(of: line)
        case .entry(let previous, let claimed, let actual):
            guard claimed == actual.text.description else { return fail(number, "the line was changed: its hash is not that of its text") }
            let follows = previous == digest.text.description
            if let other {
                let note = Self.note(line), isNoted = follows && note == other.follows.text.description
                if isNoted { result.unfinishedLines.append(other.line) }
                if isNoted, result.entries == 0 { result.earlierLines -= 1 }
                if !isNoted, result.entries > 0 || note != nil { return fail(other.line, Self.noEntry) }
            }
            if !follows {
                return fail(number, number == 1 ? "the first line follows an earlier one, which is missing" : "the line does not follow line \(number - 1): lines were removed, put in or moved")
            }
            result.entries += 1
            result.head = actual.text
            if claimed == hash { result.containsHash = true }
            digest = actual
            other = nil
        }
    }

    mutating func finish() {
        if result.broken == nil, result.entries > 0, let other { fail(other.line, Self.noEntry) }
    }

    private static let noEntry: RedactedText = "the line is no entry of this trail"
    private mutating func fail(_ line: Int, _ problem: RedactedText) { result.broken = .init(line: line, problem: problem) }

    /// The digest that an `audit.recovered` entry says the unfinished line follows.
    private static func note(_ line: [UInt8]) -> String? {
        guard let fields = try? JSON.parse(line).map, fields["event"]?.string == AuditChain.recovered.description else { return nil }
        return fields["follows"]?.string
    }
}
