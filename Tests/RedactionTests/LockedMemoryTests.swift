import Foundation
import Testing

@testable import Redaction

@Suite struct LockedMemoryTests {
    /// What the system says of the pages at an address: `dd` for what is in no dump, `lo` for what is locked.
    private func flags(at address: UInt) throws -> Set<Substring> {
        var isThere = false
        // A file whose size is said to be 0, of which `String(contentsOfFile:)` reads a page.
        let smaps = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps")).readDataToEndOfFile()
        for line in String(decoding: smaps, as: UTF8.self).split(separator: "\n") {
            if let range = line.prefixMatch(of: #/([0-9a-f]+)-([0-9a-f]+) /#), let start = UInt(range.1, radix: 16),
                let end = UInt(range.2, radix: 16)
            {
                isThere = start <= address && address < end
            } else if isThere, line.hasPrefix("VmFlags:") {
                return Set(line.split(separator: " ").dropFirst())
            }
        }
        return []
    }

    @Test(arguments: [1, 16, 40, 513, 5000, 70_000])
    func `a secret lies in memory that is in no dump, and is locked as far as the limit goes`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let secret = Secret(bytes)
        let address = secret.withBytes { UInt(bitPattern: $0.baseAddress) }
        let flags = try flags(at: address)
        #expect(flags.contains("dd"), "\(flags)")
        if geteuid() == 0 { #expect(flags.contains("lo"), "\(flags)") }
        #expect(secret.reveal() == bytes)
    }

    @Test func `memory that is given out again is another's, and was wiped`() {
        var kept: [(secret: Secret<[UInt8]>, bytes: [UInt8])] = []
        for round in 0..<2000 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: round % 700)
            kept.append((Secret(bytes), bytes))
            if round % 3 == 0 { kept.remove(at: round / 7 % kept.count) }
        }
        #expect(kept.allSatisfy { $0.secret.reveal() == $0.bytes })
        // A size that no other test asks for, so that nobody else is given the piece between the two.
        let size = 60_000
        let memory = LockedMemory.allocate(size)
        _ = memory.initialize(from: [UInt8](repeating: 0xaa, count: size))
        #expect(memory.count == size && memory.allSatisfy { $0 == 0xaa })
        LockedMemory.free(memory)
        let again = LockedMemory.allocate(size)
        defer { LockedMemory.free(again) }
        #expect(again.baseAddress == memory.baseAddress && again.count == size)
        #expect(again.allSatisfy { $0 == 0 })
    }
}
