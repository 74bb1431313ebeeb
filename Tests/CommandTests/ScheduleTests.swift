import FaultBench
import Foundation
import TestSupport
import Testing
import YAML

/// The scheduler's daemon and commands, as a user runs them.
@Suite(.timeLimit(.minutes(5))) struct ScheduleTests {
    private static let local = "all: {hosts: {here: {ansible_connection: local}}}"

    private func with(_ jobs: String, _ tasks: String, _ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            try place.write("config/inventory.yml", Self.local)
            try place.write(
                "job.yml",
                "- hosts: all\n  gather_facts: no\n  tasks:\n    \(tasks.replacing("LEDGER", with: place.folder + "/ledger"))\n"
            )
            try place.write("config/schedules.yml", jobs)
            try await body(place)
        }
    }

    private func daemon(_ place: Workplace) throws -> RunningProgram {
        try RunningProgram(
            Workplace.program, ["schedule", "daemon"], environment: place.environment(), in: place.folder)
    }

    /// Waits until the daemon's log holds a text.
    private func wait(_ daemon: RunningProgram, for text: String) async throws {
        let found = try await offPool {
            for _ in 0..<3000 {
                if daemon.errors.contains(text) { return true }
                if !daemon.isRunning { return false }
                usleep(20_000)
            }
            return false
        }
        try #require(found, "the daemon never says '\(text)': \(daemon.errors)")
    }

    private func stop(_ daemon: RunningProgram) async throws -> Int32? {
        try await offPool {
            kill(daemon.processIdentifier, SIGTERM)
            return daemon.waitUntilEnd(atMost: 60)
        }
    }

    private func history(_ place: Workplace) async throws -> [ValueMap] {
        try await place.comfyfleet("schedule", "history", "--format=json", "--limit=1000").stdout.split(separator: "\n")
            .compactMap { try JSON.parse(Array($0.utf8)).map }
    }

    @Test func `the daemon runs jobs at their times, as ordinary runs`() async throws {
        try await with(
            "jobs:\n  often: {every: 2s, playbook: job.yml}\n",
            "- shell: echo \"{{ comfyfleet_job }} {{ comfyfleet_due }}\" >> LEDGER"
        ) { place in
            let daemon = try daemon(place)
            try await wait(daemon, for: "succeeded")
            try await wait(daemon, for: "begins, run")
            #expect(try await stop(daemon) == 0, "\(daemon.errors)")
            let fires = try await history(place)
            let fire = try #require(fires.last)
            #expect(fire["result"] == .string("succeeded") && fire["cause"] == .string("schedule"))
            #expect(try place.read("ledger").hasPrefix("often \(fire["due"]?.string ?? "")\n"))
            let record = try JSON.parse(Array(place.read("logs/runs/\(fire["run"]?.string ?? "")/run.json").utf8))
            #expect(record.map?["job"] == .string("often"))
            let listed = try await place.comfyfleet("schedule", "list")
            #expect(listed.stdout.contains("every 2s") && listed.stdout.contains("no daemon runs them"))
        }
    }

    @Test func `a second daemon is refused, and told who holds the folder`() async throws {
        try await with("jobs:\n  yearly: {cron: \"@yearly\", playbook: job.yml}\n", "- command: \"true\"") { place in
            let first = try daemon(place)
            try await wait(first, for: "1 jobs")
            let second = try await place.comfyfleet("schedule", "daemon")
            #expect(
                second.status == 1
                    && second.stderr.hasPrefix(
                        "error: data/schedule: the daemon, process \(first.processIdentifier) on "),
                "\(second.stderr)")
            let listed = try await place.comfyfleet("schedule", "list")
            #expect(listed.stdout.contains("the daemon, process \(first.processIdentifier) on "))
            #expect(try await stop(first) == 0)
        }
    }

    @Test func `the file is read again when it changes and on SIGHUP, and one that is wrong changes nothing`()
        async throws
    {
        try await with(
            "jobs:\n  one: {cron: \"@yearly\", playbook: job.yml}\n", "- shell: echo {{ comfyfleet_job }} >> LEDGER"
        ) { place in
            let daemon = try daemon(place)
            try await wait(daemon, for: "1 jobs")
            try place.write("config/schedules.yml", "jobs:\n  one: {crn: \"@yearly\", playbook: job.yml}\n")
            try await wait(
                daemon, for: "error: config/schedules.yml:2:9: unknown key 'crn' in job 'one'; did you mean 'cron'?")
            try await wait(daemon, for: "the jobs stay as they were")
            try place.write(
                "config/schedules.yml",
                "jobs:\n  one: {cron: \"@yearly\", playbook: job.yml}\n  two: {every: 1s, playbook: job.yml}\n")
            try await wait(daemon, for: "the file was read again: 2 jobs")
            try await wait(daemon, for: "two@")
            kill(daemon.processIdentifier, SIGHUP)
            try await offPool {
                for _ in 0..<500 where daemon.errors.components(separatedBy: "the file was read again").count < 3 {
                    usleep(20_000)
                }
            }
            #expect(daemon.errors.components(separatedBy: "the file was read again").count >= 3)
            #expect(try await stop(daemon) == 0)
        }
    }

    @Test func `a file that is wrong, or not there, begins nothing`() async throws {
        try await with("jobs:\n  one: {every: 1s, playbok: job.yml}\n", "- command: \"true\"") { place in
            let outcome = try await place.comfyfleet("schedule", "daemon")
            #expect(
                outcome.status == 1
                    && outcome.stderr.contains(
                        "config/schedules.yml:2:20: unknown key 'playbok' in job 'one'; did you mean 'playbook'?"),
                "\(outcome.stderr)")
            let missing = try await place.comfyfleet("schedule", "list", "--file", "no.yml")
            #expect(
                missing.status == 1
                    && missing.stderr.contains(
                        "no.yml: no such file or folder; write one like config/example.schedules.yml")
            )
        }
    }

    @Test func `SIGTERM stops what runs in order, and the next daemon resumes it`() async throws {
        try await with(
            "jobs:\n  long: {every: 1s, playbook: job.yml}\n",
            """
            - shell: echo begin >> LEDGER
                - shell: while [ ! -e LEDGER.go ]; do sleep 0.1; done
                - shell: echo end >> LEDGER
            """
        ) { place in
            let first = try daemon(place)
            try await wait(first, for: "begins, run")
            try await offPool { for _ in 0..<1000 where (try? place.read("ledger")) == nil { usleep(20_000) } }
            #expect(try await stop(first) == 0, "\(first.errors)")
            let begun = try await history(place).last { $0["run"] != .null }
            let run = try #require(begun?["run"]?.string)
            try place.write("ledger.go", "")
            try place.write("config/schedules.yml", "jobs:\n  long: {cron: \"@yearly\", playbook: job.yml}\n")
            let second = try daemon(place)
            try await wait(second, for: "resumes run \(run)")
            try await offPool {
                for _ in 0..<1500 where second.errors.components(separatedBy: "long@").count < 3 { usleep(20_000) }
            }
            #expect(try await stop(second) == 0)
            #expect(
                try place.read("ledger").components(separatedBy: "begin").count == 2,
                "nothing ran twice: \(second.errors)")
        }
    }

    @Test func `run-now runs a job here, or asks the daemon`() async throws {
        try await with(
            "jobs:\n  yearly: {cron: \"@yearly\", playbook: job.yml}\n  fails: {cron: \"@yearly\", playbook: fails.yml}\n  drifts: {cron: \"@yearly\", playbook: drifts.yml, drift: yes}\n",
            "- shell: echo ran >> LEDGER"
        ) { place in
            try place.write("fails.yml", "- hosts: all\n  gather_facts: no\n  tasks:\n    - command: \"false\"\n")
            try place.write(
                "drifts.yml",
                "- hosts: all\n  gather_facts: no\n  tasks:\n    - copy: {dest: \(place.folder)/absent, content: a}\n")
            let here = try await place.comfyfleet("schedule", "run-now", "yearly")
            #expect(here.status == 0 && here.stdout.contains("1 host in"), "\(here.stdout)\(here.stderr)")
            #expect(try await place.comfyfleet("schedule", "run-now", "fails").status == 2)
            #expect(try await place.comfyfleet("schedule", "run-now", "drifts").status == 3)
            let unknown = try await place.comfyfleet("schedule", "run-now", "yearli")
            #expect(try await place.comfyfleet("schedule", "history", "yearli").stderr == unknown.stderr)
            #expect(
                unknown.status == 1
                    && unknown.stderr.contains(
                        "config/schedules.yml: there is no job 'yearli'; see comfyfleet schedule list")
            )
            let daemon = try daemon(place)
            try await wait(daemon, for: "3 jobs")
            let asked = try await place.comfyfleet("schedule", "run-now", "yearly")
            #expect(asked.status == 0 && asked.stdout.contains("was asked for it"))
            try await wait(daemon, for: "succeeded")
            #expect(try await stop(daemon) == 0)
            #expect(try place.read("ledger") == "ran\nran\n")
            // Within one second there is no order among them.
            let results = try await history(place).map { "\($0["job"]?.string ?? "") \($0["result"]?.string ?? "")" }
            #expect(results.sorted() == ["drifts drift", "fails failed", "yearly succeeded", "yearly succeeded"])
        }
    }

    @Test func `a time that is left out is told`() async throws {
        try await with(
            "windows: {never: {start: 2001-01-01, end: 2001-01-02}}\njobs:\n  shut: {every: 1s, playbook: job.yml, only_in: never}\n",
            "- command: \"true\""
        ) { place in
            let receiver = try WebhookReceiver()
            defer { receiver.stop() }
            try place.write("config/hooks.yml", "webhooks:\n  ops: {url: \"\(receiver.url)\"}\n")
            try place.write("config/hooks/on_schedule_missed", "#!/bin/sh\ncat >> \(place.folder)/told\n", mode: 0o755)
            let daemon = try daemon(place)
            try await wait(daemon, for: "skipped (window)")
            #expect(try await receiver.wait(for: 1))
            #expect(try await stop(daemon) == 0)
            let message = try #require(receiver.messages.first)
            let notice = try JSON.parse(Array(message.body.utf8)).map ?? [:]
            #expect(
                notice["event"] == .string("on_schedule_missed") && notice["job"] == .string("shut")
                    && notice["reason"] == .string("window"))
            #expect(try place.read("told").contains("\"job\":\"shut\""))
        }
    }

    @Test func `what passes midnight in zones is shown in each job's own`() async throws {
        try await with(
            "time_zone: Asia/Kathmandu\njobs:\n  a: {cron: \"0 0 * * *\", playbook: job.yml}\n  b: {cron: \"0 0 * * *\", time_zone: America/New_York, playbook: job.yml}\n",
            "- command: \"true\""
        ) { place in
            let next = try await place.comfyfleet("schedule", "next", "3", "--after", "2026-03-08T00:00:00Z")
            #expect(
                next.stdout == """
                    2026-03-08 00:00:00-05:00  b
                    2026-03-09 00:00:00+05:45  a
                    2026-03-09 00:00:00-04:00  b

                    """)
        }
    }

    /// Short; scripts/faults schedule does it at length.
    @Test func `daemons that are killed lose no time and begin none twice`() async throws {
        let report = try await ScheduleKills(seed: 20_261_126).run(kills: 6)
        #expect(report.problems == [])
        #expect(report.kills == 6)
    }
}
