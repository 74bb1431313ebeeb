/// The numbers of a session's calls: which an earlier process has used, and up to which one the host may forget them.
struct SessionCalls: Sendable {
    /// Of a session that an earlier process opened: what that one left behind.
    private struct Inheritance: Sendable {
        /// The last call that the host had begun when this process came.
        var begun: Int
        /// The last one in the journal.
        var written: Int
    }
    private var inheritance: Inheritance?
    /// Calls up to this one are done with.
    private(set) var acknowledged = 0
    /// Of this process's calls: the journal's entry that makes them superfluous; nil while their task goes on.
    private var calls: [Int: Int?] = [:]

    /// An earlier process opened the session. `unfinished` are the numbers of calls whose tasks have not ended.
    mutating func inherit(begun: Int, written: Int, unfinished: some Collection<Int>) {
        guard inheritance == nil, calls.isEmpty else { return }
        inheritance = Inheritance(begun: begun, written: written)
        acknowledged = max(0, min(unfinished.min() ?? .max, begun + 1, written + 1) - 1)
    }

    /// Whether the host began the call before this process came.
    func hasBegun(_ number: Int) -> Bool { inheritance.map { number <= $0.begun } ?? false }

    /// The next call that the host has begun and the journal knows nothing of, as when a machine lost power; nil when
    /// there is none.
    mutating func dequeueUnwritten() -> Int? {
        guard let inherited = inheritance, inherited.written < inherited.begun else { return nil }
        inheritance?.written += 1
        return inherited.written + 1
    }

    mutating func sent(_ number: Int) { calls.updateValue(nil, forKey: number) }

    /// The journal's `entry` holds what the call gave.
    mutating func finish(_ number: Int, by entry: Int) {
        if calls[number] != nil { calls.updateValue(entry, forKey: number) }
    }

    /// The number up to which everything is done with; nil when that has not moved.
    mutating func acknowledge(_ isDurable: (Int) -> Bool) -> Int? {
        let before = acknowledged
        while case .some(.some(let entry)) = calls[acknowledged + 1], isDurable(entry) {
            acknowledged += 1
            calls[acknowledged] = nil
        }
        return acknowledged > before ? acknowledged : nil
    }
}
