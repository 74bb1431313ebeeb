import Foundation
import TestSupport
import YAML

/// What a run did on each host, in order, as its journal tells it: without times and numbers, which differ from run to
/// run, and without the
/// links, which may come and go.
struct RunStory: Sendable {
    private(set) var hosts: [String: [String]] = [:]
    private(set) var exitCode: Value = .null
    /// Of each host: `ok`, `changed` and so on.
    private(set) var counts: Value = .null

    /// Members of results that tell when or where something happened.
    private static let passing: Set<String> = [
        "start", "end", "delta", "duration", "time", "atime", "mtime", "ctime", "inode", "ino", "dev",
    ]

    init(of run: String, in place: Workplace) throws {
        var names: [Int: String] = [:]
        var outputs: [String: [String: String]] = [:]
        for line in try place.read("logs/runs/\(run)/events.jsonl").split(separator: "\n") {
            guard let event = try JSON.parse(Array(line.utf8)).map, let kind = event["event"]?.string else { continue }
            let host = event["host"]?.string ?? ""
            var task = ""
            if case .int(let number, _)? = event["task"] { task = names[number] ?? "task \(number)" }
            switch kind {
            case "task.started":
                if case .int(let number, _)? = event["task"] { names[number] = event["name"]?.string }
            case "host.task.started":
                hosts[host, default: []].append("begins \(task)")
            case "host.output":
                outputs[host, default: [:]][event["stream"]?.string ?? "", default: ""] += event["text"]?.string ?? ""
            case "host.item.finished", "host.task.finished", "host.task.retry", "host.unreachable":
                for (stream, text) in outputs.removeValue(forKey: host)?.sorted(by: { $0.key < $1.key }) ?? [] {
                    hosts[host, default: []].append("\(task) \(stream): \(text.debugDescription)")
                }
                hosts[host, default: []].append("\(kind) \(task) \(Self.lasting(event))")
            case "run.finished":
                exitCode = event["exit_code"] ?? .null
                counts = event["hosts"] ?? .null
            default: break
            }
        }
    }

    private static func lasting(_ event: ValueMap) -> String {
        var event = event
        for name in ["seq", "event", "host", "task"] { event[name] = nil }
        return JSON.text(lasting(.dict(event)), sortedKeys: true)
    }
    private static func lasting(_ value: Value) -> Value {
        switch value {
        case .dict(let map):
            var kept = ValueMap()
            for (name, value) in map.pairs where !passing.contains(name.string ?? "") { kept[name] = lasting(value) }
            return .dict(kept)
        case .list(let items): return .list(items.map(lasting))
        default: return value
        }
    }

    /// The first thing on each host that is not as in `reference`.
    func differences(from reference: RunStory) -> [String] {
        var problems: [String] = []
        for (host, lines) in reference.hosts.sorted(by: { $0.key < $1.key }) where hosts[host] != lines {
            problems.append(
                "\(host)'s journal: "
                    + difference(of: (hosts[host] ?? []).joined(separator: "\n"), from: lines.joined(separator: "\n")))
        }
        if exitCode != reference.exitCode {
            problems.append("exit code \(JSON.text(exitCode)) instead of \(JSON.text(reference.exitCode))")
        }
        for host in reference.counts.map?.names ?? [] {
            let found = counts.map?[host] ?? .null
            let wanted = reference.counts.map?[host] ?? .null
            if found != wanted {
                problems.append("\(host)'s counts: \(JSON.text(found)) instead of \(JSON.text(wanted))")
            }
        }
        return problems
    }
}
