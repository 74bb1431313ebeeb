import ArgumentParser
import Audit
import FoundationEssentials
import Redaction
import YAML

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Shows and checks the audit trail.",
        discussion: """
            Every read and change of a secret, every resolution of credentials and every run leaves an entry in logs/security.log \
            (or the file that COMFYVN_SECURITY_LOG_FILE names): what, when, and whose names, never a value.
            """,
        subcommands: [Show.self, Verify.self])

    struct File: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The trail to read.", discussion: "Default: COMFYVN_SECURITY_LOG_FILE, else logs/security.log.",
                valueName: "path"), completion: .file())
        var file: String?

        var reader: AuditReader { AuditReader(path: file ?? AuditLog.path(in: ProcessInfo.processInfo.environment)) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Lists the last entries, oldest first.")
        enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

        @OptionGroup var file: File
        @Option(help: "How many entries; 0 for all.") var limit = 50
        @Option(
            help: ArgumentHelp(
                "Only this event, or those below it: 'secrets' stands for 'secrets.read' too.", valueName: "name"))
        var event: String?
        @Option(help: "text, or json: the lines as they are in the file.") var format = Format.text

        func validate() throws {
            if limit < 0 { throw ValidationError("--limit takes a number from 0 on, not \(limit)") }
        }

        func run() throws {
            for record in try file.reader.records(
                event: event, limit: limit == 0 ? nil : limit, secrets: ComfyFleet.secrets)
            {
                Output.print(format == .json ? record.text : Self.line(for: record))
            }
        }

        private static func line(for record: AuditReader.Record) -> RedactedText {
            guard !record.event.isEmpty else { return record.text }
            let chain: Set = ["event", "timestamp", "logger", "previous", "hash"]
            let fields = record.fields.names.filter { !chain.contains($0) }.map { name in
                let value = record.fields[name] ?? .null
                return "\(name)=\(value.string ?? JSON.text(value, spaced: false))"
            }
            let event = record.event + String(repeating: " ", count: max(0, 24 - record.event.count))
            return RedactedText(
                ([record.timestamp, event] + fields).joined(separator: "  "), secrets: ComfyFleet.secrets)
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Checks that no entry was changed, removed or put in.",
            discussion: """
                Reports the first broken line, and ends with 1 when there is one. A chain cannot show that it was truncated: keep the \
                head that this prints somewhere else, and give it to --contains later.
                """)

        @OptionGroup var file: File
        @Option(help: ArgumentHelp("The trail must also contain the entry with this hash.", valueName: "hash"))
        var contains: String?

        func run() throws {
            let reader = file.reader
            let found = try reader.verify(containing: contains?.lowercased())
            let path = RedactedText(reader.path, secrets: ComfyFleet.secrets)
            if found.earlierLines > 0 {
                Output.print(
                    "\(path): \(found.earlierLines == 1 ? "1 line before the first entry is" : "\(found.earlierLines) lines before the first entry are") not chained: another program wrote \(found.earlierLines == 1 ? "it" : "them")"
                )
            }
            for line in found.unfinishedLines {
                Output.print(
                    "\(path):\(line): the line was not finished (its writer was killed); the entry after it says so")
            }
            if found.endsUnfinished {
                Output.print(
                    "\(path): the last line is not finished (its writer was killed); the next entry will say so")
            }
            if let broken = found.broken {
                Output.print(
                    "\(path):\(broken.line): \(broken.problem); \(found.entries == 1 ? "the entry before it is" : "the \(found.entries) entries before it are") whole",
                    to: .stderr)
                throw CommandExit(code: 1)
            }
            Output.print(
                "\(path): \(found.entries == 1 ? "1 entry" : "\(found.entries) entries, each follows the one before it")"
            )
            if let head = found.head { Output.print("head \(head)") }
            if let contains, !found.containsHash {
                Output.print(
                    "\(path): no entry has the hash \(RedactedText(contains, secrets: ComfyFleet.secrets)): the trail was truncated, or it is another trail",
                    to: .stderr)
                throw CommandExit(code: 1)
            }
        }
    }
}
