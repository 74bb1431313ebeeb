import Redaction
import Runs

/// Draws a `FleetView` at the end of what the terminal shows; what is reported scrolls away above it.
///
/// A frame is one write. It goes back to where the view began, writes what was reported and then the view over the old
/// one, and leaves the
/// cursor below, visible: whatever ends the program, the terminal is as it was. A frame that looks like the one before
/// is not written.
struct LiveConsole: RunReader {
    private let options: ConsoleOptions
    private let write: @Sendable (RedactedText) -> Void
    private let size: @Sendable () -> Terminal.Size
    private var view: FleetView
    private var drawn: [Line] = []

    init(
        _ options: ConsoleOptions, write: @escaping @Sendable (RedactedText) -> Void,
        size: @escaping @Sendable () -> Terminal.Size = { Terminal.size() }
    ) {
        self.options = options
        self.write = write
        self.size = size
        view = FleetView(options)
    }

    mutating func receive(_ event: RunEvent) { view.apply(event) }

    mutating func tick(now: Double) {
        let size = size()
        let told = view.dequeueTold()
        let lines = view.render(size, now: now)
        guard !told.isEmpty || lines != drawn else { return }
        // A terminal that became narrower has broken the old lines.
        let rows = drawn.reduce(0) { $0 + max(1, ($1.columns + size.width - 1) / size.width) }
        // Drawn at once (where the terminal knows how), without the cursor running about, and without breaking lines.
        var frame: RedactedText = "\u{1b}[?2026h\u{1b}[?25l"
        if rows > 0 { frame += "\r\u{1b}[\(rows)A" }
        // Lines that stay may be longer than the terminal is wide.
        for line in told { frame += line.rendered(colours: options.terminal.hasColours) + "\u{1b}[K\n" }
        frame += "\u{1b}[?7l"
        for line in lines { frame += line.rendered(colours: options.terminal.hasColours) + "\u{1b}[K\n" }
        frame += "\u{1b}[J\u{1b}[?7h\u{1b}[?25h\u{1b}[?2026l"
        write(frame)
        drawn = lines
    }
}
