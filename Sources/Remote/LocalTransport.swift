/// `connection: local`: commands run on this machine, by `sh`.
public struct LocalTransport: Transport {
    public init() {}

    public func open(_ command: String) async throws -> any CommandStream {
        try await LocalProcessStream.start(["/bin/sh", "-c", command])
    }
    public func close() async {}
    /// A command's stream ends it when it is closed.
    public func endCommands() async -> Bool { true }
}
