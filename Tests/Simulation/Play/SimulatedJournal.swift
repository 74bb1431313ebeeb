import Runs
import TestSupport

/// The journal's file, as its bytes: what the program writes into it, as much of that as a dead controller has left,
/// and what the program reads out of it again.
struct SimulatedJournal {
    private var bytes: [UInt8] = []
    /// Of each ending, the bytes of its line.
    private var endings: [Range<Int>] = []
    private var processes = 0

    /// A process begins to write: what is left of a line is cut off.
    mutating func open() {
        bytes.removeLast(bytes.count - end)
        processes += 1
        bytes += JournalEntry.opened(process: processes, program: "0", key: "0", arguments: "").line.utf8
    }

    mutating func append(_ ending: JournalEntry.Ending) {
        let start = bytes.count
        bytes += JournalEntry.ended(ending).line.utf8
        endings.append(start..<bytes.count)
    }

    /// The process dies, and the last `lost` endings are gone; of the line at which that was, some bytes may be there.
    mutating func tear(losing lost: Int, _ random: inout SeededGenerator) {
        guard lost > 0 else {
            let unwritten = JournalEntry.cutOff(TaskID(batch: 1, host: 0, task: 1)).line.utf8
            bytes += unwritten.prefix(Int.random(in: 0..<unwritten.count, using: &random))
            return
        }
        let first = endings[endings.count - lost]
        endings.removeLast(lost)
        bytes.removeLast(bytes.count - Int.random(in: first, using: &random))
    }

    /// As the next process reads it.
    func read() throws(Violation) -> [JournalEntry.Ending] {
        var reader = JournalReader()
        var read: [JournalEntry.Ending] = []
        for line in JournalReader.lines(of: bytes) {
            let entry: JournalEntry
            do throws(JournalProblem) { entry = try reader.entry(line) } catch {
                throw Violation("the journal's line '\(String(decoding: line, as: UTF8.self))' is not read: \(error)")
            }
            if case .ended(let ending) = entry { read.append(ending) }
        }
        return read
    }

    /// Of the last whole line.
    private var end: Int { bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0 }
}
