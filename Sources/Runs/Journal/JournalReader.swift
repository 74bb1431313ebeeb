import YAML

/// Reads a journal line by line, each in the format of the process that wrote it. A value: one for each journal.
package struct JournalReader: Sendable {
    /// Of the process whose lines come. Before formats had numbers no line named one.
    private var format = JournalFormat.unnumbered

    package init() {}

    /// The lines of a journal, without their line ends. What comes after the last line end was interrupted while it was
    /// written, and never acted on: it is left out.
    package static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// - Parameter line: without its line end.
    package mutating func entry(_ line: some Collection<UInt8>) throws(JournalProblem) -> JournalEntry {
        guard let map = (try? JSON.parse(Array(line), file: "journal"))?.map else {
            throw .damaged("it is not a JSON object")
        }
        let members = JournalMembers(map)
        // Before anything else is looked at: in a newer format it may have another meaning.
        if map["format"] != nil {
            let number = try members.int("format")
            if number > JournalFormat.written.rawValue { throw .unknownFormat(number, program: map["program"]?.string) }
            guard let known = JournalFormat(rawValue: number), known != .unnumbered else {
                throw .damaged("there is no format \(number)")
            }
            format = known
        }
        switch format {
        case .named: return try JournalEntry(members)
        case .unnumbered:
            guard let entry = JournalEntry(format0: map) else { throw .damaged("it is not an entry of format 0") }
            return entry
        }
    }
}

/// The members of a line, each of the type that it has to be.
struct JournalMembers {
    private let map: ValueMap
    init(_ map: ValueMap) { self.map = map }

    func int(_ name: String) throws(JournalProblem) -> Int {
        guard let number = map[name]?.int else { throw .damaged("'\(name)' is not a number") }
        return number
    }

    func bool(_ name: String) throws(JournalProblem) -> Bool {
        guard let flag = map[name]?.bool else { throw .damaged("'\(name)' is neither true nor false") }
        return flag
    }

    func text(_ name: String) throws(JournalProblem) -> String {
        guard let text = map[name]?.string else { throw .damaged("'\(name)' is not a text") }
        return text
    }

    /// Nil for null.
    func optionalText(_ name: String) throws(JournalProblem) -> String? {
        if case .null? = map[name] { return nil }
        return try text(name)
    }

    func ints(_ name: String) throws(JournalProblem) -> [Int] {
        guard let items = map[name]?.list else { throw .damaged("'\(name)' is not a list") }
        let numbers = items.compactMap(\.int)
        guard numbers.count == items.count else { throw .damaged("'\(name)' is not a list of numbers") }
        return numbers
    }
}
