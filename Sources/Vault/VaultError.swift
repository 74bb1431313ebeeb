import Support

/// Why the vault could not be used: what, where, and what to do. No part of it ever holds a stored value or a key.
package struct VaultError: ExplainedError, Sendable {
    package enum Code: Sendable, Hashable {
        /// There is no key to open or write the vault with.
        case keyNotConfigured
        /// The key's text is not a Fernet key.
        case malformedKey
        /// The key does not open the vault, or the ciphertext was damaged.
        case decryptionFailed
        /// Neither an encrypted vault nor plain JSON: garbage, or truncated.
        case notJSON
        /// JSON, but not an object of providers.
        case notAnObject
        /// An envelope of a later version or another algorithm.
        case unsupportedEnvelope
        /// The operating system refused: permissions, a full disk, a file that is a folder.
        case file
        /// Another process held the lock for too long.
        case locked
        case noSuchProvider
        case noSuchField
        /// The audit entry could not be written, so nothing was read or changed.
        case unaudited
        /// libcrypto could not do its work.
        case cryptography
        /// A provider or a field cannot have such a name or value.
        case badRequest
    }

    package var code: Code
    /// What is wrong, beginning with the original's words where it has them.
    package var problem: String
    /// The file that it is about.
    package var path: String?
    /// What to do.
    package var remedy: String?

    package init(_ code: Code, _ problem: String, path: String? = nil, remedy: String? = nil) {
        self.code = code
        self.problem = problem
        self.path = path
        self.remedy = remedy
    }

    package var place: String? { path }
}

/// What is done with the vault's and the API's files, with the vault's error for what goes wrong.
package func onDisk<Result: ~Copyable>(_ body: () throws(FileProblem) -> Result) throws(VaultError) -> Result {
    do { return try body() } catch { throw VaultError(error) }
}

extension VaultError {
    init(_ problem: FileProblem) {
        self.init(
            .file, problem.problem, path: problem.path,
            remedy: problem.remedy ?? "run as its owner, where its folder exists and can be written")
    }
}
