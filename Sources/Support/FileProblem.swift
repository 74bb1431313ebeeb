import Glibc

/// Why a file of the project is not used: what the system said, or who else may have changed it.
public struct FileProblem: ExplainedError, Sendable, Hashable {
    /// What it is about: the file, or a folder or link on the way to it.
    public let path: String
    public let problem: String
    /// What to do; nil where the system's words say all.
    public let remedy: String?
    /// An error number of the system; nil when the file was refused.
    public let code: Int32?

    public var place: String? { path }
    /// There is no such file, or no such folder on the way to it.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// The system refused to `doing`.
    public init(_ path: String, cannot doing: String, errno code: Int32, remedy: String? = nil) {
        (self.path, self.code, self.remedy) = (path, code, remedy)
        problem = "cannot \(doing): \(String(cString: strerror(code)))"
    }

    init(_ path: String, refused problem: String, remedy: String) {
        (self.path, self.problem, self.remedy, code) = (path, problem, remedy, nil)
    }
}
