/// Where a session gets its transport from, and another one when that is lost.
package protocol TransportSource: Sendable {
    /// The current transport, if its number is higher than `lost`; a new one else. Numbers count from 1. Throws
    /// `Unreachable` or `CancellationError`.
    func transport(after lost: Int) async throws -> (transport: any Transport, number: Int)
    /// Whether there has been one: the host is there, and when it can't be reached now its link is lost.
    var hasBeenReached: Bool { get async }
}

/// The same one, always: whether it lasts is its own business.
struct OneTransport: TransportSource {
    let transport: any Transport
    func transport(after lost: Int) async throws -> (transport: any Transport, number: Int) { (transport, 1) }
    var hasBeenReached: Bool { false }
}
