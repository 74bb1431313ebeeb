import Support
import Synchronization

/// What the end of a call is reported with: a word that only this program and the host's keeper know before the call
/// has ended.
///
/// It follows from the session's key, which never leaves this program, and the call's number, so a later process knows
/// it too. It reaches the keeper with the
/// call, through the FIFO, and stands in no file before the end.
///
/// The call's line and the ends on its two streams need the same one: it is calculated once, so a session has one
/// `EndProof` for all.
final class EndProof: Sendable {
    private struct State {
        var number: Int?
        var text = ""
        var calculations = 0
    }
    private let key: [UInt8]
    private let latest = Mutex(State())

    init(key: String) { self.key = Array(key.utf8) }

    /// Of the end of a call.
    func text(of number: Int) -> String {
        latest.withLock { latest in
            if latest.number != number {
                latest.text = code("end \(number)")
                latest.number = number
                latest.calculations += 1
            }
            return latest.text
        }
    }

    /// How many proofs of ends were calculated.
    var calculations: Int { latest.withLock { $0.calculations } }

    /// What every line to the keeper begins with.
    var ofCommands: String { code("commands") }

    private func code(_ text: String) -> String {
        guard let code = try? LibCrypto.hmacSHA256(key: key, Array(text.utf8)) else { return Hex.random(bytes: 16) }
        return Hex.text(code[..<16])
    }
}
