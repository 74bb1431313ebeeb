import Glibc

/// The input that is being read, in memory shared through a file: it is there whatever happens to the process that
/// reads it.
///
/// The bytes are numbers in the machine's order: the input's number, how many inputs are done, the input's length; then
/// the input.
///
/// `@unchecked Sendable`: in the process that reads inputs one thread writes, in the one that watches it the memory is
/// only read; a number that is torn between two inputs
/// costs a look more.
package final class InputFile: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private static let header = 3 * MemoryLayout<UInt64>.size
    private static let size = header + Mutation.longest

    package init?(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(Self.size)) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { return nil }
        self.memory = memory
    }

    deinit { munmap(memory, Self.size) }

    private subscript(field: Int) -> UInt64 {
        get { memory.load(fromByteOffset: field * MemoryLayout<UInt64>.size, as: UInt64.self) }
        set { memory.storeBytes(of: newValue, toByteOffset: field * MemoryLayout<UInt64>.size, as: UInt64.self) }
    }
    package var number: UInt64 { self[0] }
    package internal(set) var done: UInt64 {
        get { self[1] }
        set { self[1] = newValue }
    }
    package var input: [UInt8] {
        let count = min(Int(clamping: self[2]), Mutation.longest)
        return Array(UnsafeRawBufferPointer(start: memory + Self.header, count: count))
    }

    func begin(_ input: [UInt8], number: UInt64) {
        self[0] = number
        self[2] = UInt64(input.count)
        input.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            memcpy(memory + Self.header, base, min(bytes.count, Mutation.longest))
        }
    }
}
