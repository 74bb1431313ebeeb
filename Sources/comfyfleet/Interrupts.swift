import Dispatch
import Engine
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first stops the run in order, the second leaves what runs on hosts alone, the third ends
/// this process at once. What comes within a second of one that
/// counted is the same request: a key that was hit twice, a terminal and a wrapper that both forward it. SIGUSR1 leaves
/// at once.
///
/// Signals are taken in by a dispatch source, so nothing runs in a signal handler.
struct Interrupts {
    private let sources: [any DispatchSourceSignal]
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGUSR1]

    private final class Requests: Sendable {
        private let last = Mutex<ContinuousClock.Instant?>(nil)

        /// Whether a signal that comes now counts.
        func count() -> Bool {
            last.withLock { last in
                let now = ContinuousClock.now
                if let last, now - last < .seconds(1) { return false }
                last = now
                return true
            }
        }
    }

    init(stop: StopRequest) {
        let requests = Requests()
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if number == SIGUSR1 { return stop.leave() }
                guard requests.count() else { return }
                if stop.isLeaving { _exit(130) }
                if stop.reason == nil { stop.stop(.interrupted) } else { stop.leave() }
            }
            source.resume()
            return source
        }
    }

    /// From now on the signals end the process again.
    func end() {
        for source in sources { source.cancel() }
        for number in Self.signals { signal(number, SIG_DFL) }
    }
}
