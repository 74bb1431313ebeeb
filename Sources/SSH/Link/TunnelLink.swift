import Glibc

/// A channel of another connection as a link: the way through a jump host. Both connections live on the same loop, so
/// the calls cross directly.
final class TunnelLink: ByteLink {
    let activity: Activity
    let descriptor: Int32
    private let outer: SSHConnection
    private let channel: LibSSH2Session.ChannelID
    private var output: [UInt8] = []
    private var isOpen = true
    private var severed = false
    private(set) var bytesReceived: UInt64 = 0
    private(set) var hasEnded = false

    /// - Parameter descriptor: the outer connection's, which has to be a real one and is not touched.
    init(through outer: SSHConnection, _ channel: LibSSH2Session.ChannelID, descriptor: Int32, activity: Activity) {
        self.outer = outer
        self.channel = channel
        self.descriptor = descriptor
        self.activity = activity
    }

    var mayHaveMore: Bool { false }
    var bufferedOutput: Int { output.count }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if severed { return -Int(ECONNRESET) }
        nonisolated(unsafe) let buffer = buffer  // same thread: the outer connection's loop is this one's
        let channel = channel
        let count = outer.assumeIsolated { $0.receive(from: channel, into: buffer) }
        if count > 0 { bytesReceived += UInt64(count) } else if count != -Int(EAGAIN) { hasEnded = true }
        return count
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        if severed || hasEnded { return -Int(EPIPE) }
        output.append(contentsOf: bytes)
        flush()
        return bytes.count
    }

    /// Sends what the outer connection takes. Called again whenever that had activity.
    func flush() {
        guard !output.isEmpty, !severed else { return }
        let channel = channel
        let output = output
        let sent = outer.assumeIsolated { $0.send(output, into: channel) }
        if sent < 0 { hasEnded = true } else if sent > 0 { self.output.removeFirst(sent) }
    }

    func sever() { severed = true }

    func close() {
        guard isOpen else { return }
        isOpen = false
        severed = true
        let channel = channel
        outer.assumeIsolated { $0.closeTunnel(channel) }
    }
}
