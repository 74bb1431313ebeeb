import ArgumentParser
import Foundation
import Redaction
import Scheduler
import YAML

extension ScheduleCommand {
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "install", abstract: "Writes systemd units that run the jobs.",
            discussion: """
                One service for the daemon; with --timers a timer and a service for each job, without a daemon. What is written stands on standard output; nothing \
                is started: the commands for that are shown. Units that an earlier install wrote for jobs that are gone are removed.

                  sudo comfyfleet schedule install --as deploy
                  comfyfleet schedule install --user
                  comfyfleet schedule install --timers --output units
                """)
        @OptionGroup var files: Files
        @Flag(help: "A timer and a service for each job.") var timers = false
        @Flag(help: "For this user's own systemd (systemctl --user).") var user = false
        @Option(
            name: .customLong("as"),
            help: ArgumentHelp("Who runs the jobs.", discussion: "Default: the owner of the folder.", valueName: "user")
        ) var account: String?
        @Option(
            help: ArgumentHelp(
                "Where to write.", discussion: "Default: /etc/systemd/system, or ~/.config/systemd/user with --user.",
                valueName: "folder"), completion: .directory) var output: String?

        func run() async throws {
            let schedule = try files.load()
            let folder = FileManager.default.currentDirectoryPath
            let units = ServiceUnits(
                program: programPath, folder: folder, user: account ?? owner(of: folder), schedule: files.file,
                state: files.state, isOfUser: user)
            let written = timers ? try units.timers(schedule.jobs) : [units.daemon]
            let target = output ?? (user ? "\(NSHomeDirectory())/.config/systemd/user" : "/etc/systemd/system")
            let earlier = InstalledUnits(of: units, in: target)
            let enabled = Set(schedule.jobs.filter(\.isEnabled).map(\.name))
            var stopped: [String] = []
            do {
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                for unit in written {
                    try Data(unit.text.utf8).write(to: URL(fileURLWithPath: "\(target)/\(unit.name)"), options: .atomic)
                    Output.print(redacted("\(target)/\(unit.name)"))
                }
                for job in earlier.jobs where !enabled.contains(job) {
                    for path in try earlier.remove(job) {
                        Output.print(redacted("\(path) is removed: job '\(job)' is gone"))
                        stopped.append(URL(fileURLWithPath: path).lastPathComponent)
                    }
                }
            } catch {
                throw Diagnostics([
                    Diagnostic(
                        "\(target): the units cannot be written: \(error.localizedDescription)", at: nil,
                        remedy: "run it as root, or give another folder with --output")
                ])
            }
            let systemctl = user ? "systemctl --user" : "systemctl"
            warn(of: earlier, enabled, in: target, systemctl)
            if stopped.contains(where: { $0.hasSuffix(".timer") }) {
                Output.print(
                    "\nstop what is gone with:\n  \(redacted("\(systemctl) stop \(stopped.filter { $0.hasSuffix(".timer") }.joined(separator: " "))"))",
                    to: .stderr)
            }
            let names = written.map(\.name).filter { !timers || $0.hasSuffix(".timer") }.joined(separator: " ")
            Output.print(
                "\nstart them with:\n  \(redacted("\(systemctl) daemon-reload && \(systemctl) enable --now \(names)"))",
                to: .stderr)
        }

        /// The daemon and timers are two ways to the same runs.
        private func warn(of earlier: InstalledUnits, _ enabled: Set<String>, in target: String, _ systemctl: String) {
            let others =
                timers
                ? earlier.hasDaemon ? ["comfyfleet-schedule.service"] : []
                : earlier.jobs.filter(enabled.contains).map { "comfyfleet-schedule-\($0).timer" }
            guard !others.isEmpty else { return }
            let names = others.joined(separator: " ")
            let what = timers ? "the daemon's unit is" : "timers of the jobs are"
            Output.print(
                redacted(
                    "warning: \(what) in \(target), too: with both, each time of a job fires twice; before you start these, take the others away: \(systemctl) disable --now \(names)"
                ), to: .stderr)
        }

        private func owner(of folder: String) -> String {
            (try? FileManager.default.attributesOfItem(atPath: folder)[.ownerAccountName] as? String) ?? NSUserName()
        }
    }

    /// This program, by its path.
    static var programPath: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }
}
