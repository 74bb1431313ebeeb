import Redaction
import Runs

/// The table at a run's end, and where its files are.
struct SummaryTable {
    let summary: RunSummary
    let header: RunHeader?
    let options: ConsoleOptions
    /// Fleets of more hosts than this get a row only for each host that had trouble; `-v` gives every host one.
    static let smallFleet = 30

    func lines() -> [Line] {
        let isSmall = options.verbosity > 0 || summary.hosts.count <= Self.smallFleet
        let shown = isSmall ? summary.hosts : summary.hosts.filter { $0.counts.failed + $0.counts.unreachable > 0 }
        var rows = shown.map { Row(name: RedactedText($0.name, secrets: options.secrets), counts: $0.counts) }
        let others = summary.hosts.count - shown.count
        if others > 0 {
            rows.append(
                Row(
                    name:
                        "\(Wording.count(others, shown.isEmpty ? "host" : "other host", shown.isEmpty ? "hosts" : "other hosts")), none failed",
                    counts: Self.total(summary.hosts.filter { $0.counts.failed + $0.counts.unreachable == 0 })))
        }
        if summary.hosts.count > 1, !shown.isEmpty {
            rows.append(Row(name: "total", counts: Self.total(summary.hosts)))
        }

        let width = max(4, rows.map(\.name.columns).max() ?? 0)
        var lines: [Line] = [""]
        lines.append(
            Columns.all.reduce(Line(RedactedText("host").padded(to: width), .bold)) {
                $0 + Line("  ") + Line($1.title, .bold)
            })
        for row in rows {
            let style: Style = row.counts.failed + row.counts.unreachable > 0 ? .red : .plain
            lines.append(
                Columns.all.reduce(Line(row.name.padded(to: width), style)) { line, column in
                    let number = row.counts[keyPath: column.count]
                    return line + Line("  ")
                        + Line(
                            RedactedText("\(number)").rightAligned(to: column.title.columns),
                            number > 0 ? column.style : .dim)
                })
        }
        lines.append("")
        lines.append(verdict())
        if let note = summary.note { lines.append(Line(note, .yellow)) }
        if let header {
            let folder = RedactedText(header.folder, secrets: options.secrets)
            lines.append(
                Line(
                    "run \(RedactedText(header.id, secrets: options.secrets)): events, a log of each host and the summary are in \(folder)"
                ))
        }
        return lines
    }

    private func verdict() -> Line {
        let failed = summary.hosts.count { $0.counts.failed > 0 }
        let unreachable = summary.hosts.count { $0.counts.unreachable > 0 }
        let changed = summary.hosts.count { $0.counts.changed > 0 }
        var line = Line(
            "\(Wording.count(summary.hosts.count, "host", "hosts")) in \(Wording.duration(summary.duration)): ")
        line += changed > 0 ? Line("\(changed) changed", .yellow) : Line("none changed", .green)
        line += Line(", ") + (failed > 0 ? Line("\(failed) failed", .red) : Line("none failed"))
        line += Line(", ") + (unreachable > 0 ? Line("\(unreachable) unreachable", .red) : Line("none unreachable"))
        if header?.checkMode == true { line += Line(" (check mode: nothing was altered)") }
        return line
    }

    private struct Row { var name: RedactedText, counts: HostCounts }

    private struct Columns {
        var title: RedactedText, style: Style
        var count: WritableKeyPath<HostCounts, Int>

        static var all: [Columns] {
            [
                Columns(title: "   ok", style: .green, count: \.ok),
                Columns(title: "changed", style: .yellow, count: \.changed),
                Columns(title: "unreachable", style: .red, count: \.unreachable),
                Columns(title: "failed", style: .red, count: \.failed),
                Columns(title: "skipped", style: .plain, count: \.skipped),
                Columns(title: "rescued", style: .magenta, count: \.rescued),
                Columns(title: "ignored", style: .magenta, count: \.ignored),
            ]
        }
    }

    private static func total(_ hosts: [(name: String, counts: HostCounts)]) -> HostCounts {
        let columns = Columns.all
        return hosts.reduce(into: HostCounts()) { total, host in
            for column in columns { total[keyPath: column.count] += host.counts[keyPath: column.count] }
        }
    }
}
