import Dispatch
import Engine
import Glibc

/// Ctrl-C and SIGTERM: the first stops the run in order, the second leaves what runs on hosts alone, the third ends this process at once.
///
/// Signals are taken in by a dispatch source, so nothing runs in a signal handler.
struct Interrupts {
    private let sources: [any DispatchSourceSignal]

    init(stop: StopRequest) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
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
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
}
