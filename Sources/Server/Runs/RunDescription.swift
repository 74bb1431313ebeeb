import Redaction
import Runs
import YAML

/// A run as the API shows it: from `run.json`, `summary.json` and, where there is no summary, the events.
struct RunDescription {
    let entry: RunArchive.Entry
    let secrets: SecretSet

    init(_ entry: RunArchive.Entry, secrets: SecretSet) {
        self.entry = entry
        self.secrets = secrets
    }

    /// For lists.
    var short: RedactedJSON { .object(members) }

    /// With every host.
    func long() throws -> RedactedJSON {
        let counts = entry.summary?["hosts"]?.map
        let hosts = try entry.hosts().map { name, state -> RedactedJSON in
            .object(["host": text(name), "state": text(state.rawValue), "counts": counts?[name].map(json) ?? .null])
        }
        var all = members
        for (name, field) in [
            ("user", "user"), ("controller", "controller"), ("version", "version"), ("command", "command"),
            ("limit", "limit"),
        ] as [(RedactedText, String)] {
            all.append(.init(name, entry.record?[field].map(json) ?? .null))
        }
        for (name, field) in [
            ("inventory", "inventory"), ("tags", "tags"), ("skip_tags", "skip_tags"),
            ("extra_variables", "extra_variables"),
        ] as [(RedactedText, String)] {
            all.append(.init(name, entry.record?[field].map(json) ?? .list([])))
        }
        return .object(all + [.init("folder", text(entry.folder.path)), .init("hosts", .list(hosts))])
    }

    private var members: [RedactedJSON.Member] {
        let record = entry.record ?? [:]
        let summary = entry.summary ?? [:]
        let state = entry.state
        let playbooks = (record["playbooks"]?.list ?? []).compactMap { $0.map?["path"] }.map(json)
        return [
            .init("run", text(entry.folder.id)), .init("state", text(Self.name(state))),
            .init("resumable", .bool(state == .interrupted && entry.hasJournal)),
            .init("started", record["started"].map(json) ?? .null),
            .init("ended", state == .running ? .null : summary["ended"].map(json) ?? .null),
            .init("duration", summary["duration"].map(json) ?? .null),
            .init("exit_code", state == .running ? .null : summary["exit_code"].map(json) ?? .null),
            .init("note", summary["note"].map(json) ?? .null), .init("playbooks", .list(playbooks)),
            .init("check", .bool(record["check"]?.bool ?? false)),
            .init("host_count", .int(record["hosts"]?.list?.count ?? summary["hosts"]?.map?.count ?? 0)),
            .init("totals", totals),
        ]
    }

    /// Hosts by the worst that has happened to them; null where there is no summary.
    private var totals: RedactedJSON {
        guard let hosts = entry.summary?["hosts"]?.map else { return .null }
        var unreachable = 0
        var failed = 0
        var changed = 0
        var ok = 0
        for counts in hosts.pairs.values {
            func count(_ name: String) -> Int { counts.map?[name]?.int ?? 0 }
            if count("unreachable") > 0 {
                unreachable += 1
            } else if count("failed") > 0 {
                failed += 1
            } else if count("changed") > 0 {
                changed += 1
            } else {
                ok += 1
            }
        }
        return .object([
            "ok": .int(ok), "changed": .int(changed), "failed": .int(failed), "unreachable": .int(unreachable),
        ])
    }

    static func name(_ state: RunArchive.Entry.State) -> String {
        switch state {
        case .running: "running"
        case .interrupted: "interrupted"
        case .finished: "finished"
        }
    }

    private func text(_ plain: String) -> RedactedJSON { .text(RedactedText(plain, secrets: secrets)) }
    private func json(_ value: Value) -> RedactedJSON { .json(value, secrets: secrets) }
}
