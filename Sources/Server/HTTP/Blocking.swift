import NIOPosix

/// Runs work that reads files on NIO's threads for that; the pool of tasks has no thread to lend to a disk.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await NIOThreadPool.singleton.runIfActive(work)
}
