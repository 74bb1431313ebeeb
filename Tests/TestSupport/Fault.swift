/// What a `FaultProxy` does to a connection, and when: after so many bytes have passed in one direction.
package struct Fault: Sendable, Hashable, CustomStringConvertible {
    package enum Direction: String, Sendable, CaseIterable { case toHost, toController }
    package enum Kind: Sendable, Hashable {
        /// RST to both ends; it also takes what the ends had not read yet.
        case reset
        /// FIN to both ends.
        case finish
        /// FIN to the end that this direction leads to; the other direction goes on.
        case halfClose
        /// Nothing passes any more, in either direction, and nobody is told.
        case silence
        /// RST to the host; the controller hears nothing.
        case lostByHost
        /// RST to the controller; the host hears nothing.
        case lostByController
        /// Later bytes of this direction are held for so many milliseconds.
        case delay(Int)
        /// Later bytes of this direction come in pieces of at most so many.
        case pieces(Int)

        /// Whether the connection is of no more use after it.
        package var isBreak: Bool {
            switch self {
            case .delay, .pieces: false
            default: true
            }
        }
        /// Whether the controller can only find it by asking.
        package var isSilent: Bool { self == .silence || self == .lostByHost }
    }

    package var kind: Kind
    package var direction: Direction
    /// Bytes that pass in this direction before it.
    package var after: Int

    package init(_ kind: Kind, _ direction: Direction = .toController, after: Int = 0) {
        self.kind = kind
        self.direction = direction
        self.after = after
    }

    package var description: String { "\(kind) after \(after) bytes \(direction)" }

    /// Faults of one connection, drawn from a seed: mostly one break somewhere, in pieces and with delays before it.
    ///
    /// - Parameter reach: the break comes before so many bytes, as often in the first hundred as in the last half.
    /// - Parameter breaks: kinds of break to choose from.
    package static func random(
        seed: UInt64, connection: FaultProxy.Connection, reach: Int = 60_000,
        breaks: [Kind] = [.reset, .reset, .finish, .halfClose, .silence, .lostByHost, .lostByController]
    ) -> [Fault] {
        var generator = SeededGenerator(seed, stream: "\(connection.address) \(connection.attempt)")
        func direction() -> Direction { Direction.allCases.randomElement(using: &generator) ?? .toHost }
        var faults: [Fault] = []
        if generator.chance(20) {
            faults.append(
                Fault(.pieces(generator.magnitude(upTo: 600)), direction(), after: generator.magnitude(upTo: reach)))
        }
        if generator.chance(10) {
            faults.append(
                Fault(.delay(generator.magnitude(upTo: 15)), direction(), after: generator.magnitude(upTo: reach)))
        }
        if let kind = breaks.randomElement(using: &generator) {
            // Most of them after the handshake of SSH, which takes some thousand bytes each way.
            let handshake = generator.chance(85) ? 3000 : 0
            faults.append(Fault(kind, direction(), after: handshake + generator.magnitude(upTo: reach)))
        }
        return faults
    }
}
