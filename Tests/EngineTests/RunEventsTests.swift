import Redaction
import Runs
import Testing

@testable import Engine

struct RunEventsTests {
    @Test func everyReaderSeesEveryEventInOrder() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let readers = (0..<3).map { _ in events.reader() }
        for _ in 0..<100 { events.emit(.warning("x")) }
        events.finish()
        for reader in readers {
            let numbers = await reader.reduce(into: [Int]()) { $0.append($1.sequence) }
            #expect(numbers == Array(1...100))
        }
    }

    @Test func aReaderThatStandsStillLosesOutputIsToldSoAndHoldsNobodyUp() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let reader = events.reader(capacity: 10)
        for _ in 0..<1000 { events.emit(.hostOutput(host: "h", task: 1, stream: "stdout", text: "x")) }
        events.emit(.hostUnreachable(host: "h", task: 1, message: "gone"))
        events.emit(.runFinished(RunSummary(hosts: [], exitCode: 0, duration: 0, note: nil)))
        events.finish()
        let seen = await reader.reduce(into: [RunEvent.Kind]()) { $0.append($1.kind) }
        #expect(seen.count == 13)
        guard case .warning(let gap) = seen[10], case .hostUnreachable = seen[11], case .runFinished = seen[12] else {
            Issue.record("\(seen.suffix(3))")
            return
        }
        #expect(gap.description.contains("990 events"))
    }

    @Test(arguments: [Duration.zero, .milliseconds(1), .seconds(3600)])
    func aReaderThatIsWokenSeldomSeesAllAndTheEndAtOnce(_ interval: Duration) async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let reader = events.reader(every: interval)
        await withTaskGroup(of: [Int].self) { group in
            group.addTask { await reader.reduce(into: []) { $0.append($1.sequence) } }
            for _ in 0..<3000 {
                events.emit(.warning("x"))
                await Task.yield()
            }
            events.finish()
            #expect(await group.next() == Array(1...3000))
        }
    }

    @Test func aReaderThatPacesHostsMissesNothing() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let reader = events.reader(paces: true)
        let piece = RedactedText.repeating("x", count: 1 << 20)
        await withTaskGroup(of: Int.self) { group in
            group.addTask {
                await reader.reduce(into: 0) { count, event in
                    if case .hostOutput = event.kind { count += 1 } else { Issue.record("\(event)") }
                    try? await Task.sleep(for: .milliseconds(1))
                }
            }
            for _ in 0..<100 {
                events.emit(.hostOutput(host: "h", task: 1, stream: "stdout", text: piece))
                await events.room()
            }
            events.finish()
            #expect(await group.next() == 100)
        }
    }

    @Test(arguments: [true, false]) func whoWaitsForAReaderGoesOnWhenItIsGoneOrWhenCancelled(_ goes: Bool) async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        var reader: RunEventReader? = events.reader(capacity: 2, paces: true)
        for _ in 0..<2 { events.emit(.hostOutput(host: "h", task: 1, stream: "stdout", text: "x")) }
        let waiting = Task { await events.room() }
        try? await Task.sleep(for: .milliseconds(50))
        if goes { reader = nil } else { waiting.cancel() }
        await waiting.value
        withExtendedLifetime(reader) {}
    }

    @Test func whatAReaderHasNotTakenIsBounded() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let reader = events.reader()
        let piece = RedactedText.repeating("x", count: 1 << 20)
        for _ in 0..<100 { events.emit(.hostOutput(host: "h", task: 1, stream: "stdout", text: piece)) }
        events.emit(.warning("end"))
        events.finish()
        let seen = await reader.reduce(into: [RunEvent.Kind]()) { $0.append($1.kind) }
        #expect(seen.count < 40)
        guard case .warning(let gap) = seen[seen.count - 2] else {
            Issue.record("\(seen.count)")
            return
        }
        #expect(gap.description.contains("events are not shown here"))
    }

    @Test func aReaderThatGoesAwayIsForgotten() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        do {
            var iterator = events.reader().makeAsyncIterator()
            events.emit(.warning("x"))
            #expect(await iterator.next() != nil)
        }
        for _ in 0..<100_000 { events.emit(.hostOutput(host: "h", task: 1, stream: "stdout", text: "x")) }
        events.finish()
    }

    @Test func aCancelledReaderEnds() async {
        let events = RunEvents(recorder: nil, stop: StopRequest())
        let reader = events.reader()
        await withTaskGroup(of: Int.self) { group in
            group.addTask { await reader.reduce(into: 0) { count, _ in count += 1 } }
            group.cancelAll()
            #expect(await group.next() == 0)
        }
    }

    @Test func aStopWakesAllWhoWaitAndTheFirstReasonStays() async {
        let stop = StopRequest()
        await withTaskGroup(of: StopRequest.Reason?.self) { group in
            for _ in 0..<10 { group.addTask { await stop.wait() } }
            stop.stop(.journal("full"))
            stop.stop(.interrupted)
            for await reason in group { #expect(reason == .journal("full")) }
        }
        #expect(await stop.wait() == .journal("full"))
    }
}
