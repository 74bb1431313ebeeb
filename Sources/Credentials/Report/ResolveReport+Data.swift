import Redaction
import Support
import YAML

/// For programs.
extension ResolveReport {
    /// One object: `hosts` with `fields`, `problems` and, when probed, `probe`; and `summary`.
    package func json() -> RedactedText {
        let list = hosts.map { host -> Value in
            var fields = ValueMap()
            for field in ConnectionField.allCases {
                guard let found = host.fields[field] else { continue }
                fields[field.rawValue] = .dict([
                    "from": .string(found.layer.name), "layer": .int(found.layer.rank.rawValue),
                    "shadows": .list(found.shadowed.map { .string($0.name) }),
                ])
            }
            var object: ValueMap = [
                "host": .string(host.host), "would_connect": .bool(host.wouldConnect),
                "transport": .string(host.transport),
                "provider": .string(host.provider), "key": host.key.map { .string($0) } ?? .null,
                "fields": .dict(fields),
                "problems": .list(
                    host.problems.map { problem in
                        .dict([
                            "severity": .string(problem.severity.rawValue),
                            "field": problem.field.map { .string($0.rawValue) } ?? .null,
                            "problem": .string(problem.text), "remedy": problem.remedy.map { .string($0) } ?? .null,
                        ])
                    }),
            ]
            if let play = host.play { object["play"] = .string(play) }
            if probes != nil { object["probe"] = probe(host) }
            return .dict(object)
        }
        var summary: ValueMap = [
            "hosts": .int(hosts.count), "would_connect": .int(hosts.count - failing.count),
            "would_not": .int(failing.count),
        ]
        if probes != nil { summary["unreachable"] = .int(unreachable.count) }
        return text(JSON.text(.dict(["hosts": .list(list), "summary": .dict(summary)])))
    }

    private func probe(_ host: HostResolution) -> Value {
        switch probes?[host.id] {
        case nil: .null
        case .connected: .dict(["connected": .bool(true)])
        case .failed(let why, let remedy):
            .dict([
                "connected": .bool(false), "problem": .string(why.description),
                "remedy": remedy.map { .string($0.description) } ?? .null,
            ])
        }
    }

    /// A line per host and field, and one per problem; RFC 4180 but for its line ends.
    package func csv() -> RedactedText {
        var rows = [
            ["host", "would_connect", "provider", "key", "kind", "field", "from", "shadows", "problem", "remedy"]
        ]
        for host in hosts {
            let start = [host.host, host.wouldConnect ? "yes" : "no", host.provider, host.key ?? ""]
            for field in ConnectionField.allCases {
                guard let found = host.fields[field] else { continue }
                rows.append(
                    start + [
                        "field", field.rawValue, found.layer.name, found.shadowed.map(\.name).joined(separator: " "),
                        "", "",
                    ])
            }
            for problem in host.problems {
                rows.append(
                    start + [
                        problem.severity.rawValue, problem.field?.rawValue ?? "", "", "", problem.text,
                        problem.remedy ?? "",
                    ])
            }
            if let play = host.play { rows.append(start + ["play", "", play, "", "", ""]) }
            if case .failed(let why, let remedy) = probes?[host.id] {
                rows.append(start + ["unreachable", "", "", "", why.description, remedy?.description ?? ""])
            }
        }
        return text(rows.map { $0.map(cell).joined(separator: ",") }.joined(separator: "\n"))
    }

    private func cell(_ text: String) -> String {
        // A spreadsheet takes a cell that begins so for a formula.
        let text = text.unicodeScalars.first.map { "=+-@".unicodeScalars.contains($0) } == true ? "'" + text : text
        return text.utf8.contains { ",\"\n\r".utf8.contains($0) }
            ? "\"" + text.escaping { $0 == "\"" ? "\"\"" : nil } + "\"" : text
    }
}
