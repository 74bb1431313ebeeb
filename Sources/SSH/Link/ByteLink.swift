/// What carries a session's bytes: a socket, or a channel of another session. Used on its loop only, without ever
/// waiting.
protocol ByteLink: AnyObject {
    /// Bytes put into `buffer`; 0 at the end of the stream; else a negative errno, -EAGAIN when there is nothing yet.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int
    /// Takes all of `bytes`, keeping what can't go out yet: libssh2 must never see a half-sent packet. A negative errno
    /// when the link is dead.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int

    /// A real descriptor, since libssh2 refuses to work without; nothing is read or written through it.
    var descriptor: Int32 { get }
    /// Grows while the peer is alive.
    var bytesReceived: UInt64 { get }
    /// Taken but not yet sent; who writes waits while it is over `outputLimit`.
    var bufferedOutput: Int { get }
    /// There may be more to read at once.
    var mayHaveMore: Bool { get }
    /// The peer, or the network, has ended it.
    var hasEnded: Bool { get }
    /// Who waits for this link.
    var activity: Activity { get }

    /// From now on the link only reports that it is dead, so that libssh2 can be freed without waiting for anyone.
    func sever()
    func close()
}

extension ByteLink {
    static var outputLimit: Int { 256 << 10 }
}
