public import Support

/// One thing that is wrong in a text that a person wrote: where, what, and what to do about it.
///
/// It reads `playbooks/gpu.yml:12:7: unknown key 'whn' in task 'Install driver'; did you mean 'when'?`.
/// Neither part may hold a credential's value.
public struct Diagnostic: ExplainedError, Sendable, Hashable {
    public let mark: SourceMark?
    /// What is wrong, in words found in the text.
    public let problem: String
    /// What to do; shown after a semicolon.
    public let remedy: String?

    public init(_ problem: String, at mark: SourceMark?, remedy: String? = nil) {
        self.mark = mark
        self.problem = problem
        self.remedy = remedy
    }

    /// What another error says, where all that is wrong is reported at once.
    public init(_ error: some ExplainedError) { self.init(error.problemAtPlace, at: nil, remedy: error.remedy) }

    public var place: String? { mark?.description }
}

/// Everything that is wrong in a file, not only the first thing.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
    public var all: [Diagnostic]
    public init(_ all: [Diagnostic]) { self.all = all }
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
