import Redaction

/// For people: what is wrong first, with its remedy; then hosts that resolve alike, once; then what the words mean.
extension ResolveReport {
    package func table() -> RedactedText {
        var lines: [String] = [headline]
        let problems = grouped(hosts.flatMap { host in host.problems.map { (host, $0) } }) {
            "\($0.severity.rawValue)\n\($0.pattern)\n\($0.remedy ?? "")"
        }
        .sorted { ($0.item.severity, -$0.hosts.count) < ($1.item.severity, -$1.hosts.count) }
        if !problems.isEmpty {
            lines += ["", "PROBLEMS"]
            for (problem, hosts) in problems {
                lines.append("  \(padded(problem.severity.rawValue, 8)) \(HostNames.compact(hosts))")
                lines.append("           \(hosts.count == 1 ? problem.text : problem.pattern)")
                if let remedy = problem.remedy { lines.append("           → \(remedy)") }
            }
        }
        var parts = [text(lines.joined(separator: "\n"))]
        if probes != nil { parts += probeLines }

        lines = ["", "WHERE EACH FIELD COMES FROM"]
        let alike = grouped(hosts.map { ($0, $0) }, by: signature)
        for (sample, names) in alike {
            let play = sample.play.map { " in the play '\($0)'" } ?? ""
            lines += ["", "  \(HostNames.compact(names))\(play)\(names.count > 1 ? "  (\(names.count) hosts)" : "")"]
            lines.append(
                "  \(sample.transport == "local" ? "on this machine" : "over \(sample.transport)"), vault provider \(sample.provider)\(sample.key.map { ", key \(names.count == 1 ? $0 : "<key>")" } ?? "")"
            )
            lines += fieldLines(sample, single: names.count == 1).map { "    " + $0 }
        }
        lines += ["", "LAYERS, lowest first: a later one goes before an earlier one, null never does"]
        let used = Set(
            hosts.flatMap { host in
                ConnectionField.allCases.compactMap { host.fields[$0] }.flatMap {
                    [$0.layer.rank] + $0.shadowed.map(\.rank)
                }
            })
        for rank in Layer.Rank.allCases {
            lines.append(
                "  \(rank.rawValue)  \(Layer.explanation(rank, provider: ""))\(used.contains(rank) ? "" : "  (not used here)")"
            )
        }
        parts.append(text(lines.joined(separator: "\n")))
        return parts.joined(separator: "\n")
    }

    private var headline: String {
        let failing = failing.count
        let all = hosts.count
        let count = all == 1 ? "1 host" : "\(all) hosts"
        if all == 0 { return "no hosts" }
        if failing == 0 { return all == 1 ? "1 host, and it would connect" : "\(count), and all would connect" }
        return "\(count): \(all - failing) would connect, \(failing) would not"
    }

    private var probeLines: [RedactedText] {
        let failed = hosts.compactMap { host -> (String, RedactedText, RedactedText?)? in
            if case .failed(let why, let remedy) = probes?[host.id] { (host.host, why, remedy) } else { nil }
        }
        let connected = (probes?.count ?? 0) - failed.count
        var lines: [RedactedText] = ["", "PROBE: \(connected) connected and logged in, \(failed.count) did not"]
        for (host, why, remedy) in failed {
            lines.append("  \(text(host)): \(why)")
            if let remedy { lines.append("           → \(remedy)") }
        }
        return lines
    }

    /// Fields that something says, and in one line those that nothing does.
    private func fieldLines(_ host: HostResolution, single: Bool) -> [String] {
        func name(_ layer: Layer) -> String { single ? layer.name : layer.pattern }
        var rows: [[String]] = []
        var silent: [String] = []
        for field in ConnectionField.allCases {
            guard let found = host.fields[field] else { continue }
            if found.layer == .builtin || found.layer == .inventoryName {
                silent.append(field.rawValue)
            } else {
                rows.append([field.rawValue, name(found.layer), found.shadowed.map(name).joined(separator: ", ")])
            }
        }
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            let start = "\(padded(row[0], max(widths[0], 15)))  \(padded(row[1], widths[1]))"
            return row[2].isEmpty ? start.trimmingEnd() : "\(start)  over \(row[2])"
        }
        if !silent.isEmpty {
            lines.append("\(padded("built in", max(widths[0], 15)))  \(silent.joined(separator: ", "))")
        }
        return lines
    }

    private func signature(_ host: HostResolution) -> String {
        var text = "\(host.play ?? "")\n\(host.provider)\n\(host.key == nil)\n\(host.transport)"
        for field in ConnectionField.allCases {
            guard let found = host.fields[field] else { continue }
            text += "\n\(field.rawValue)\t\(found.layer.pattern)"
            for layer in found.shadowed { text += "\t\(layer.pattern)" }
        }
        return text
    }

    /// Items that are alike, with the hosts that have them, in order of appearance.
    private func grouped<Item>(
        _ items: [(HostResolution, Item)], by key: (Item) -> String
    ) -> [(item: Item, hosts: [String])] {
        var groups: [(item: Item, hosts: [String])] = []
        var places: [String: Int] = [:]
        for (host, item) in items {
            let key = key(item)
            if let place = places[key] {
                groups[place].hosts.append(host.host)
            } else {
                places[key] = groups.count
                groups.append((item, [host.host]))
            }
        }
        return groups
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
