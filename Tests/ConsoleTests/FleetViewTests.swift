import Redaction
import Runs
import Testing

@testable import Console

@Suite struct FleetViewTests {
    static let hosts = (1...1000).map { "gpu-\($0)" }

    /// A thousand hosts in the middle of their second of two tasks.
    static func story() -> StoryOfARun {
        var story = StoryOfARun()
        story.start(hosts, tasks: ["Install driver", "Restart"])
        for (index, host) in hosts.enumerated() {
            story.tell(.hostTaskStarted(host: host, task: 1))
            let status: RunEvent.Outcome.Status = index < 5 ? .failed : index < 300 ? .changed : .ok
            if index == 999 {
                story.tell(.hostUnreachable(host: host, task: 1, message: "the link broke"))
            } else {
                story.tell(
                    .hostTaskFinished(
                        host: host, task: 1, outcome: StoryOfARun.outcome(status, message: "no", returnCode: 1)))
            }
        }
        story.wait(60)
        for host in hosts[5..<305] {
            story.tell(.hostTaskStarted(host: host, task: 2))
            story.wait(0.015)
        }
        story.tell(.hostOutput(host: "gpu-7", task: 2, stream: "stdout", text: "first\nsec"))
        story.tell(.hostOutput(host: "gpu-7", task: 2, stream: "stdout", text: "ond\n 10%␍ 20%␍ 日本"))
        story.tell(.retry(host: "gpu-6", task: 2, attempt: 2, attempts: 5))
        return story
    }

    @Test func theViewCountsAndTells() {
        let story = Self.story()
        var view = story.view()
        #expect(FleetView.Standing.allCases.map(view.count) == [0, 699, 295, 5, 1])
        let told = view.dequeueTold().map(\.text.description)
        #expect(told.count == 7)
        #expect(told[0] == "gpu-1: FAILED: Install driver (rc 1, 0.4 s): no")
        #expect(told[1] == "    at playbooks/gpu.yml:12:7")
        #expect(told[2] == "gpu-2: FAILED: Install driver (rc 1, 0.4 s): as on gpu-1")
        #expect(told[6] == "gpu-1000: UNREACHABLE during Install driver: the link broke")
        #expect(view.dequeueTold() == [])

        let lines = view.render(Terminal.Size(width: 72, height: 14), now: story.clock).map(\.text.description)
        #expect(
            lines == [
                "Install drivers  playbooks/gpu.yml",
                "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  50 %  1:04, about 1:04 left",
                "1000 hosts  699 ok  295 changed  5 failed  1 unreachable  300 busy",
                "  gpu-6   Restart (attempt 2 of 5)                          0:04",
                "  gpu-7   Restart                                           0:04",
                "  gpu-8   Restart                                           0:04",
                "  gpu-9   Restart                                           0:04",
                "  gpu-10  Restart                                           0:04",
                "  and 295 more",
                "  gpu-7 says:",
                "  │ first",
                "  │ second",
                "  │  日本",
            ])
    }

    @Test func aLostLinkIsShownUntilItIsBack() {
        var story = StoryOfARun()
        story.start(["gpu-1"], tasks: ["Install driver"])
        story.tell(.hostTaskStarted(host: "gpu-1", task: 1))
        story.tell(.hostLink(host: "gpu-1", .lost("reset")))
        story.tell(.hostLink(host: "gpu-1", .reconnecting(attempt: 2)))
        story.tell(.hostConnecting(host: "gpu-1", attempt: 1))
        func work() -> String? {
            story.view().render(Terminal.Size(width: 72, height: 14), now: story.clock).map(\.text.description).first {
                $0.contains("gpu-1")
            }
        }
        #expect(work()?.contains("Install driver (reconnecting (2nd try))") == true)
        story.tell(.hostLink(host: "gpu-1", .reattached))
        #expect(work()?.contains("reconnecting") == false)
    }

    @Test(arguments: [1, 2, 3, 5, 6, 9, 24, 200], [1, 7, 30, 80, 300]) func theViewFitsItsTerminal(
        height: Int, width: Int
    ) {
        let story = Self.story()
        let lines = story.view().render(Terminal.Size(width: width, height: height), now: story.clock)
        #expect(lines.count < height)
        for line in lines { #expect(line.columns <= width, "\(line.text)") }
    }

    @Test func theEstimateFollowsTheWorkThatIsLeft() {
        var story = StoryOfARun()
        story.start(["a", "b"], tasks: ["1", "2"])
        #expect(story.view().remaining(now: story.clock + 100) == nil)
        story.wait(10)
        story.tell(.hostTaskFinished(host: "a", task: 1, outcome: StoryOfARun.outcome(.ok)))
        #expect(story.view().progress == 0.25)
        #expect(story.view().remaining(now: story.clock) == 30)
        // A lost host has no work left.
        story.tell(.hostUnreachable(host: "b", task: 1, message: "gone"))
        #expect(story.view().progress == 0.5)
        story.tell(.hostTaskFinished(host: "a", task: 2, outcome: StoryOfARun.outcome(.ok)))
        #expect(story.view().progress == 1)
        #expect(story.view().remaining(now: story.clock) == nil)
    }

    @Test func aHostStandsByTheWorstThatHappenedToIt() {
        var story = StoryOfARun()
        story.start(["a"], tasks: ["1", "2", "3"])
        for status: RunEvent.Outcome.Status in [.changed, .ok, .ignored, .rescued, .skipped] {
            story.tell(.hostTaskFinished(host: "a", task: 1, outcome: StoryOfARun.outcome(status)))
        }
        #expect(story.view().count(.changed) == 1)
        story.tell(.hostTaskFinished(host: "a", task: 1, outcome: StoryOfARun.outcome(.failed)))
        story.tell(.hostTaskFinished(host: "a", task: 1, outcome: StoryOfARun.outcome(.ok)))
        #expect(story.view().count(.failed) == 1 && story.view().progress == 1)
    }

    @Test func endlessOutputKeepsItsEndOnly() {
        var tail = OutputTail()
        for _ in 0..<200 { tail.append(.repeating("x", count: 1000)) }
        #expect(tail.lines(5).count == 1)
        #expect((tail.lines(5).first?.columns ?? 0) <= 1500)
        for number in 0..<50 { tail.append("\(number)\n") }
        #expect(tail.lines(3) == ["47", "48", "49"])
    }
}
