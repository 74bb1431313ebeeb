import Redaction
import Runs
import Synchronization
import Testing

@testable import Console

@Suite struct LiveConsoleTests {
    @Test func aFrameIsWrittenOnlyWhenSomethingChanged() {
        let story = FleetViewTests.story()
        let written = Written()
        var console = LiveConsole(story.options(), write: written.write) { Terminal.Size(width: 80, height: 24) }
        for event in story.events { console.receive(event) }
        console.tick(now: story.clock)
        #expect(written.count == 1)
        console.tick(now: story.clock)
        #expect(written.count == 1)
        console.tick(now: story.clock + 1)
        #expect(written.count == 2)
    }

    /// Plays what is written on a terminal's screen and looks at what is there.
    @Test func whatWasToldStaysAboveAndTheViewGoes() {
        var story = LineConsoleTests.story()
        let written = Written()
        let screen = Mutex(Terminal.Size(width: 100, height: 30))
        var console = LiveConsole(story.options(colours: true), write: written.write) { screen.withLock { $0 } }
        for event in story.events.dropLast() {
            console.receive(event)
            console.tick(now: event.time)
        }
        var shown = Screen(width: 100)
        shown.play(written.text)
        #expect(shown.lines.contains("gpu-2: FAILED: Install driver (rc 100, 3.2 s): apt-get failed"))
        #expect(shown.lines.last?.hasPrefix("3 hosts  0 ok  1 changed  1 failed  1 unreachable") == true)
        #expect(shown.lines.count { $0.hasPrefix("3 hosts") } == 1)
        console.receive(story.tell(story.events[story.events.count - 1].kind))
        console.tick(now: story.clock)
        shown = Screen(width: 100)
        shown.play(written.text)
        #expect(!shown.lines.contains { $0.contains("━") })
        // Longer than the terminal is wide, and not cut.
        #expect(
            shown.lines.suffix(2).joined()
                == "run 20261123-201455-gpu-3f2a: events, a log of each host and the summary are in logs/runs/20261123-201455-gpu-3f2a"
        )
        #expect(shown.isCursorVisible && shown.breaksLines)
    }

    @Test func coloursAreLeftOutWhereTheyAreNotWanted() {
        let story = LineConsoleTests.story()
        let written = Written()
        var console = LineConsole(story.options(colours: false), write: written.write)
        for event in story.events { console.receive(event) }
        console.tick(now: 0)
        #expect(!written.text.contains("\u{1b}"))
        let coloured = Written()
        console = LineConsole(story.options(colours: true), write: coloured.write)
        for event in story.events { console.receive(event) }
        console.tick(now: 0)
        #expect(coloured.text.contains("\u{1b}[31mFAILED\u{1b}[0m"))
    }

    @Test func theDisplayEndsWithTheEvents() async {
        let story = LineConsoleTests.story()
        let (events, feed) = AsyncStream.makeStream(of: RunEvent.self)
        for event in story.events { feed.yield(event) }
        feed.finish()
        let written = Written()
        await RunDisplay.show(events, LineConsole(story.options(), write: written.write))
        #expect(
            written.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
                == story.lines())
    }
}

/// As much of a terminal as the live view uses.
struct Screen {
    private let width: Int
    private var rows: [[Character]] = [[]]
    private var row = 0, column = 0
    private(set) var isCursorVisible = true, breaksLines = true

    init(width: Int) { self.width = width }

    var lines: [String] {
        var lines = rows.map { String($0) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    mutating func play(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1b}":
                rest = rest.dropFirst()
                let parameters = rest.prefix { !("A"..."z").contains($0) }
                rest = rest.dropFirst(parameters.count)
                guard let command = rest.popFirst() else { return }
                control(command, String(String.UnicodeScalarView(parameters)))
            case "\r": column = 0
            case "\n": newLine()
            default: put(Character(scalar))
            }
        }
    }

    private mutating func control(_ command: Unicode.Scalar, _ parameters: String) {
        switch (command, parameters) {
        case ("A", let count): row -= Int(count) ?? 1
        case ("K", ""): rows[row].removeLast(max(0, rows[row].count - column))
        case ("J", ""):
            rows[row].removeLast(max(0, rows[row].count - column))
            rows.removeLast(rows.count - row - 1)
        case ("h", "?25"), ("l", "?25"): isCursorVisible = command == "h"
        case ("h", "?7"), ("l", "?7"): breaksLines = command == "h"
        case ("h", "?2026"), ("l", "?2026"), ("m", _): break
        default: Issue.record("the terminal was sent \(parameters)\(command)")
        }
    }

    private mutating func put(_ character: Character) {
        if column >= width {
            guard breaksLines else { return }
            newLine()
        }
        if column < rows[row].count { rows[row][column] = character } else { rows[row].append(character) }
        column += 1
    }

    private mutating func newLine() {
        row += 1
        column = 0
        if row == rows.count { rows.append([]) }
    }
}
