import DequeModule

/// What was read of a session and not looked at yet, of each stream in its order, and of both in the order of arrival
/// where that may be chosen.
struct SessionInbox {
    private typealias Entry = (arrival: Int, item: SpoolTrack.Item)
    private var stdout: Deque<Entry> = [], stderr: Deque<Entry> = []
    private var arrivals = 0

    mutating func put(_ items: [SpoolTrack.Item], of stream: OutputChunk.Stream) {
        arrivals += 1
        for item in items {
            if stream == .stdout { stdout.append((arrivals, item)) } else { stderr.append((arrivals, item)) }
        }
    }

    /// The oldest item of the streams that are asked for.
    mutating func pop(
        stdout wantsOutput: Bool, stderr wantsErrors: Bool
    ) -> (stream: OutputChunk.Stream, item: SpoolTrack.Item)? {
        let first = wantsOutput ? stdout.first?.arrival : nil
        let second = wantsErrors ? stderr.first?.arrival : nil
        guard let first else { return second == nil ? nil : stderr.popFirst().map { (.stderr, $0.item) } }
        if let second, second < first { return stderr.popFirst().map { (.stderr, $0.item) } }
        return stdout.popFirst().map { (.stdout, $0.item) }
    }

    /// Forgets output that came between calls: what a process that was left behind prints belongs to none.
    mutating func dropOutput() {
        func isOutput(_ entry: Entry) -> Bool { if case .output = entry.item { true } else { false } }
        stdout.removeAll(where: isOutput)
        stderr.removeAll(where: isOutput)
    }

    /// Takes out a frame of these words, if it has come on the stream.
    mutating func dequeueFrame(_ words: [Substring], of stream: OutputChunk.Stream) -> Bool {
        func isWanted(_ entry: Entry) -> Bool { entry.item == .frame(words) }
        if stream == .stdout {
            guard let index = stdout.firstIndex(where: isWanted) else { return false }
            stdout.remove(at: index)
        } else {
            guard let index = stderr.firstIndex(where: isWanted) else { return false }
            stderr.remove(at: index)
        }
        return true
    }

    /// The last call that the keeper had begun, once it has answered the attachment of this name.
    mutating func dequeueHello(_ name: String) -> Int? {
        for (index, entry) in stdout.enumerated() {
            guard case .frame(let words) = entry.item, words.count > 2, words[0] == "h", words[1] == name,
                let last = SpoolPosition.count(words[2])
            else { continue }
            stdout.remove(at: index)
            return last
        }
        return nil
    }
}
