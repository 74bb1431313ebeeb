import Dispatch
import Redaction
import Runs
import Synchronization

/// Shows the events of a run as they come.
package protocol RunReader: Sendable {
    /// What there is to print may wait for the next tick.
    mutating func receive(_ event: RunEvent)
    /// Called about ten times a second, and once after the last event.
    mutating func tick(now: Double)
}

/// Shows a run on standard output.
package enum RunDisplay {
    /// Shows the events until they end; then the summary has been printed and the terminal is as it was.
    ///
    /// What it prints is written by a thread of its own: a reader that is slow, or a terminal that was stopped with
    /// Ctrl-S, holds up the
    /// display and nothing else. Cancelling the task ends the display, not the run.
    package static func show(_ events: some AsyncSequence<RunEvent, Never> & Sendable, _ options: ConsoleOptions) async
    {
        let write: @Sendable (RedactedText) -> Void = { Output.print($0, terminator: "") }
        if let reader = options.reader { return await show(events, reader(write)) }
        switch options.format {
        case .json: await show(events, JSONConsole(options, write: write))
        case .automatic where options.terminal.isTerminal && !options.terminal.isDumb:
            await show(events, LiveConsole(options, write: write))
        case .automatic, .lines: await show(events, LineConsole(options, write: write))
        }
    }

    static func show(_ events: some AsyncSequence<RunEvent, Never> & Sendable, _ reader: some RunReader) async {
        let reader = Locked(reader)
        await withTaskExecutorPreference(OutputThread()) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await event in events { reader.state.withLock { $0.receive(event) } } }
                group.addTask {
                    while !Task.isCancelled {
                        reader.state.withLock { $0.tick(now: WallClock.now) }
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
        reader.state.withLock { $0.tick(now: WallClock.now) }
    }

    private final class Locked<Reader: RunReader>: Sendable {
        let state: Mutex<Reader>
        init(_ reader: Reader) { state = Mutex(reader) }
    }
}

/// Runs the display's tasks off the cooperative pool, since writing to a terminal may block.
private final class OutputThread: TaskExecutor {
    private let queue = DispatchQueue(label: "comfyfleet.console")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
