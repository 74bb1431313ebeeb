/// `connection: local`: commands run on this machine, by `sh`.
package struct LocalTransport: Transport {
    package init() {}

    package func open(_ command: String) async throws -> any CommandStream {
        try await LocalProcessStream.start(["/bin/sh", "-c", command])
    }
    package func close() async {}
    /// A command's stream ends it when it is closed.
    package func endCommands() async -> Bool { true }
}
