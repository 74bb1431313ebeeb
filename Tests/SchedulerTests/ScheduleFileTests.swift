import Foundation
import TestSupport
import Testing
import YAML

@testable import Scheduler

@Suite struct ScheduleFileTests {
    private func problems(_ text: String, webhooks: Set<String>? = nil) -> [String] {
        do {
            _ = try Schedule.parse(Array(text.utf8), path: "jobs.yml", webhooks: webhooks)
            return []
        } catch { return error.all.map(\.description) }
    }

    @Test func `everything that is wrong is told at once, each at its place`() {
        #expect(
            problems(
                """
                time_zone: Europe/Berln
                windows:
                  a: {from: "25:00", to: "06:00"}
                  b: {days: mox, from: 22:00, to: 23:00}
                  c: {start: 2026-12-20, end: 2026-12-01}
                defaults: {cron: "0 0 * * *", ovrlap: skip}
                jobs:
                  x y: {}
                  one: {cron: "61 2 * * mon-fri", playbok: a, playbook: /no/such.yml}
                  two: {cron: 0 0 31 2 *, overlap: skipp, only_in: [d], playbook: /dev/null, timeout: 5 parsecs}
                  three: {every: 0s, playbook: /dev/null, notify: [pager]}
                  four: {playbook: /dev/null, cron: '@dayly'}
                  four: {playbook: /dev/null, every: 1h, cron: "@daily", check: yes, drift: yes}
                  five: {playbook: /dev/null}
                  six: {every: 1m, jitter: 2m, playbook: /dev/null}
                  seven: {every: 1h, playbook: /usr}
                """, webhooks: ["ops"]) == [
                    "jobs.yml:1:12: there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
                    "jobs.yml:3:13: this is not a time of the day; write it as \"22:00\"",
                    "jobs.yml:4:13: 'mox' is not a day of the week; did you mean 'mon'?",
                    "jobs.yml:5:31: window 'c' ends before it begins",
                    "jobs.yml:6:12: 'cron' belongs to one job; write it in the jobs",
                    "jobs.yml:6:31: unknown key 'ovrlap' in the defaults; did you mean 'overlap'?",
                    "jobs.yml:8:3: 'x y' can't be a job's name; use up to 60 letters, digits, '-', '_' and '.'",
                    "jobs.yml:9:16: 61 is not a minute; write a number from 0 to 59",
                    "jobs.yml:9:35: unknown key 'playbok' in job 'one'; did you mean 'playbook'?",
                    "jobs.yml:9:57: there is no file '/no/such.yml' that can be read; paths are relative to the folder that comfyfleet runs in",
                    "jobs.yml:10:19: there is no such day: '31' in the months '2'; look at the day of the month and the month",
                    "jobs.yml:10:36: 'overlap' cannot be 'skipp'; choose one of: skip, queue, replace",
                    "jobs.yml:10:53: 'only_in' names a window 'd', and there is none; there are: b, c",
                    "jobs.yml:10:87: 'timeout' is a span of time of at least a second; write for example 90s, 15m, 6h, 1h30m or 1d",
                    "jobs.yml:11:18: 'every' is a span of time of at least a second; write for example 90s, 15m, 6h, 1h30m or 1d",
                    "jobs.yml:11:52: 'notify' names a webhook 'pager', and config/hooks.yml has none of that name; there are: ops",
                    "jobs.yml:13:3: found duplicate mapping key 'four'; the last one counts",
                    "jobs.yml:13:48: job 'four' has 'cron' and 'every'; take one of them out",
                    "jobs.yml:13:77: job 'four' is a check and looks for drift, which is a check already; take one of them out",
                    "jobs.yml:14:3: job 'five' never comes: it has neither 'cron' nor 'every'; write for example  cron: \"30 2 * * mon-fri\"  or  every: 6h",
                    "jobs.yml:15:3: job 'six' has a jitter as long as its interval; make it shorter than 1m",
                    "jobs.yml:16:32: '/usr' is a folder, and a playbook is a file",
                ])
    }

    @Test func `what is no mapping of jobs is told`() {
        #expect(
            problems("- a\n") == ["jobs.yml:1:1: a file of jobs is a mapping, and this is a list; begin with 'jobs:'"])
        #expect(
            problems("time_zone: UTC\n") == [
                "jobs.yml:1:1: there are no jobs; write them below 'jobs:', each with a name"
            ])
        #expect(problems("jobs:\n  a: {cron: *daily}\n").count == 1)
    }

    @Test func `keys of a job go before the defaults`() throws {
        let schedule = try Schedule.parse(
            Array(
                """
                time_zone: Asia/Kathmandu
                windows:
                  nights: {days: [fri, sat], from: 22:00, to: "06:00"}
                defaults: {playbook: /dev/null, timeout: 1h30m, only_in: nights, check: yes, retries: 2, extra_vars: {a: 1}}
                jobs:
                  first: {cron: "30 2 * * *", description: the first}
                  second: {every: 6h, starting: 2026-01-01 09:00, time_zone: UTC, timeout: 60, check: no, drift: yes, only_in: [], notify: ops, limit: [gpu, "!gpu-3"]}
                """.utf8), path: "jobs.yml")
        let first = try #require(schedule["first"])
        let second = try #require(schedule["second"])
        #expect(
            first.zone.name == "Asia/Kathmandu" && first.timeout == 5400 && first.kind == .check
                && first.retries.count == 2 && first.maintenance.onlyIn.map(\.name) == ["nights"])
        #expect(
            second.trigger == .every(21600, from: try moment("2026-01-01T09:00:00Z")) && second.timeout == 60
                && second.kind == .drift && second.maintenance.onlyIn.isEmpty)
        #expect(
            second.arguments(run: "id", due: Moment(0)) == [
                "run", "--run-id=id", "--job=second", "--format=lines", "--limit=gpu,!gpu-3",
                #"--extra-vars={"comfyfleet_job":"second","comfyfleet_due":"1970-01-01T00:00:00Z","a":1}"#,
                "--wait-lock=3600", "--drift", "--notify=ops", "--", "/dev/null",
            ])
        #expect(
            schedule.next(3, after: try moment("2026-01-01T08:00:00Z")).map { "\($0.job.name) \($0.due)" } == [
                "second 2026-01-01T09:00:00Z", "second 2026-01-01T15:00:00Z", "first 2026-01-01T20:45:00Z",
            ])
    }

    @Test func `windows hold by the clock on the wall, over midnight and changes of it`() throws {
        let berlin = try #require(Zone("Europe/Berlin"))
        var rule = MaintenanceRule()
        // Friday and Saturday nights.
        rule.onlyIn = [
            Window(name: "nights", extent: .daily(weekdays: [4, 5], from: 22 * 60, to: 6 * 60), zone: berlin)
        ]
        #expect(try !rule.allows(moment("2026-03-27T20:59:59Z")) && rule.allows(moment("2026-03-27T21:00:00Z")))
        #expect(try rule.allows(moment("2026-03-28T04:59:59Z")) && !rule.allows(moment("2026-03-28T05:00:00Z")))
        // The night of the change is an hour shorter.
        #expect(try rule.allows(moment("2026-03-29T03:59:59Z")) && !rule.allows(moment("2026-03-29T04:00:00Z")))
        #expect(try rule.opening(from: moment("2026-03-29T10:00:00Z")) == moment("2026-04-03T20:00:00Z"))
        // A window that the clock leaves out in part opens when the clock has jumped.
        rule.onlyIn = [Window(name: "early", extent: .daily(weekdays: [6], from: 150, to: 240), zone: berlin)]
        #expect(try rule.opening(from: moment("2026-03-28T10:00:00Z")) == moment("2026-03-29T01:00:00Z"))
        rule.neverIn = [
            Window(
                name: "freeze",
                extent: .calendar(
                    start: CalendarDate(year: 2026, month: 3, day: 1).daysSinceEpoch * 86400,
                    end: CalendarDate(year: 2026, month: 5, day: 1).daysSinceEpoch * 86400), zone: berlin)
        ]
        #expect(try rule.opening(from: moment("2026-03-28T10:00:00Z")) == moment("2026-05-03T00:30:00Z"))
    }

    @Test(
        arguments: [
            ("90", 90), ("90s", 90), ("1h30m", 5400), ("1d", 86400), ("2w", 1_209_600), ("", nil), ("1", 1),
            ("1x", nil), ("h", nil), ("1h5", nil), ("-1", nil),
        ] as [(String, Int?)])
    func `spans of time`(text: String, seconds: Int?) {
        #expect(DurationText.seconds(text) == seconds)
        if let seconds, seconds > 0 { #expect(DurationText.seconds(DurationText.text(seconds)) == seconds) }
    }

    @Test func `jitter stays within its limits and is the same each time`() throws {
        let schedule = try Schedule.parse(
            Array("jobs: {a: {every: 1h, jitter: 10m, playbook: /dev/null}}".utf8), path: "jobs.yml")
        let job = try #require(schedule["a"])
        let delays = (0..<2000).map { job.delay(at: Moment($0 * 3600)) }
        #expect(delays.allSatisfy { (0...600).contains($0) })
        #expect(Set(delays).count > 500, "they are spread")
        #expect(delays == (0..<2000).map { job.delay(at: Moment($0 * 3600)) })
    }
}
