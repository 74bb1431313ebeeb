/// The formats that journals have been written in. A process says which one is its own in its first line, and its lines
/// up to the next process's are of that.
///
/// docs/run-folder.md has what stands in each, and how long one that is no longer written is read.
enum JournalFormat: Int, Sendable {
    /// Short names, and no number in the file: `JournalEntry+Format0.swift`.
    case unnumbered = 0
    /// Full names, and a type in each entry: `JournalEntry+Line.swift`.
    case named = 1

    /// What this program writes.
    static let written = JournalFormat.named
}

/// Why a line of a journal is not taken in.
package enum JournalProblem: Error, Sendable, Hashable {
    /// The line is not what a process has written; says what is wrong with it.
    case damaged(String)
    /// A process of a newer program has written it. `program`: that one's version, where the line says so.
    case unknownFormat(Int, program: String?)
}
