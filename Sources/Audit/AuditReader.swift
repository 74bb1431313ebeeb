import Glibc
import Redaction
import YAML

/// Reads an audit trail from its first line on, without holding more than a line of it.
package struct AuditReader: Sendable {
    package let path: String
    package init(path: String) { self.path = path }

    /// An entry as it stands in the file, by anyone who wrote there: its text is redacted again before it is shown.
    package struct Record: Sendable {
        package let line: Int
        /// Empty for a line that is not a JSON object.
        package let fields: ValueMap
        package let text: RedactedText
        package var event: String { fields["event"]?.string ?? "" }
        package var timestamp: String { fields["timestamp"]?.string ?? "" }
    }

    /// The last `limit` entries (nil: all) of an event; `secrets` also stands for `secrets.read` and the like.
    package func records(event: String? = nil, limit: Int? = nil, secrets: SecretSet) throws(AuditFailure) -> [Record] {
        var records: [Record] = []
        try forEachLine { number, line, _ in
            guard !line.isEmpty else { return true }
            let fields = (try? JSON.parse(line, file: path))?.map ?? [:]
            let name = fields["event"]?.string ?? ""
            if let event, name != event, !name.hasPrefix(event + ".") { return true }
            records.append(Record(line: number, fields: fields, text: RedactedText(line, secrets: secrets)))
            // Twice as many, so that dropping the first ones costs little.
            if let limit, records.count >= 2 * limit + 64 { records.removeFirst(records.count - limit) }
            return true
        }
        return limit.map { Array(records.suffix($0)) } ?? records
    }

    /// What a check of the whole chain found.
    package struct Verification: Sendable, Equatable {
        package var entries = 0
        /// The last entry's hash; kept elsewhere, it shows later that nothing was truncated.
        package var head: RedactedText?
        /// Lines before the first entry that another program wrote. Only the last of them is covered by the chain.
        package var earlierLines = 0
        /// Lines that were not finished, each noted by the entry after it.
        package var unfinishedLines: [Int] = []
        /// The file ends in an unfinished line; the next entry will note it.
        package var endsUnfinished = false
        /// The first line that does not belong where it is.
        package var broken: Break?
        /// Whether the hash that was asked for is an entry's.
        package var containsHash = false

        /// Of a trail that has no line.
        package init() {}

        package struct Break: Sendable, Equatable {
            package let line: Int
            package let problem: RedactedText
        }
    }

    /// Checks every line up to the first that is broken. `hash` is a head that an earlier check printed.
    package func verify(containing hash: String? = nil) throws(AuditFailure) -> Verification {
        var check = ChainCheck(hash: hash)
        try forEachLine { number, line, isFinished in
            check.read(line, number: number, isFinished: isFinished)
            return check.result.broken == nil
        }
        check.finish()
        return check.result
    }

    /// Gives the lines in order until `body` returns false. What is appended after the reading began is not read.
    private func forEachLine(_ body: (_ number: Int, _ line: [UInt8], _ isFinished: Bool) -> Bool) throws(AuditFailure)
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditFailure(path, "read", errno: errno) }
        defer { close(descriptor) }
        // A writer holds the lock from its write's first byte to its last, so the size that is seen under it is one
        // between two writes.
        var status = stat()
        _ = flock(descriptor, LOCK_SH)
        guard fstat(descriptor, &status) == 0 else { throw AuditFailure(path, "read", errno: errno) }
        _ = flock(descriptor, LOCK_UN)

        var remaining = Int(status.st_size)
        var number = 0
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while remaining > 0 {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, min($0.count, remaining)) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AuditFailure(path, "read", errno: errno) }
            if count == 0 { break }
            remaining -= count
            var rest = buffer[..<count]
            while let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                line += rest[..<feed]
                guard body(number, line, true) else { return }
                line.removeAll(keepingCapacity: true)
                rest = rest[(feed + 1)...]
            }
            line += rest
        }
        if !line.isEmpty { _ = body(number + 1, line, false) }
    }
}
