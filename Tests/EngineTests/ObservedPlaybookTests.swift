import Foundation
import Runs
import TestSupport
import Testing
import YAML

@testable import Engine

/// `playbooks.json`: small playbooks, and what Ansible did with them: each host's tasks in their order, how they ended
/// and what `debug` showed, and the counts of the recap.
@Suite(.timeLimit(.minutes(5))) struct ObservedPlaybookTests {
    @Test func `small playbooks end as they do under Ansible`() async throws {
        let path = Fixtures.observed + "/playbooks.json"
        let cases = try #require(try JSON.parse(TextFile.bytes(of: path), file: path).list)
        // ONLY_CASES=include runs a part, for work on one thing.
        let only = ProcessInfo.processInfo.environment["ONLY_CASES"]?.split(separator: ",") ?? []
        for item in cases {
            let known = try #require(item.map)
            let id = try #require(known["id"]?.string)
            guard only.isEmpty || only.contains(where: { id.hasPrefix($0) }) else { continue }
            try await check(known, id)
        }
    }

    private func check(_ known: ValueMap, _ id: String) async throws {
        var scenario = Scenario(hosts: (known["hosts"]?.list ?? []).compactMap(\.string))
        for (key, value) in known["files"]?.map?.pairs ?? [:] {
            if let name = key.string { scenario.files[name] = value.string }
        }
        scenario.options.extraVariables.merge((known["extra_vars"]?.map ?? [:]).trusted)
        if let tags = known["tags"]?.list { scenario.options.tags.only = Set(tags.compactMap(\.string)) }
        if let tags = known["skip_tags"]?.list { scenario.options.tags.skipped = Set(tags.compactMap(\.string)) }
        let outcome: Scenario.Outcome
        do { outcome = try await scenario.run(known["playbook"]?.string ?? "") } catch {
            if known["refused"] != .bool(true) { Issue.record("\(id) is refused: \(error)") }
            return
        }
        guard known["refused"] != .bool(true) else {
            Issue.record("\(id) is not refused")
            return
        }
        let lines = Self.lines(outcome)
        let expected = (known["lines"]?.list ?? []).compactMap(\.string)
        #expect(lines == expected, "\(id): \(lines.difference(from: expected))")
        var counts = ValueMap()
        for (host, count) in outcome.summary.hosts { counts[host] = .dict(count.known) }
        #expect(counts == known["counts"]?.map, "\(id)")
    }

    /// `h ok task {"msg": "text"}`, host by host; items as `h ok - item`. A rescued failure is one.
    private static func lines(_ outcome: Scenario.Outcome) -> [String] {
        var tasks: [Int: (title: String, module: String)] = [:]
        var lines: [(host: String, line: String)] = []
        func add(_ host: String, _ task: Int, _ outcome: RunEvent.Outcome, item: String? = nil) {
            guard let known = tasks[task] else { return }
            let status = outcome.status == .rescued ? "failed" : outcome.status.rawValue
            var line = "\(host) \(status) \(item.map { "- \($0)" } ?? known.title)"
            if known.module == "debug", status != "failed",
                let result = try? JSON.parse(Array(outcome.result.description.utf8)).map
            {
                let shown = ValueMap(result.pairs.filter { !hidden.contains($0.key.string ?? "") })
                if status != "ignored", !shown.isEmpty { line += " " + JSON.text(.dict(shown), sortedKeys: true) }
            }
            lines.append((host, line))
        }
        for event in outcome.events {
            switch event.kind {
            case .taskStarted(let task): tasks[task.id] = (task.name.description, task.module)
            case .hostTaskFinished(let host, let task, let result): add(host, task, result)
            case .itemFinished(let host, let task, let item, let result):
                add(host, task, result, item: item.description)
            default: break
            }
        }
        let hosts = Set(lines.map(\.host)).sorted()
        return hosts.flatMap { host in lines.filter { $0.host == host }.map(\.line) }
    }

    private static let hidden: Set<String> = [
        "changed", "failed", "skipped", "skip_reason", "false_condition", "results", "item", "ansible_loop_var",
    ]
}

extension HostCounts {
    /// Those that are not zero, under the recap's names.
    fileprivate var known: ValueMap {
        let all: [(String, Int)] = [
            ("ok", ok), ("changed", changed), ("unreachable", unreachable), ("failed", failed), ("skipped", skipped),
            ("rescued", rescued), ("ignored", ignored),
        ]
        var counts = ValueMap()
        for (name, count) in all where count > 0 { counts[name] = .int(count) }
        return counts
    }
}

extension ValueMap {
    /// As if they stood on the command line.
    fileprivate var trusted: ValueMap { ValueMap(pairs.mapValues { $0.with(.trusted) }) }
}
