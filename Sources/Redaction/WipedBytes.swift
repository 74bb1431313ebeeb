import Glibc

/// Bytes that are overwritten with zeroes before their memory is freed, and lie in memory that is not dumped or swapped
/// (`LockedMemory`).
///
/// A class, since only a class has a moment at which the last copy goes, and memory of its own, since an array's or a
/// string's
/// buffer can be copied and freed by the standard library without a word. `explicit_bzero` instead of `memset`, which a
/// compiler
/// may leave out where nobody reads the memory afterwards.
///
/// `@unchecked Sendable`: `memory` is written by `init` before anyone else has a reference, and by `deinit` after
/// everyone else
/// has lost theirs; between the two it is only read.
final class WipedBytes: @unchecked Sendable, Hashable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        memory = LockedMemory.allocate(bytes.count)
        _ = memory.initialize(from: bytes)
    }

    /// Wipes an array that nobody else has a copy of, and empties it.
    static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } }
        bytes = []
    }

    deinit { LockedMemory.free(memory) }

    var count: Int { memory.count }
    subscript(index: Int) -> UInt8 { memory[index] }

    /// The bytes themselves, not a copy; the pointer must not outlive the call.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(memory))
    }

    static func == (left: WipedBytes, right: WipedBytes) -> Bool { left.memory.elementsEqual(right.memory) }
    func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(memory)) }
}
