/// One stream's output, kept up to a limit: its beginning and its end, with a mark for what was left out between them.
struct CollectedOutput {
    private let headLimit: Int, tailLimit: Int
    private var head: [UInt8] = []
    /// Grows to twice its limit before its older half is dropped, so that a byte is moved once at most.
    private var tail: [UInt8] = []
    private var dropped = 0

    init(limit: Int) {
        headLimit = max(0, limit) / 2
        tailLimit = max(0, limit) - headLimit
    }

    mutating func append(_ bytes: [UInt8]) {
        let room = min(headLimit - head.count, bytes.count)
        if room == bytes.count {
            head += bytes
            return
        }
        head += bytes[..<room]
        tail += bytes[room...]
        if tail.count > 2 * tailLimit { trim() }
    }

    private mutating func trim() {
        let excess = tail.count - tailLimit
        guard excess > 0 else { return }
        tail.removeFirst(excess)
        dropped += excess
    }

    /// All bytes, or the first and last ones around `[… N bytes left out …]` on a line of its own.
    var bytes: [UInt8] {
        var last = self
        last.trim()
        if last.dropped == 0 { return head + last.tail }
        return head + Array("\n[… \(last.dropped) bytes left out …]\n".utf8) + last.tail
    }
}
