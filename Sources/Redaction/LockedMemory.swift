import Glibc
import Synchronization

/// Memory for secrets: never in a core dump, and not written to swap as far as the limit on locked memory goes (`ulimit
/// -l`).
///
/// Locking works on whole pages, and a lock on a page ends with the first unlock however often it was taken, so secrets
/// share chunks that are locked once and kept.
enum LockedMemory {
    private struct State {
        /// Addresses of what can be given out again, by class of size.
        var free = [[UInt]](repeating: [], count: classCount)
        var chunk: UInt = 0
        var chunkLeft = 0
        /// The limit has been reached.
        var isFull = false
        /// Large pieces of ordinary memory, given out when no mapping could be had.
        var ordinary: Set<UInt> = []
    }
    private static let state = Mutex(State())
    private static let chunkSize = 64 << 10, classCount = 39
    /// `MADV_DONTDUMP`, which Swift's Glibc leaves out.
    private static let dontDump: Int32 = 16

    /// Multiples of 16 bytes up to 512, then powers of two up to a chunk; nil for what is larger.
    private static func sizeClass(_ count: Int) -> (index: Int, size: Int)? {
        if count <= 512 {
            let index = max(0, (count + 15) / 16 - 1)
            return (index, (index + 1) * 16)
        }
        guard count <= chunkSize else { return nil }
        var index = 32
        var size = 1024
        while size < count {
            index += 1
            size *= 2
        }
        return (index, size)
    }

    static func allocate(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        let address: UInt
        if let (index, size) = sizeClass(count) {
            address = state.withLock { state in
                if let address = state.free[index].popLast() { return address }
                if state.chunkLeft < size {
                    // What is left of the old chunk is too small for this, and lost to all but a few.
                    state.chunk = map(chunkSize, &state)
                    state.chunkLeft = chunkSize
                }
                defer {
                    state.chunk += UInt(size)
                    state.chunkLeft -= size
                }
                return state.chunk
            }
        } else {
            address = state.withLock { map(count, &$0) }
        }
        let start = UnsafeMutableRawPointer(bitPattern: address)
        return UnsafeMutableBufferPointer(
            start: start?.bindMemory(to: UInt8.self, capacity: count), count: start == nil ? 0 : count)
    }

    /// Wipes it and takes it back.
    static func free(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        guard let start = memory.baseAddress else { return }
        explicit_bzero(start, memory.count)
        let address = UInt(bitPattern: start)
        guard let (index, _) = sizeClass(memory.count) else {
            if state.withLock({ $0.ordinary.remove(address) }) != nil {
                memory.deallocate()
            } else {
                munmap(start, memory.count)
            }
            return
        }
        state.withLock { $0.free[index].append(address) }
    }

    private static func map(_ size: Int, _ state: inout State) -> UInt {
        guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != UnsafeMutableRawPointer(bitPattern: -1)
        else {
            // A process has so many mappings and no more: memory that is wiped, and not locked.
            let address = UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16))
            state.ordinary.insert(address)
            return address
        }
        madvise(start, size, dontDump)
        if !state.isFull, mlock(start, size) != 0 { state.isFull = true }
        return UInt(bitPattern: start)
    }
}
