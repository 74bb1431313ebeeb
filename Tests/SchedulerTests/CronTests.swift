import Foundation
import TestSupport
import Testing
import YAML

@testable import Scheduler

/// `2026-03-29T01:30:00Z`
func moment(_ text: String) throws -> Moment { try #require(Moment(text), "not a moment: \(text)") }

@Suite struct CronTests {
    private func times(_ cron: String, _ zone: String, after: String, _ count: Int) throws -> [String] {
        let trigger = Trigger.cron(try CronExpression(cron), try #require(Zone(zone)))
        var next = try moment(after)
        var found: [String] = []
        for _ in 0..<count {
            next = try #require(trigger.next(after: next))
            found.append("\(next)")
        }
        return found
    }

    @Test(arguments: [
        ("0 0 * * *", ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
        (
            "*/20 9 * * *",
            ["2025-12-31T09:00:00Z", "2025-12-31T09:20:00Z", "2025-12-31T09:40:00Z", "2026-01-01T09:00:00Z"]
        ),
        (
            "5-10/2,58 0 1 * *",
            [
                "2026-01-01T00:05:00Z", "2026-01-01T00:07:00Z", "2026-01-01T00:09:00Z", "2026-01-01T00:58:00Z",
                "2026-02-01T00:05:00Z",
            ]
        ),
        (
            "0 12 * JAN,jul Mon",
            [
                "2026-01-05T12:00:00Z", "2026-01-12T12:00:00Z", "2026-01-19T12:00:00Z", "2026-01-26T12:00:00Z",
                "2026-07-06T12:00:00Z",
            ]
        ),
        ("@weekly", ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
        ("@hourly", ["2025-12-31T01:00:00Z", "2025-12-31T02:00:00Z"]),
        // Sunday is 0 and 7, and ends a week that begins on Friday.
        ("0 0 * * 7", ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
        (
            "0 0 * * fri-sun",
            ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-09T00:00:00Z"]
        ),
        // Either kind of day is enough; with a star both must hold.
        (
            "0 0 13 * fri",
            ["2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z", "2026-01-16T00:00:00Z"]
        ),
        ("0 0 */2 * mon", ["2026-01-05T00:00:00Z", "2026-01-19T00:00:00Z", "2026-02-09T00:00:00Z"]),
        ("0 0 L * *", ["2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"]),
        ("0 0 L-2 * *", ["2026-01-29T00:00:00Z", "2026-02-26T00:00:00Z"]),
        ("0 0 * * friL", ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-27T00:00:00Z"]),
        (
            "0 0 * * 1#2,3#5",
            [
                "2026-01-12T00:00:00Z", "2026-02-09T00:00:00Z", "2026-03-09T00:00:00Z", "2026-04-13T00:00:00Z",
                "2026-04-29T00:00:00Z",
            ]
        ),
        ("0 0 29 2 *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
    ])
    func `an expression's times in UTC`(cron: String, expected: [String]) throws {
        #expect(try times(cron, "UTC", after: "2025-12-31T00:00:00Z", expected.count) == expected)
    }

    @Test func `leap days come after the year 2100 without one`() throws {
        #expect(try times("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", 1) == ["2104-02-29T00:00:00Z"])
    }

    @Test(arguments: [
        // Berlin: 02:00 to 03:00 is left out on 2026-03-29, and comes twice on 2026-10-25.
        (
            "30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
            ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        ),
        ("0,30 2 * * *", "Europe/Berlin", "2026-03-28T22:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
        (
            "30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z",
            ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        ),
        (
            "0 * * * *", "Europe/Berlin", "2026-03-28T23:30:00Z",
            ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]
        ),
        (
            "30 */2 * * *", "Europe/Berlin", "2026-10-24T23:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z"]
        ),
        (
            "*/30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z",
            [
                "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
                "2026-10-25T02:00:00Z",
            ]
        ),
        // New York, and its hour at another time.
        ("15 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", ["2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        // The southern hemisphere: the clocks go forward in September, at midnight.
        ("30 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", ["2026-09-06T04:00:00Z", "2026-09-07T03:30:00Z"]),
        // Lord Howe changes by half an hour: 02:00 to 02:30 is left out, 01:30 to 02:00 comes twice.
        (
            "15 2 * * *", "Australia/Lord_Howe", "2026-10-02T18:00:00Z",
            ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]
        ),
        (
            "45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z",
            ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
        ),
        (
            "45 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z",
            ["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z"]
        ),
        // Samoa left out 2011-12-30: its time is the moment of the change, which is the next day's midnight.
        (
            "0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z",
            ["2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"]
        ),
        (
            "0 0 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z",
            ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]
        ),
    ])
    func `days on which clocks change`(cron: String, zone: String, after: String, expected: [String]) throws {
        #expect(try times(cron, zone, after: after, expected.count) == expected)
    }

    @Test(arguments: [
        ("61 * * * *", 0, "61 is not a minute"), ("* 24 * * *", 2, "24 is not a hour"),
        ("* * 0 * *", 4, "0 is not a day of the month"), ("0 0 1 foo *", 6, "'foo' is not a month"),
        ("0 0 * * 1#6", 10, "'1#6': a month has five weeks"), ("0 0 */0 * *", 6, "'0' is not a step"),
        ("1,,2 * * * *", 2, "a list with nothing between its commas in '1,,2'"),
        ("5-1 * * * *", 0, "the range '5-1' goes backwards"),
        ("* * * *", 0, "a cron expression has five fields, and '* * * *' has 4"),
        ("0 0 30 2 *", 4, "there is no such day: '30' in the months '2'"),
        ("0 0 15W * *", 4, "'15W': W (the nearest working day) is not supported"),
        ("@reboot", 0, "'@reboot' is not a shorthand of a cron expression"),
        ("0 0 ? * *", 4, "'?' is not part of this language"),
        ("0 0 1#2 * *", 4, "'#' stands in the day of the week only"),
    ])
    func `what is wrong in an expression, and where`(cron: String, offset: Int, problem: String) {
        #expect { try CronExpression(cron) } throws: { error in
            (error as? CronProblem)?.problem == problem && (error as? CronProblem)?.offset == offset
        }
    }

    @Test func `zones have the offsets that Python has`() throws {
        let file = try JSON.parse(
            Array(Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/schedule/zones.json"))))
        var checked = 0
        for (key, value) in try #require(file.map).pairs {
            guard let name = key.string, let changes = value.list else { continue }
            let zone = try #require(Zone(name))
            let rows = changes.compactMap { row in
                row.list.flatMap { $0.count == 2 ? ($0[0].int ?? 0, $0[1].int ?? 0) : nil }
            }
            for (index, row) in rows.enumerated() {
                #expect(zone.offset(at: Moment(row.0)) == row.1, "\(name) at \(Moment(row.0))")
                if index > 0 {
                    #expect(zone.offset(at: Moment(row.0 - 1)) == rows[index - 1].1, "\(name) before \(Moment(row.0))")
                }
                checked += 1
            }
        }
        #expect(checked > 200)
    }

    /// Every minute of the weeks around changes of the clock, asked one by one what a clock on the wall shows.
    @Test func `times are those that a clock on the wall shows, minute by minute`() async throws {
        try await sideBySide([
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
            "Pacific/Apia",
        ]) { try compareWithTheWall($0) }
    }

    private func compareWithTheWall(_ name: String) throws {
        let zone = try #require(Zone(name))
        var random = SeededGenerator(20_261_126, stream: name)
        for round in 0..<60 {
            let cron = Self.randomExpression(&random)
            let expression = try CronExpression(cron)
            // Around the changes of both hemispheres; Samoa's missing day.
            let start = try moment(
                [
                    "2026-03-05T00:00:00Z", "2026-03-26T00:00:00Z", "2026-04-02T00:00:00Z", "2026-09-03T00:00:00Z",
                    "2026-10-01T00:00:00Z", "2026-10-23T00:00:00Z", "2011-12-28T00:00:00Z",
                ][round % 7])
            let end = start + 7 * 86400
            let found = Trigger.cron(expression, zone).moments(after: start, through: end)
            let expected = Self.naive(expression, zone, start, end)
            if found != expected {
                Issue.record(
                    "'\(cron)' in \(name) after \(start): \(found.prefix(20)) instead of \(expected.prefix(20))")
            }
            var next = start
            var walked: [Moment] = []
            while let moment = expression.next(after: next, in: zone), moment <= end {
                walked.append(moment)
                next = moment
            }
            if walked != found {
                Issue.record(
                    "'\(cron)' in \(name) after \(start): one by one \(walked.prefix(20)), together \(found.prefix(20))"
                )
            }
        }
    }

    /// Looks at the clock every minute: a time that is shown counts (named hours: once a day), and of what a jump
    /// leaves out something counts at the jump.
    private static func naive(_ expression: CronExpression, _ zone: Zone, _ start: Moment, _ end: Moment) -> [Moment] {
        var found: [Moment] = []
        var seen: Set<Int> = []
        var clock = (start - 86400).seconds + zone.offset(at: start - 86400) - 60
        for second in stride(from: start.seconds - 86400, through: end.seconds, by: 60) {
            let moment = Moment(second)
            let shown = second + zone.offset(at: moment)
            func matches(_ shown: Int) -> Bool {
                let day = Int((Double(shown) / 86400).rounded(.down))
                let minute = (shown - day * 86400) / 60
                return expression.matches(CalendarDate(daysSinceEpoch: day))
                    && expression.hours.values.contains(minute / 60) && expression.minutes.values.contains(minute % 60)
            }
            var counts = false
            if expression.namesHours {
                for time in stride(from: clock + 60, through: max(clock + 60, shown), by: 60)
                where time <= shown && matches(time) && !seen.contains(time) {
                    seen.insert(time)
                    counts = true
                }
                if matches(shown), seen.insert(shown).inserted { counts = true }
            } else {
                counts = matches(shown)
            }
            if counts, moment > start { found.append(moment) }
            clock = shown
        }
        return found
    }

    private static func randomExpression(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "*" }
        return [
            pick(["0", "*/15", "30", "15,45", "7", "0-10/5", "*/7"]),
            pick(["*", "*/2", "2", "1,2,3", "0", "0-4", "23", "*/3", "12"]),
            pick(["*", "*", "*", "*/2", "L", "29", "1-7"]),
            pick(["*", "*", "*", "3,4,9,10,12"]), pick(["*", "*", "*", "sun", "mon-fri", "sunL", "7#1", "6,0"]),
        ].joined(separator: " ")
    }
}
