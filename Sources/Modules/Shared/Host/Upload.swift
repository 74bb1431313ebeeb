import Remote

/// A file's way to a host in a call's stdin. A link that breaks cuts it; the call sees that not all has come, and is
/// run again.
enum Upload {
    /// With which such a call ends; no tool that runs in one uses it.
    static let incomplete: Int32 = 91
    private static let attempts = 10

    static func untilWhole(_ call: () async throws -> CallResult) async throws -> CallResult {
        var result = try await call()
        for _ in 1..<attempts where result.status == incomplete { result = try await call() }
        return result
    }
}
