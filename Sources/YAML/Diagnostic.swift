import Support

/// One thing that is wrong in a text that a person wrote: where, what, and what to do about it.
///
/// It reads `playbooks/gpu.yml:12:7: unknown key 'whn' in task 'Install driver'; did you mean 'when'?`.
/// Neither part may hold a credential's value.
package struct Diagnostic: ExplainedError, Sendable, Hashable {
    package let mark: SourceMark?
    /// What is wrong, in words found in the text.
    package let problem: String
    /// What to do; shown after a semicolon.
    package let remedy: String?

    package init(_ problem: String, at mark: SourceMark?, remedy: String? = nil) {
        self.mark = mark
        self.problem = problem
        self.remedy = remedy
    }

    /// What another error says, where all that is wrong is reported at once.
    package init(_ error: some ExplainedError) { self.init(error.problemAtPlace, at: nil, remedy: error.remedy) }

    package var place: String? { mark?.description }
}

/// Everything that is wrong in a file, not only the first thing.
package struct Diagnostics: Error, Sendable, CustomStringConvertible {
    package var all: [Diagnostic]
    package init(_ all: [Diagnostic]) { self.all = all }
    package var description: String { all.map(\.description).joined(separator: "\n") }
}
