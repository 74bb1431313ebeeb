import Glibc
import Redaction
import Support
import Synchronization

/// Passes entries on to the sinks, in their order in the trail.
package final class AuditSinks: Sendable {
    private let sinks: [AuditSink]
    private let secrets: SecretSet
    private let warn: @Sendable (RedactedText) -> Void
    /// The last failure of each optional sink. It is reported once, and the sink is not tried again for every entry.
    private let failed = Mutex<[String: ContinuousClock.Instant]>([:])
    private static let pause = Duration.seconds(60)
    /// What whoever delivers may take besides the time limits: for starting a program, and syncing a file.
    private static let slack = Duration.seconds(30)
    private static let stuck =
        "another process has begun to pass an earlier entry on and does not finish; look with 'fuser' on the trail's file which one, and end it"

    /// - Parameters:
    ///   - secrets: not shown in a warning either.
    ///   - warn: called once for an optional sink that fails.
    package init(_ sinks: [AuditSink], secrets: SecretSet, warn: @escaping @Sendable (RedactedText) -> Void) {
        self.sinks = sinks
        self.secrets = secrets
        self.warn = warn
    }

    /// Blocks for as long as the sinks take, each up to its time limit, and while those who wrote their entries before
    /// do the same.
    func deliver(_ delivery: AuditDelivery) throws(AuditFailure) {
        // Until the end: who comes after waits for this.
        defer { withExtendedLifetime(delivery.turn) {} }
        let isTurn = delivery.turn.wait(atMost: sinks.reduce(Self.slack) { $0 + $1.timeLimit })
        for sink in sinks {
            if let moment = failed.withLock({ $0[sink.name] }), ContinuousClock.now - moment < Self.pause { continue }
            guard let problem = isTurn ? Self.deliver(delivery.lines, to: sink) : Self.stuck else { continue }
            if sink.isRequired {
                throw AuditFailure(
                    "audit sink '\(sink.name)'", "it did not accept the entry: \(problem)",
                    remedy: "fix it, or remove 'required' from it in \(AuditSinkFile.defaultPath)")
            }
            let isFirst = failed.withLock { $0.updateValue(.now, forKey: sink.name) == nil }
            if isFirst {
                warn(
                    "audit sink \(RedactedText("'\(sink.name)': it did not accept an entry: \(problem)", secrets: secrets)); the trail's file has them all"
                )
            }
        }
    }

    /// - Returns: why the sink does not have all the lines; nil when it has.
    private static func deliver(_ lines: [AuditLine], to sink: AuditSink) -> String? {
        switch sink.kind {
        case .journald(let path):
            return LocalLog.send(
                lines.map { JournalMessage.datagram($0) }, to: path, within: sink.timeLimit, longOnesByFile: true)
        case .syslog(let path):
            return LocalLog.send(
                lines.map { SyslogMessage.datagram($0) }, to: path, within: sink.timeLimit, longOnesByFile: false)
        case .file(let path):
            do throws(AuditFailure) {
                let file = try AuditFile.open(path)
                do throws(FileProblem) {
                    try file.write(text(lines))
                    try file.sync()
                } catch { return error.description }
                return nil
            } catch { return "\(path): \(error.problem)" }
        case .command(let words):
            var command = ShortCommand(words)
            command.timeLimit = sink.timeLimit
            command.outputLimit = 1 << 20
            do throws(ShortCommand.Failure) {
                let outcome = try command.run(input: text(lines))
                return outcome.status == 0 ? nil : "the command ended with \(outcome.status)"
            } catch {
                return switch error {
                case .notStarted(let code): "the command cannot be started: \(String(cString: strerror(code)))"
                case .timedOut: "the command took longer than \(sink.timeLimit.components.seconds) s"
                case .tooMuchOutput: "the command printed more than 1 MiB"
                case .cancelled: "the command was stopped"
                }
            }
        }
    }

    private static func text(_ lines: [AuditLine]) -> [UInt8] { lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] } }
}
