import ArgumentParser
import Console
import Redaction
import Runs
import YAML

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract:
            "Shows runs: those in progress, those that were interrupted, and what earlier ones have left behind in logs/runs.",
        subcommands: [List.self, Show.self, Tail.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists runs, newest first.")
        @Option(help: "How many; 0 for all.") var limit = 20
        @Option(help: "text, or json: an object for each run.") var format = Format.text

        func run() {
            let runs = RunArchive().runs()
            let shown = limit > 0 ? Array(runs.prefix(limit)) : runs
            let width = shown.map(\.folder.id.count).max() ?? 0
            for entry in shown {
                switch format {
                case .text:
                    Output.print(
                        "\(redacted(entry.folder.id.padded(to: width)))  \(entry.state.word)  \(Self.outcome(entry))")
                case .json:
                    var map: ValueMap = [
                        "run": .string(entry.folder.id), "state": .string(entry.state.name),
                        "resumable": .bool(entry.state == .interrupted && entry.hasJournal),
                    ]
                    map["exit_code"] = entry.summary?["exit_code"] ?? .null
                    map["started"] = entry.record?["started"] ?? .null
                    Output.print(redacted(JSON.text(.dict(map), spaced: false)))
                }
            }
        }

        static func outcome(_ entry: RunArchive.Entry) -> RedactedText {
            let count = entry.summary?["hosts"]?.map?.count ?? entry.record?["hosts"]?.list?.count ?? 0
            let hosts: RedactedText = "\(count) \(count == 1 ? "host" : "hosts")"
            switch entry.state {
            case .running: return hosts
            case .interrupted:
                return entry.hasJournal
                    ? "\(hosts)  to be resumed: comfyfleet resume \(redacted(entry.folder.id))" : hosts
            case .finished: break
            }
            let words: RedactedText =
                switch entry.summary?["exit_code"]?.int ?? -1 {
                case 0: "all well"
                case 2: "tasks failed"
                case 3: "hosts have drifted"
                case 4: "hosts unreachable"
                case 6: "tasks failed, hosts unreachable"
                case 8: "stopped by a failure limit"
                case let code: "ended with \(code)"
                }
            return "\(hosts)  \(words)"
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows a run: what it was, and how it stands with each host.")
        @Argument(help: "The run's id, the beginning of it, or 'last'.") var id = "last"
        @Option(help: "text, or json: run.json and summary.json in one object.") var format = Format.text

        func run() throws {
            let entry = try find(id)
            let record = entry.record ?? [:]
            let summary = entry.summary ?? [:]
            if format == .json {
                let value: ValueMap = [
                    "state": .string(entry.state.name), "record": .dict(record),
                    "summary": entry.summary.map { .dict($0) } ?? .null,
                ]
                Output.print(redacted(JSON.text(.dict(value), spaced: false)))
                return
            }
            Output.print("run       \(redacted(entry.folder.id))  \(entry.state.word)  \(List.outcome(entry))")
            for name in ["started", "user", "controller", "command", "limit"] {
                if let text = record[name]?.string { Output.print("\(redacted(name.padded(to: 9))) \(redacted(text))") }
            }
            for playbook in record["playbooks"]?.list ?? [] {
                Output.print(
                    "playbook  \(redacted(playbook.map?["path"]?.string ?? ""))  sha256 \(redacted(playbook.map?["sha256"]?.string ?? ""))"
                )
            }
            for source in record["inventory"]?.list ?? [] { Output.print("inventory \(redacted(source.string ?? ""))") }
            if let note = summary["note"]?.string { Output.print("note      \(redacted(note))") }
            if let hosts = summary["hosts"]?.map {
                for (host, counts) in hosts.pairs {
                    let parts = (counts.map?.pairs ?? [:]).filter { $0.value != .int(0) }.map {
                        "\($0.key.string ?? "")=\($0.value.int ?? 0)"
                    }
                    Output.print("  \(redacted(host.string ?? ""))  \(redacted(parts.joined(separator: " ")))")
                }
            } else {
                for host in try entry.hosts() {
                    Output.print("  \(redacted(host.name))  \(redacted(host.state.rawValue))")
                }
            }
            Output.print("files     \(redacted(entry.folder.path))")
        }
    }

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tail", abstract: "Shows the last events of a run, as JSON lines.")
        @Argument(help: "The run's id, the beginning of it, or 'last'.") var id = "last"
        @Option(name: [.customShort("n"), .long], help: "How many.") var lines = 20
        @Flag(name: [.short, .long], help: "Keep showing events as they come, until the run is over.") var follow =
            false

        func run() async throws {
            let entry = try find(id)
            var events = try RunFollower(entry.folder)
            for line in try events.next().suffix(max(0, lines)) { show(line) }
            while follow {
                // Looked at before what is read: what is written before the end is shown.
                let goesOn = entry.state == .running
                let more = try events.next()
                for line in more { show(line) }
                if !goesOn, more.isEmpty { break }
                if more.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
            }
        }

        private func show(_ event: ValueMap) { Output.print(redacted(JSON.text(.dict(event), spaced: false))) }
    }

    private static func find(_ id: String) throws -> RunArchive.Entry { try RunArchive().run(id) }
}

extension RunArchive.Entry.State {
    fileprivate var name: String {
        switch self {
        case .running: "running"
        case .interrupted: "interrupted"
        case .finished: "finished"
        }
    }
    fileprivate var word: RedactedText { redacted(name.padded(to: 11)) }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
