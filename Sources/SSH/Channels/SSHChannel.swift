/// A command that runs on a host, over one channel of a connection.
///
/// One task at a time may read, and one may write. A channel that is let go of without `close` stays until its
/// connection is closed.
package struct SSHChannel: Sendable {
    package enum Stream: Sendable { case stdout, stderr }

    let connection: SSHConnection
    let id: LibSSH2Session.ChannelID

    /// The next output of either stream, as soon as there is any, at most 64 KiB; nil when both have ended. Within what
    /// came in one
    /// go the streams take turns. The host is held back while nobody reads.
    package func read() async throws -> (stream: Stream, bytes: [UInt8])? { try await connection.read(id) }

    /// Returns when all bytes are on their way; waits while the host takes no more. If it is cancelled half-way, the
    /// channel's input is unusable.
    package func write(_ bytes: [UInt8]) async throws { try await connection.write(bytes, id) }

    /// Ends the command's input.
    package func finishWriting() async throws { try await connection.finishWriting(id) }

    /// The status, 128 + n for a signal, once the host has closed the channel; nil when the link broke before. Read all
    /// output first.
    package func exitStatus() async throws -> Int32? { try await connection.exitStatus(id) }

    /// Lets go of the channel without waiting. The host ends the command's streams.
    package func close() async { await connection.close(id) }
}
