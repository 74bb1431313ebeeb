import ArgumentParser
import Redaction
import Runs
import YAML

/// A command whose run another process can resume.
protocol ResumableCommand: AsyncParsableCommand {
    var display: DisplayOptions { get set }
    func perform(_ order: RunOrder, resuming: Resumption?) async throws
}

/// What a run is started with, and resumed with by another process.
struct RunOrder: Sendable {
    /// Of the command line, without the program's name.
    var arguments: [String]
    /// Variables that a program gave beside the command line: data, never templates, conditions or expressions. They go
    /// before `-e`.
    var variables: ValueMap = [:]
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resumes an interrupted run.",
        discussion: """
            For runs that were interrupted, or whose controller was killed or lost power. Sessions that are still alive on the hosts are found again, what \
            ended meanwhile is taken in, and every host continues with the exact next task: nothing runs twice. The run's own options hold.

              comfyfleet resume                      the newest interrupted run
              comfyfleet resume 20261123-201455
              comfyfleet resume --failed last        hosts that failed or were unreachable, from the task that failed
              comfyfleet resume --rerun-interrupted  commands and scripts that were ended in the middle are run again
              comfyfleet resume --end last           does not resume: releases the hosts

            What a host was doing when its shell was lost (a reboot, a long absence) is reported as interrupted; it is run again only where \
            its module says that it may be, or --rerun-interrupted does. docs/resume.md has the guarantees.
            """)

    @Argument(help: "The run's id, the beginning of it, or 'last'. Default: the newest interrupted run.") var id:
        String?
    @Flag(
        help:
            "Run what failed again: hosts that failed or were unreachable resume at the task that failed. Others do only what they have left."
    ) var failed = false
    @Flag(
        help: ArgumentHelp(
            "Run again what was ended in the middle, also commands and scripts, of which nobody can know how far they came.",
            discussion:
                "Without it they are reported as failed; on a terminal it is asked for where Ctrl-C has ended something."
        )) var rerunInterrupted = false
    @Flag(
        help:
            "Do not resume: end what the run has left on its hosts, wait for what must not be interrupted there (package managers), and release the hosts. Ends with 130, as the run stays \"interrupted\"."
    ) var end = false
    @Flag(help: "Resume though the playbook, the inventory or comfyfleet has changed.") var force = false
    @OptionGroup(title: "Display") var display: DisplayOptions

    func validate() throws {
        if end, rerunInterrupted { throw ValidationError("--end and --rerun-interrupted exclude each other") }
        if end, failed { throw ValidationError("--end and --failed exclude each other") }
    }

    func run() async throws {
        let entry = try find()
        let resumption = try await Resumption(
            entry, keys: Resumption.journalKeys(), failed: failed, force: force || end, ends: end,
            rerunsInterrupted: rerunInterrupted)
        guard resumption.record["folder"]?.string.map({ $0 == RunSession.currentFolder }) ?? true else {
            throw Diagnostics([
                Diagnostic(
                    "the run was begun in another folder, \(resumption.record["folder"]?.string ?? "")", at: nil,
                    remedy: "resume it from there: its paths are relative to it")
            ])
        }
        let order = RunOrder(arguments: resumption.earlier.arguments, variables: resumption.earlier.variables)
        guard var command = try ComfyFleet.parseAsRoot(order.arguments) as? any ResumableCommand else {
            throw Diagnostics([Diagnostic("\(entry.folder.path): this command's runs can't be resumed", at: nil)])
        }
        command.display = display
        try await command.perform(order, resuming: resumption)
    }

    private func find() throws -> RunArchive.Entry {
        if let id { return try RunArchive().run(id) }
        guard
            let newest = RunArchive().runs().first(where: {
                $0.hasJournal && $0.state == (failed ? .finished : .interrupted)
                    || $0.hasJournal && $0.state == .interrupted
            })
        else {
            throw Diagnostics([Diagnostic("no run was interrupted", at: nil, remedy: "see comfyfleet runs list")])
        }
        Output.print("run \(redacted(newest.folder.id)) is resumed", to: .stderr)
        return newest
    }
}
