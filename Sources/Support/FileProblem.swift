import Glibc

/// Why a file of the project is not used: what the system said, or who else may have changed it.
package struct FileProblem: ExplainedError, Sendable, Hashable {
    /// What it is about: the file, or a folder or link on the way to it.
    package let path: String
    package let problem: String
    /// What to do; nil where the system's words say all.
    package let remedy: String?
    /// An error number of the system; nil when the file was refused.
    package let code: Int32?

    package var place: String? { path }
    /// There is no such file, or no such folder on the way to it.
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// The system refused to `doing`.
    package init(_ path: String, cannot doing: String, errno code: Int32, remedy: String? = nil) {
        (self.path, self.code, self.remedy) = (path, code, remedy)
        problem = "cannot \(doing): \(String(cString: strerror(code)))"
    }

    init(_ path: String, refused problem: String, remedy: String) {
        (self.path, self.problem, self.remedy, code) = (path, problem, remedy, nil)
    }
}
