import HeapModule

/// Actions by deadline. Cancelling is O(1): the heap keeps a tombstone, swept when most of it is dead.
struct TimerQueue {
    struct ID: Hashable { fileprivate let number: UInt64 }

    private struct Entry: Comparable {
        let deadline: ContinuousClock.Instant
        let id: ID
        static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
        static func == (left: Entry, right: Entry) -> Bool { left.deadline == right.deadline }
    }

    private var heap = Heap<Entry>()
    private var actions: [ID: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    mutating func add(_ deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> ID {
        lastNumber += 1
        let id = ID(number: lastNumber)
        actions[id] = action
        heap.insert(Entry(deadline: deadline, id: id))
        return id
    }

    mutating func cancel(_ id: ID) {
        actions[id] = nil
        while let first = heap.min, actions[first.id] == nil { heap.removeMin() }
        if heap.count > 64, heap.count > 2 * actions.count {
            heap = Heap(heap.unordered.filter { actions[$0.id] != nil })
        }
    }

    /// Takes out what is due.
    mutating func due(at now: ContinuousClock.Instant) -> [() -> Void] {
        guard let first = heap.min, first.deadline <= now else { return [] }
        var due: [() -> Void] = []
        while let entry = heap.min, entry.deadline <= now {
            heap.removeMin()
            if let action = actions.removeValue(forKey: entry.id) { due.append(action) }
        }
        return due
    }

    /// For epoll_wait: -1 without timers, else rounded up so that a timer is never early.
    func millisecondsToNext(from now: ContinuousClock.Instant) -> Int32 {
        guard let first = heap.min else { return -1 }
        let (seconds, attoseconds) = (first.deadline - now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 86_400 else { return 86_400_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
