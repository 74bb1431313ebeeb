import Foundation
import TestSupport
import Testing
import YAML

@testable import Scheduler

@Suite struct ServiceUnitTests {
    private static let analyze = "/usr/bin/systemd-analyze"

    private func jobs(_ text: String) throws -> [Job] {
        try Schedule.parse(Array("defaults: {playbook: /dev/null}\njobs:\n\(text)".utf8), path: "jobs.yml").jobs
    }

    private func units(_ folder: String) -> ServiceUnits {
        ServiceUnits(program: "/bin/true", folder: folder, user: "root")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "no systemd-analyze here"))
    func `systemd finds nothing wrong with what is written`() throws {
        let folder = try temporaryFolder("units")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var files = [units(folder).daemon]
        files += try units(folder).timers(
            jobs("  a: {cron: \"*/5 2 * * mon-fri\", time_zone: Europe/Berlin, jitter: 5m}\n  b: {every: 90m}\n"))
        for file in files { try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)")) }
        for file in files {
            let outcome = try outcome(of: Self.analyze, ["verify", "--man=no", "\(folder)/\(file.name)"])
            #expect(outcome.status == 0 && !outcome.stderr.contains(folder), "\(file.name): \(outcome.stderr)")
        }
    }

    @Test func `units of jobs that are gone are found and removed, and those of others stay`() throws {
        let folder = try temporaryFolder("units")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ files: [ServiceUnits.File]) throws {
            for file in files { try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)")) }
        }
        let mine = units("/srv/mine")
        let theirs = units("/srv/theirs")
        try write(mine.timers(jobs("  a: {every: 1h}\n  b-c: {every: 1h}\n")))
        try write(theirs.timers(jobs("  d: {every: 1h}\n")))
        try write([
            theirs.daemon,
            .init(name: "comfyfleet-schedule-own.service", text: "[Service]\nWorkingDirectory=/srv/mine\n"),
        ])
        let found = InstalledUnits(of: mine, in: folder)
        #expect(found.jobs == ["a", "b-c"] && !found.hasDaemon)
        #expect(InstalledUnits(of: theirs, in: folder).hasDaemon)
        #expect(
            try found.remove("b-c") == [
                "\(folder)/comfyfleet-schedule-b-c.timer", "\(folder)/comfyfleet-schedule-b-c.service",
            ])
        #expect(InstalledUnits(of: mine, in: folder).jobs == ["a"])
    }

    @Test func `times in systemd's words`() throws {
        func calendar(_ text: String) throws -> [String] { TimerLines.calendar(try CronExpression(text)) }
        #expect(try calendar("30 2 * * mon-fri") == ["Mon,Tue,Wed,Thu,Fri *-*-* 02:30:00"])
        #expect(try calendar("*/20 * 1 1,7 *") == ["*-01,07-01 *:00,20,40:00"])
        #expect(try calendar("0 0 13 * fri") == ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"])
        #expect(try calendar("0 0 L * *") == ["*-*~01 00:00:00"])
        #expect(try calendar("0 0 * * friL") == ["Fri *-*~07/1 00:00:00"])
        #expect(try calendar("0 0 * * mon#2") == ["Mon *-*-08..14 00:00:00"])
    }

    /// systemd's own reading of the words gives the times that the daemon would have.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "no systemd-analyze here"),
        arguments: [
            "30 2 * * mon-fri", "*/20 * 1 1,7 *", "0 0 13 * fri", "0 0 L * *", "0 0 L-3 * *", "0 0 * * friL",
            "0 12 * * mon#2,wed#5", "15 3 */2 * mon", "0 0 29 2 *", "5,10 0-3 1-5 * *",
        ])
    func `systemd's times are the daemon's`(cron: String) throws {
        let expression = try CronExpression(cron)
        let now = Moment.now
        var expected: [String] = []
        var next = now
        for _ in 0..<5 {
            next = try #require(expression.next(after: next, in: .utc))
            expected.append(String(Zone.utc.text(next).prefix(19)))
        }
        var found: Set<String> = []
        for line in TimerLines.calendar(expression) {
            let text = try outcome(
                of: Self.analyze, ["calendar", "--iterations=5", "--base-time=@\(now.seconds)", line + " UTC"],
                environment: ["TZ": "UTC", "LANG": "C.UTF-8", "PATH": "/usr/bin"])
            #expect(text.status == 0, "\(line): \(text.stderr)")
            for match in text.stdout.matches(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) {
                found.insert(String(match.output))
            }
        }
        #expect(Array(found.sorted().prefix(5)) == expected)
    }

    @Test func `what a timer can't do is an error`() throws {
        let jobs = try jobs("  a: {cron: \"@daily\", catch_up: all}\n")
        #expect { try units("/srv").timers(jobs) } throws: {
            ($0 as? NotATimer)?.problem == "job 'a' makes up for all times that were missed, and a timer for one"
        }
    }

    @Test func `folders with blanks and percent signs come through`() {
        let text = ServiceUnits(program: "/opt/my tools/comfyfleet", folder: "/srv/100% \"gpu\"", user: "ops").daemon
            .text
        #expect(text.contains(#"ExecStart="/opt/my tools/comfyfleet" schedule daemon"#))
        #expect(
            text.contains(#"ReadWritePaths="/srv/100%% \"gpu\"""#)
                && text.contains("WorkingDirectory=/srv/100%% \"gpu\""))
        let accents = ServiceUnits(program: "/opt/a%\u{301}\"\u{301}/comfyfleet", folder: "/srv/b%\u{301}", user: "ops")
            .daemon.text
        #expect(
            accents.contains("ExecStart=\"/opt/a%%\u{301}\\\"\u{301}/comfyfleet\" schedule")
                && accents.contains("WorkingDirectory=/srv/b%%\u{301}\n"))
    }
}
