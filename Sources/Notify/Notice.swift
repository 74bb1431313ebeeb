import Hooks
import Redaction
import Runs

/// Something that hooks and webhooks are notified of: an event's name and what is said of it, redacted.
package struct Notice: Sendable {
    package var event: HookEvent
    package var payload: RedactedJSON

    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - members: beside the event's name and time.
    package init(_ event: HookEvent, at time: Double, _ members: [RedactedJSON.Member]) {
        self.event = event
        payload = .object(
            [.init("event", .text(event.name)), .init("timestamp", .text(WallClock.shown(time)))] + members)
    }
}
