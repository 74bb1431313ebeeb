import ArgumentParser
import Glibc
import Logging
import Notify
import Redaction
import Scheduler
import ServiceLifecycle
import YAML

extension ScheduleCommand {
    struct Daemon: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "daemon", abstract: "Runs the jobs at their times, until it is stopped.",
            discussion: """
                Reads the file again when it changes and on SIGHUP; one with errors changes nothing. SIGTERM and Ctrl-C stop the runs in order; the next daemon \
                resumes them. After a crash the next daemon follows the runs that continue, resumes those that were interrupted, and begins none twice.
                """)
        @OptionGroup var files: Files

        func run() async throws {
            let driver = ScheduleDriver(
                state: try files.folder(),
                ScheduleCommand.surroundings(
                    of: files, log: { Output.print("\(redacted("\(Moment.now)")) \($0)", to: .stderr) }))
            try await ScheduleCommand.serve(driver)
        }
    }

    struct RunNow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run-now", abstract: "Runs a job now.",
            discussion: """
                Where a daemon runs the jobs, it is asked to; otherwise the job runs here, and its retries, time limit and history are those of the job. Maintenance \
                windows and the failure limit don't hold back what somebody asks for; what the job does when it still runs does.

                Exit codes: as comfyfleet --help says; 3 when a drift job's hosts differ; 0 when the daemon was asked.
                """)
        @Argument(help: "The job.") var job: String
        @OptionGroup var files: Files
        @Flag(
            help: "Run it as a timer in place of the job's own times: maintenance windows and the failure limit hold.")
        var byTimer = false

        func run() async throws {
            let schedule = try files.load()
            _ = try files.job(job, of: schedule)
            let folder = try files.folder()
            if let daemon = folder.daemon, daemon.hasPrefix("the daemon") {
                try await ScheduleStore(folder).ask(
                    for: job, mark: "\(getpid())-\(UInt32.random(in: 0 ... .max))", at: .now)
                Output.print("\(redacted(daemon)) was asked for it; see comfyfleet schedule history \(redacted(job))")
                return
            }
            let driver = ScheduleDriver(
                state: folder, ScheduleCommand.surroundings(of: files, log: { Output.print($0, to: .stderr) }),
                errand: .init(job: job, byTimer: byTimer))
            let outcome = Outcome()
            try await ScheduleCommand.serve(ErrandService(driver: driver, outcome: outcome))
            guard let fire = await outcome.fire else { throw CommandExit(code: 130) }
            switch fire.result {
            case .succeeded: return
            case .drift: throw CommandExit(code: 3)
            case .skipped: throw CommandExit(code: byTimer ? 0 : 1)
            default: throw CommandExit(code: Int32(clamping: fire.exitCode ?? 1))
            }
        }
    }

    private actor Outcome {
        private(set) var fire: Fire?
        func set(_ fire: Fire?) { self.fire = fire }
    }

    private struct ErrandService: Service {
        let driver: ScheduleDriver, outcome: Outcome
        func run() async throws { await outcome.set(try await driver.perform()) }
    }

    /// Until it ends by itself, or a signal shuts it down.
    fileprivate static func serve(_ service: some Service) async throws {
        var logger = Logger(label: "comfyfleet.schedule")
        // Its own tale of every signal is for those who look for an error in it.
        logger.logLevel = .critical
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.cancellationSignals = []
        try await ServiceGroup(configuration: configuration).run()
    }

    fileprivate static func surroundings(
        of files: Files, log: @escaping @Sendable (RedactedText) -> Void
    ) -> ScheduleDriver.Surroundings {
        ScheduleDriver.Surroundings(
            program: programPath, load: { try files.load() }, watched: [files.file, WebhookFile.defaultPath],
            secrets: ComfyFleet.secrets,
            missed: { fire, job in
                do { try await Notifications.tell(missed: fire, of: job) } catch {
                    log("warning: nobody was notified that \(redacted(fire.id)) was left out: \(redacted("\(error)"))")
                }
            }, log: log)
    }
}
