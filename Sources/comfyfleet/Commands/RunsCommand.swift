import ArgumentParser
import Console
import Redaction
import Runs
import YAML

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Shows what runs have left behind in logs/runs.", subcommands: [List.self, Show.self, Tail.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists runs, newest first.")
        @Option(help: "How many; 0 for all.") var limit = 20

        func run() {
            let runs = RunArchive().runs()
            for entry in limit > 0 ? Array(runs.prefix(limit)) : runs {
                Output.print("\(redacted(entry.folder.id))  \(Self.outcome(entry))")
            }
        }

        static func outcome(_ entry: RunArchive.Entry) -> RedactedText {
            guard let summary = entry.summary else { return "not finished" }
            let hosts = summary["hosts"]?.map?.count ?? 0
            let code = summary["exit_code"]?.int ?? -1
            let words: RedactedText = switch code {
            case 0: "all well"
            case 2: "tasks failed"
            case 4: "hosts unreachable"
            case 6: "tasks failed, hosts unreachable"
            case 8: "stopped by a failure limit"
            case 130: "interrupted"
            default: "ended with \(code)"
            }
            return "\(hosts) hosts  \(words)"
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a run: what it was, and how it ended for each host.")
        @Argument(help: "The run's id, the beginning of it, or 'last'.") var id = "last"
        @Option(help: "text, or json: run.json and summary.json in one object.") var format = Format.text

        func run() throws {
            let entry = try find(id)
            let record = entry.record ?? [:], summary = entry.summary ?? [:]
            if format == .json {
                Output.print(redacted(JSON.text(.dict(["record": .dict(record), "summary": entry.summary.map { .dict($0) } ?? .null]), spaced: false)))
                return
            }
            Output.print("run       \(redacted(entry.folder.id))  \(List.outcome(entry))")
            for name in ["started", "user", "controller", "command", "limit"] {
                if let text = record[name]?.string { Output.print("\(redacted(name.padded(to: 9))) \(redacted(text))") }
            }
            for playbook in record["playbooks"]?.list ?? [] {
                Output.print("playbook  \(redacted(playbook.map?["path"]?.string ?? ""))  sha256 \(redacted(playbook.map?["sha256"]?.string ?? ""))")
            }
            for source in record["inventory"]?.list ?? [] { Output.print("inventory \(redacted(source.string ?? ""))") }
            if let note = summary["note"]?.string { Output.print("note      \(redacted(note))") }
            for (host, counts) in summary["hosts"]?.map?.pairs ?? [:] {
                let parts = (counts.map?.pairs ?? [:]).filter { $0.value != .int(0) }.map { "\($0.key.string ?? "")=\($0.value.int ?? 0)" }
                Output.print("  \(redacted(host.string ?? ""))  \(redacted(parts.joined(separator: " ")))")
            }
            Output.print("files     \(redacted(entry.folder.path))")
        }
    }

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the last events of a run.")
        @Argument(help: "The run's id, the beginning of it, or 'last'.") var id = "last"
        @Option(name: [.customShort("n"), .long], help: "How many.") var lines = 20

        func run() throws {
            let entry = try find(id)
            do {
                for event in try RunArchive.events(of: entry.folder).suffix(max(0, lines)) { Output.print(redacted(JSON.text(.dict(event), spaced: false))) }
            } catch { throw Diagnostics([Diagnostic("\(error)", at: nil)]) }
        }
    }

    private static func find(_ id: String) throws -> RunArchive.Entry {
        do { return try RunArchive().run(id) } catch { throw Diagnostics([Diagnostic("\(error.path): \(error.problem)", at: nil, remedy: error.remedy)]) }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
