import Redaction
import Runs

/// How times and results are worded, in every kind of display.
enum Wording {
    /// `0:42`, `1:02:03`.
    static func clock(_ seconds: Double) -> RedactedText {
        let seconds = max(0, Int(clamped(seconds)))
        func two(_ number: Int) -> RedactedText { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = seconds / 60 % 60
        return seconds < 3600
            ? "\(minutes):\(two(seconds % 60))" : "\(seconds / 3600):\(two(minutes)):\(two(seconds % 60))"
    }

    /// A journal that somebody wrote in may hold any number.
    private static func clamped(_ seconds: Double) -> Double { seconds.isNaN ? 0 : min(max(seconds, -1e12), 1e12) }

    /// `0.4 s`, `12 s`, `3 min 5 s`.
    static func duration(_ seconds: Double) -> RedactedText {
        let seconds = clamped(seconds)
        return switch seconds {
        case ..<10: "\(max(0, seconds), decimals: 1) s"
        case ..<60: "\(seconds, decimals: 0) s"
        case ..<3600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        default: "\(Int(seconds) / 3600) h \(Int(seconds) / 60 % 60) min"
        }
    }

    static func count(_ number: Int, _ one: RedactedText, _ many: RedactedText) -> RedactedText {
        "\(number) \(number == 1 ? one : many)"
    }

    /// `link lost: …`, `reconnecting (2nd try)`
    static func link(_ state: RunEvent.LinkState) -> RedactedText {
        switch state {
        case .lost(let reason): reason.isEmpty ? "link lost" : "link lost: \(reason)"
        case .reconnecting(let attempt): "reconnecting (\(ordinal(attempt)) try)"
        case .reattached: "connected again, nothing is lost"
        case .gaveUp: "the link is abandoned"
        }
    }

    static func ordinal(_ number: Int) -> RedactedText {
        switch (number % 100, number % 10) {
        case (11...13, _): "\(number)th"
        case (_, 1): "\(number)st"
        case (_, 2): "\(number)nd"
        case (_, 3): "\(number)rd"
        default: "\(number)th"
        }
    }

    static func word(_ status: RunEvent.Outcome.Status) -> Line {
        switch status {
        case .ok: Line("ok", .green)
        case .changed: Line("changed", .yellow)
        case .failed: Line("FAILED", .red)
        case .skipped: Line("skipped", .dim)
        case .ignored: Line("failed, ignored", .magenta)
        case .rescued: Line("failed, rescued", .magenta)
        }
    }

    /// What is worth showing below a result: the place and the end of the output of what failed, the diff of what
    /// changed.
    static func details(
        of outcome: RunEvent.Outcome, task: RunEvent.TaskHeader?, place: RedactedText, showsResult: Bool
    ) -> [Line] {
        var lines: [Line] = []
        if outcome.status == .failed {
            if !place.isEmpty { lines.append(Line("at ", .dim) + Line(place)) }
            for line in outcome.tail?.lines ?? [] { lines.append(Line("| ", .red) + Line(line)) }
        }
        if let diff = outcome.diff { lines += self.diff(diff) }
        if showsResult { lines += outcome.result.lines.map { Line($0, .dim) } }
        return lines
    }

    private static func diff(_ diff: RedactedText) -> [Line] {
        diff.lines.map { line in
            switch line.description.first {
            case "+": Line(line, .green)
            case "-": Line(line, .red)
            case "@": Line(line, .cyan)
            default: Line(line)
            }
        }
    }

    /// `(rc 100, 3.2 s)`
    static func measure(of outcome: RunEvent.Outcome) -> RedactedText {
        if outcome.status == .failed, let code = outcome.returnCode {
            return "(rc \(code), \(duration(outcome.duration)))"
        }
        return "(\(duration(outcome.duration)))"
    }
}
