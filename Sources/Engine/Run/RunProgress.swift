import Redaction
import Runs

/// How a run has gone so far.
struct RunProgress: Sendable {
    var tally = RunTally()
    private(set) var failed: Set<String> = []
    private(set) var unreachable: Set<String> = []
    private(set) var limit: PlayMachine.FailureLimit?
    var unfinished: Set<String> = []
    private var cutOff: [(host: String, task: String, isEnded: Bool)] = []
    /// Hosts of batches behind one in which all failed.
    var notBegun = 0
    /// No further batch or play begins: a limit was reached, or a whole batch failed.
    private(set) var isOver = false

    var lost: Set<String> { failed.union(unreachable) }

    /// - Parameters:
    ///   - size: of the batch.
    ///   - hosts: of the play.
    mutating func apply(_ conclusion: BatchRun.Conclusion, of size: Int, in hosts: [String]) {
        if conclusion.errorsCleared {
            failed.subtract(hosts)
            unreachable.subtract(hosts)
        }
        failed.formUnion(conclusion.failed)
        unreachable.formUnion(conclusion.unreachable)
        unfinished.formUnion(conclusion.unfinished)
        cutOff += conclusion.cutOff
        limit = conclusion.limit ?? limit
        if conclusion.limit != nil || (size > 0 && conclusion.failed.count + conclusion.unreachable.count == size) {
            isOver = true
        }
    }

    /// - Parameter looksForDrift: what differs is a result of its own then.
    func exitCode(_ stop: StopRequest, looksForDrift: Bool) -> Int32 {
        if stop.reason != nil, !unfinished.isEmpty || !cutOff.isEmpty { return 130 }
        if limit != nil { return 8 }
        let code: Int32 = (failed.isEmpty ? 0 : 2) | (unreachable.isEmpty ? 0 : 4)
        return code == 0 && looksForDrift && tally.hasChanged ? 3 : code
    }

    /// - Parameter run: its id, if it can be resumed.
    func note(_ stop: StopRequest, run: String?, secrets: SecretSet) -> RedactedText? {
        var note: RedactedText
        switch stop.reason {
        case .interrupted? where unfinished.isEmpty && cutOff.isEmpty: return nil
        case let reason?: note = reason.text(secrets)
        case nil:
            switch limit {
            case .maxFailPercentage: return "stopped: more hosts failed than max_fail_percentage allows"
            case .anyErrorsFatal: return "stopped: a host failed where any error is fatal"
            case nil:
                return notBegun == 0
                    ? nil : "stopped: every host of a batch failed; hosts that were not begun: \(notBegun)"
            }
        }
        let goingOn = stop.isLeaving ? cutOff.filter { !$0.isEnded } : []
        let ended = stop.isLeaving ? cutOff.filter(\.isEnded) : cutOff
        for (what, tasks) in [("continues on the hosts", goingOn), ("ended in the middle", ended)]
            as [(RedactedText, [(host: String, task: String, isEnded: Bool)])] where !tasks.isEmpty
        {
            let shown = tasks.prefix(5).map { RedactedText("\($0.host) in '\($0.task)'", secrets: secrets) }.joined(
                separator: ", ")
            note += "; \(what): \(shown)"
            if tasks.count > 5 { note += " and \(tasks.count - 5) more" }
        }
        if !unfinished.isEmpty { note += "; hosts with tasks left: \(unfinished.count)" }
        // An abandoned run is not to be resumed.
        guard let run, stop.reason != .givenUp else { return note }
        note += "; resume with: comfyfleet resume \(RedactedText(run, secrets: secrets))"
        if !ended.isEmpty { note += " (--rerun-interrupted also runs interrupted commands and scripts again)" }
        return note
    }
}
