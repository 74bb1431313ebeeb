import Foundation
import Redaction
import Runs
import Testing

@testable import Console

@Suite struct LineConsoleTests {
    static func story() -> StoryOfARun {
        var story = StoryOfARun()
        story.secrets.insert(Secret("hunter2"), label: "remote.password")
        story.start(["gpu-1", "gpu-2", "hunter2.lab"], tasks: ["Install driver"])
        story.wait(1.25)
        story.tell(.hostConnecting(host: "gpu-1", attempt: 1))
        story.tell(.hostConnecting(host: "gpu-2", attempt: 2))
        story.tell(.hostTaskStarted(host: "gpu-1", task: 1))
        story.tell(.hostOutput(host: "gpu-1", task: 1, stream: "stdout", text: "Reading pack"))
        story.tell(.hostOutput(host: "gpu-1", task: 1, stream: "stdout", text: "age lists\nDone"))
        story.tell(
            .hostTaskFinished(
                host: "gpu-1", task: 1,
                outcome: StoryOfARun.outcome(.changed, diff: "--- before\n+++ after\n@@ -1 +1 @@\n-a\n+b\n")))
        story.wait(2)
        story.tell(
            .hostTaskFinished(
                host: "gpu-2", task: 1,
                outcome: StoryOfARun.outcome(
                    .failed, message: "apt-get failed", returnCode: 100,
                    tail: "E: Unable to locate package\nE: really\n", duration: 3.21)))
        story.tell(.hostUnreachable(host: "hunter2.lab", task: nil, message: "no answer on port 22 within 10 s"))
        story.tell(.warning("two\nlines"))
        story.tell(
            .runFinished(
                RunSummary(
                    hosts: [
                        ("gpu-1", StoryOfARun.counts(ok: 0, changed: 1)), ("gpu-2", StoryOfARun.counts(failed: 1)),
                        ("hunter2.lab", StoryOfARun.counts(unreachable: 1)),
                    ], exitCode: 6, duration: 3.3, note: "stopped by a failure limit")))
        return story
    }

    @Test func aRunIsALineForEachEvent() {
        #expect(
            Self.story().lines() == [
                "    0.0s  run 20261123-201455-gpu-3f2a: playbooks/gpu.yml on 3 hosts",
                "    0.0s  play Install drivers: 3 hosts",
                "    0.0s  task Install driver playbooks/gpu.yml:12:7",
                "    1.3s  gpu-2: connecting, attempt 2",
                "    1.3s  gpu-1: changed: Install driver (0.4 s)",
                "              --- before",
                "              +++ after",
                "              @@ -1 +1 @@",
                "              -a",
                "              +b",
                "    3.3s  gpu-2: FAILED: Install driver (rc 100, 3.2 s): apt-get failed",
                "              at playbooks/gpu.yml:12:7",
                "              | E: Unable to locate package",
                "              | E: really",
                "    3.3s  «redacted:remote.password».lab: UNREACHABLE: no answer on port 22 within 10 s",
                "    3.3s  warning: two",
                "                   lines",
                "",
                "host                               ok  changed  unreachable  failed  skipped  rescued  ignored",
                "gpu-1                               0        1            0       0        0        0        0",
                "gpu-2                               0        0            0       1        0        0        0",
                "«redacted:remote.password».lab      0        0            1       0        0        0        0",
                "total                               0        1            1       1        0        0        0",
                "",
                "3 hosts in 3.3 s: 1 changed, 1 failed, 1 unreachable",
                "stopped by a failure limit",
                "run 20261123-201455-gpu-3f2a: events, a log of each host and the summary are in logs/runs/20261123-201455-gpu-3f2a",
            ])
    }

    @Test func verboseShowsOutputLineByLineAndResults() {
        let lines = Self.story().lines(verbosity: 1)
        let output = lines.filter { $0.contains(" | ") && $0.contains("gpu-1") }
        #expect(output == ["    1.3s  gpu-1 | Reading package lists", "    1.3s  gpu-1 | Done"])
        #expect(lines.contains(#"              {"changed": true}"#))
    }

    @Test func aLineWithoutEndIsShownInPieces() {
        var story = StoryOfARun()
        story.start(["gpu-1"], tasks: ["Install"])
        for _ in 0..<64 {
            story.tell(.hostOutput(host: "gpu-1", task: 1, stream: "stdout", text: .repeating("x", count: 16 << 10)))
        }
        let pieces = story.lines(verbosity: 1).filter { $0.contains("gpu-1 | ") }
        #expect(pieces.count >= 8)
        #expect(pieces.allSatisfy { $0.utf8.count < 128 << 10 })
    }

    @Test func hostsThatFailAlikeSayItOnce() {
        var story = StoryOfARun()
        let hosts = (1...4).map { "gpu-\($0)" }
        story.start(hosts, tasks: ["Install driver"])
        for host in hosts {
            story.tell(
                .hostTaskFinished(
                    host: host, task: 1,
                    outcome: StoryOfARun.outcome(
                        .failed, message: host == "gpu-4" ? "other" : "no space", returnCode: 1, tail: "df\n")))
        }
        #expect(
            story.lines().dropFirst(3).map { $0.dropFirst(10) } == [
                "gpu-1: FAILED: Install driver (rc 1, 0.4 s): no space", "    at playbooks/gpu.yml:12:7", "    | df",
                "gpu-2: FAILED: Install driver (rc 1, 0.4 s): as on gpu-1",
                "gpu-3: FAILED: Install driver (rc 1, 0.4 s): as on gpu-1",
                "gpu-4: FAILED: Install driver (rc 1, 0.4 s): other", "    at playbooks/gpu.yml:12:7", "    | df",
            ])
    }

    @Test func aLargeFleetsSummaryNamesOnlyWhoHadTrouble() {
        var story = StoryOfARun()
        let hosts = (1...1000).map { "gpu-\($0)" }
        story.start(hosts, tasks: ["a", "b"])
        let start = story.lines().count
        story.tell(
            .runFinished(
                RunSummary(
                    hosts: hosts.map {
                        (
                            $0,
                            $0 == "gpu-7" ? StoryOfARun.counts(ok: 1, failed: 1) : StoryOfARun.counts(ok: 1, changed: 1)
                        )
                    }, exitCode: 2, duration: 252, note: nil)))
        #expect(
            story.lines().dropFirst(start) == [
                "",
                "host                             ok  changed  unreachable  failed  skipped  rescued  ignored",
                "gpu-7                             1        0            0       1        0        0        0",
                "999 other hosts, none failed    999      999            0       0        0        0        0",
                "total                          1000      999            0       1        0        0        0",
                "",
                "1000 hosts in 4 min 12 s: 999 changed, 1 failed, none unreachable",
                "run 20261123-201455-gpu-3f2a: events, a log of each host and the summary are in logs/runs/20261123-201455-gpu-3f2a",
            ])
        #expect(story.lines(verbosity: 1).count { $0.hasPrefix("gpu-") } == 1000)
    }

    @Test func jsonLinesAreWhatTheJournalHas() throws {
        let story = Self.story()
        let written = Written()
        var console = JSONConsole(story.options(), write: written.write)
        for event in story.events { console.receive(event) }
        console.tick(now: 0)
        let lines = written.text.split(separator: "\n")
        #expect(lines.count == story.events.count)
        for (line, event) in zip(lines, story.events) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["seq"] as? Int == event.sequence)
        }
        #expect(!written.text.contains("hunter2"))
    }
}
