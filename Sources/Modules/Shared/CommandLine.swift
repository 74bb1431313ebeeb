import Templating

/// Parts a command line into words as a POSIX shell's quoting does, without expanding anything.
enum CommandLine {
    /// - Throws: in Python's words, when a quote does not close or a backslash ends the text.
    static func split(_ text: String) throws -> [String] {
        do throws(ShellWords.Unfinished) { return try ShellWords.split(text).map(\.text) } catch {
            throw ModuleFailure(error.kind == .quote ? "No closing quotation" : "No escaped character")
        }
    }
}
