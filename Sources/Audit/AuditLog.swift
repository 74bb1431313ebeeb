import Glibc
import Redaction
import Support
import Synchronization

/// The append-only, hash-chained audit trail (`logs/security.log`): JSON lines, created with mode 0600.
///
/// Any number of threads and processes may append to the same file. Every entry holds the digest of the line before it
/// and its own
/// (see `AuditChain`), so that a change, an insertion or a removal breaks the chain where it was made;
/// `AuditReader.verify` finds it.
/// What a chain alone cannot show is that it was truncated: for that, keep the head that `comfyfleet audit verify`
/// prints somewhere
/// else, and let `--contains` look for it later.
package final class AuditLog: Sendable {
    package struct Entry: Sendable {
        /// `secrets.read`, `run.started`, `credentials.resolved`, …
        package var event: RedactedText
        /// Besides `event`, `timestamp` and `logger`, which every entry has, and `previous` and `hash`, which chain it.
        package var fields: [(name: RedactedText, value: AuditValue)]
        package init(_ event: RedactedText, _ fields: [(name: RedactedText, value: AuditValue)] = []) {
            self.event = event
            self.fields = fields
        }
    }

    package let path: String
    private let sinks: AuditSinks?
    /// Threads queue here rather than at the file's lock, which has to be polled.
    private let turn = Mutex<Void>(())

    /// - Parameter sinks: where the entries go besides.
    package init(path: String, sinks: AuditSinks? = nil) {
        self.path = path
        self.sinks = sinks
    }

    /// `COMFYVN_SECURITY_LOG_FILE`, else `logs/security.log`.
    package static func path(in environment: [String: String]) -> String {
        if let path = environment["COMFYVN_SECURITY_LOG_FILE"], !path.isEmpty {
            return expandingTilde(
                path,
                home: environment["HOME"] ?? getpwuid(geteuid()).flatMap {
                    $0.pointee.pw_dir.map { String(cString: $0) }
                } ?? "~")
        }
        return "logs/security.log"
    }

    /// Writes the entries with one write and one sync; when it returns, they are on the disk. When it throws, none of
    /// them counts, and
    /// whoever needs them to exist must fail too.
    ///
    /// Blocks for a short write to a local file, and while another process does the same; so give it all the entries of
    /// a step at once. Where there are sinks it also
    /// blocks for as long as they take: a task that can wait calls `appendOffPool`.
    package func append(_ entries: [Entry]) throws(AuditFailure) {
        guard !entries.isEmpty else { return }
        let result = turn.withLock { _ in Result { () throws(AuditFailure) in try write(entries) } }
        // The trail's lock is free again: a slow sink keeps nobody from writing entries.
        if let delivery = try result.get() { try sinks?.deliver(delivery) }
    }

    /// `append`, on a thread of its own: a slow sink takes no thread of the pool of tasks. A task that is cancelled
    /// waits, too, since an entry is written whole.
    package func appendOffPool(_ entries: [Entry]) async throws(AuditFailure) {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, AuditFailure>, Never>) in
            Self.blocking.submit {
                continuation.resume(returning: Result { () throws(AuditFailure) in try self.append(entries) })
            }
        }
        try result.get()
    }
    private static let blocking = BlockingWork(threads: 1, name: "audit")

    /// - Returns: what is to be passed on to the sinks; nil where there are none.
    private func write(_ entries: [Entry]) throws(AuditFailure) -> AuditDelivery? {
        let file = try AuditFile(appendingTo: path)
        let tail = try file.tail()
        let time = UTCTime.now.precise
        var text: [UInt8] = []
        var previous: AuditChain.Digest
        if tail.fragment.isEmpty {
            previous = AuditChain.digest(of: tail.line)
        } else {
            // A writer was killed, or the machine stopped, in the middle of its write. Nothing of it was acknowledged,
            // and nothing of it is removed.
            previous = AuditChain.digest(of: tail.fragment)
            text.append(UInt8(ascii: "\n"))
            if AuditChain.link(of: tail.fragment) == nil {
                text += AuditChain.seal(Self.recovery(of: tail), time: time, following: &previous)
            }
        }
        var lines: [AuditLine] = []
        for entry in entries {
            let line = AuditChain.seal(entry, time: time, following: &previous)
            if sinks != nil { lines.append(AuditLine(event: entry.event.description, bytes: Array(line.dropLast()))) }
            text += line
        }
        let place = try file.append(text)
        return sinks == nil ? nil : AuditDelivery(lines: lines, turn: file.queue(for: place))
    }

    /// Notes a line that was not finished; `follows` is the digest of the line before it, which the chain would lose
    /// otherwise.
    private static func recovery(of tail: AuditFile.Tail) -> Entry {
        Entry(
            AuditChain.recovered,
            [("bytes", .int(tail.fragment.count)), ("follows", .text(AuditChain.digest(of: tail.line).text))])
    }
}

/// An entry as it stands in the trail, without its line end.
struct AuditLine: Sendable {
    let event: String
    let bytes: [UInt8]
}

/// What an audit field can hold: names, counts and flags; text only when it is redacted.
package typealias AuditValue = RedactedJSON

/// Why the audit trail cannot be written or read, and what to do.
package struct AuditFailure: ExplainedError, Sendable, Hashable {
    package let path: String
    package let problem: String
    package let remedy: String?
    package var place: String? { path }

    init(_ path: String, _ problem: String, remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }

    init(_ path: String, _ problem: FileProblem) {
        if let code = problem.code {
            self.init(path, "opened", errno: code)
        } else {
            let place = problem.path == path ? "" : "\(problem.path) "
            self.init(
                path, "the audit trail cannot be kept here: \(place)\(problem.problem)",
                remedy: "\(problem.remedy ?? "fix that"), or name another file in COMFYVN_SECURITY_LOG_FILE")
        }
    }

    /// What the system said about an attempt to `doing`.
    init(_ path: String, _ doing: String, errno code: Int32) {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT, EFBIG:
                "make room on that disk, or name a file on another one in COMFYVN_SECURITY_LOG_FILE"
            case EACCES, EPERM, EROFS:
                "give this user the right to it, or name another file in COMFYVN_SECURITY_LOG_FILE"
            case ENOENT: "name another file in COMFYVN_SECURITY_LOG_FILE, or run where the trail is kept"
            default: "name another file in COMFYVN_SECURITY_LOG_FILE if this one cannot be repaired"
            }
        self.init(path, "the audit trail cannot be \(doing): \(String(cString: strerror(code)))", remedy: remedy)
    }
}
