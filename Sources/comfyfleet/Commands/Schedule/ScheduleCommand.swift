import ArgumentParser
import Notify
import Playbook
import Redaction
import Scheduler
import YAML

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Runs playbooks at their times: jobs of config/schedules.yml.",
        discussion: """
              comfyfleet schedule list
              comfyfleet schedule next 10
              comfyfleet schedule daemon
              comfyfleet schedule run-now gpu-nodes
              comfyfleet schedule history gpu-nodes

            docs/schedules.md has the file's keys, the rules for days on which clocks change, and what happens after a crash.
            """,
        subcommands: [List.self, Status.self, Next.self, RunNow.self, History.self, Daemon.self, Install.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    struct Files: ParsableArguments {
        @Option(help: ArgumentHelp("The file of jobs.", valueName: "path"), completion: .file()) var file = Schedule
            .defaultPath
        @Option(
            help: ArgumentHelp("Where the scheduler keeps what it remembers.", valueName: "folder"),
            completion: .directory) var state = StateFolder.defaultPath

        func load() throws -> Schedule {
            try Schedule.load(
                file, webhooks: Set(WebhookFile.load().webhooks.map(\.name)),
                shipped: Set((try? PlaybookCatalogue.shipped().names) ?? []))
        }

        /// The daemon that runs the jobs, in words; nil when there is none. Looking makes no folder.
        var daemon: String? { StateFolder.exists(state) ? (try? folder())?.daemon : nil }

        /// What is remembered; nil while there is nothing.
        func store() throws -> ScheduleStore? { StateFolder.exists(state) ? try ScheduleStore(folder()) : nil }

        func folder() throws -> StateFolder {
            do { return try StateFolder(state) } catch { throw Diagnostics([error]) }
        }

        func job(_ name: String, of schedule: Schedule) throws -> Job {
            if let job = schedule[name] { return job }
            throw Diagnostics([
                Diagnostic("\(file): there is no job '\(name)'", at: nil, remedy: "see comfyfleet schedule list")
            ])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the jobs: when each comes next, and how it came out last.")
        @OptionGroup var files: Files
        @Option(help: "text, or json: an object for each job.") var format = Format.text

        func run() async throws {
            let book = try await ScheduleBook(files.load(), store: files.store(), now: .now)
            if format == .json {
                for status in book.jobs { Output.print(redacted(JSON.text(.dict(status.value), spaced: false))) }
                return
            }
            var table = TextTable(["job", "when", "next", "last", "playbook"])
            for status in book.jobs {
                let job = status.job
                let next =
                    status.isSuspended
                    ? "rests after \(status.failures) failures"
                    : !job.isEnabled ? "not enabled" : status.next.map { job.zone.text($0) } ?? "never"
                let last =
                    status.open.map {
                        $0.begun == nil ? "waits" : "runs since \($0.begun.map { job.zone.text($0) } ?? "")"
                    } ?? status.last.map { "\($0.words), \(job.zone.text($0.due))" } ?? "-"
                table.add([job.name, job.when, next, last, job.playbooks.joined(separator: " ")])
            }
            Output.print(table.text(ComfyFleet.secrets))
            if let daemon = files.daemon {
                Output.print("\n\(redacted(daemon)) runs them")
            } else {
                Output.print("\nno daemon runs them; start one with comfyfleet schedule daemon")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Says whether a daemon runs the jobs.")
        @OptionGroup var files: Files
        @Option(help: "text, or json.") var format = Format.text

        func run() throws {
            let daemon = files.daemon
            switch format {
            case .text:
                if let daemon {
                    Output.print("\(redacted(daemon)) runs the jobs")
                } else {
                    Output.print("no daemon runs the jobs")
                }
            case .json:
                Output.print(redacted(JSON.text(.dict(["daemon": daemon.map { .string($0) } ?? .null]), spaced: false)))
            }
        }
    }

    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "next", abstract: "Shows the next times of all jobs, in order.")
        @Argument(help: "How many.") var count = 10
        @OptionGroup var files: Files
        @Option(help: ArgumentHelp("Only of this job.", valueName: "job")) var job: String?
        @Option(
            help: ArgumentHelp(
                "After this moment, as 2026-03-28T12:00:00Z.", discussion: "Default: now.", valueName: "moment"))
        var after: String?
        @Option(help: "text, or json: an object for each time.") var format = Format.text

        func validate() throws {
            if !(1...10_000).contains(count) {
                throw ValidationError("the count is a number from 1 to 10000, not \(count)")
            }
            if let after, Moment(after) == nil {
                throw ValidationError("--after takes a moment in UTC such as 2026-03-28T12:00:00Z, not '\(after)'")
            }
        }

        func run() async throws {
            var schedule = try files.load()
            if let job { schedule.jobs = [try files.job(job, of: schedule)] }
            let start = after.flatMap { Moment($0) } ?? .now
            for (job, due) in schedule.next(count, after: start) {
                let begins = due + job.delay(at: due)
                switch format {
                case .text:
                    let late = begins > due ? "  begins \(job.zone.text(begins))" : ""
                    let outside =
                        job.maintenance.allows(begins)
                        ? "" : "  outside of its windows: \(job.outside == .wait ? "waits" : "left out")"
                    Output.print(redacted("\(job.zone.text(due))  \(job.name)\(late)\(outside)"))
                case .json:
                    Output.print(
                        redacted(
                            JSON.text(
                                .dict([
                                    "job": .string(job.name), "due": .string("\(due)"),
                                    "local": .string(job.zone.text(due)), "time_zone": .string(job.zone.name),
                                    "begins": .string("\(begins)"),
                                    "in_window": .bool(job.maintenance.allows(begins)),
                                ]), spaced: false)))
                }
            }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Shows what became of the jobs' times, newest first.")
        @Argument(help: "The job; all without one.") var job: String?
        @OptionGroup var files: Files
        @Option(help: "How many.") var limit = 20
        @Option(help: "text, or json: an object for each time.") var format = Format.text

        func validate() throws {
            if !(1...1_000_000).contains(limit) {
                throw ValidationError("--limit takes a number from 1 on, not \(limit)")
            }
        }

        func run() async throws {
            let fires = try await files.store()?.history(of: job, limit: limit)
            // A job that is gone still has its history.
            if let job, fires?.isEmpty ?? true { _ = try files.job(job, of: files.load()) }
            guard let fires else { return Output.print("nothing has run yet") }
            if format == .json {
                for fire in fires { Output.print(redacted(JSON.text(.dict(fire.value), spaced: false))) }
                return
            }
            var table = TextTable(["job", "due", "cause", "outcome", "run", "note"])
            for fire in fires {
                table.add([fire.job, "\(fire.due)", fire.cause.rawValue, fire.words, fire.run ?? "-", fire.note ?? ""])
            }
            Output.print(table.text(ComfyFleet.secrets))
        }
    }
}
