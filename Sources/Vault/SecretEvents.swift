import Redaction
import Synchronization

/// Something that happened to the vault, for dashboards and notifications: names and counts, never a value.
package struct SecretEvent: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case secretRead = "on_security_secret_read"
        case keyRotated = "on_security_key_rotated"
    }
    package var kind: Kind
    /// `2026-11-23T17:48:29.183933Z`
    package var timestamp: RedactedText
    /// The provider that was read; nil for a rotation.
    package var provider: String?
    /// Names of the fields that were read, sorted.
    package var fields: [String] = []
    /// Names of those that came from the environment.
    package var overrides: [String] = []
    /// Whether the provider has any field.
    package var present = true
    /// Providers in a vault whose key was rotated.
    package var providers: [String] = []
    /// Of the new key.
    package var fingerprint: String?
}

/// Where the vault tells its events; anybody may listen, and nobody can slow the vault down.
package final class SecretEvents: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<SecretEvent>.Continuation] = [:]
        var nextListener = 0
    }
    private let state = Mutex(State())

    package init() {}

    /// Every event from now on. The stream ends when `finish` is called; dropping it stops listening.
    /// Events that are not taken wait in memory: a field is read once per run, so there are never many.
    package func events() -> AsyncStream<SecretEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: SecretEvent.self)
        let listener = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
        }
        return stream
    }

    func emit(_ event: SecretEvent) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(event) }
    }

    /// Ends every listener's stream, after the events so far.
    package func finish() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.finish() }
    }
}
