import Glibc

/// A connection that goes through a channel of this one.
struct Tunnel {
    let onActivity: @Sendable () -> Void
    /// It has bytes that the channel did not take.
    var isBlocked = false
}

/// What an outer connection does for those that are tunnelled through it.
extension SSHConnection {
    /// Opens a channel to `host:port` as the jump host sees it. `onActivity` is called on the loop when something may
    /// have come, or may go.
    func openTunnel(
        to host: String, _ port: Int, onActivity: @escaping @Sendable () -> Void
    ) async throws -> (channel: LibSSH2Session.ChannelID, descriptor: Int32) {
        let channel = try await openChannel(
            .directTCP(host: host, port: port), Deadline(.tunnelling, limits.channelTimeout))
        guard let link else { throw ending ?? .closed }
        tunnels[channel] = Tunnel(onActivity: onActivity)
        watchTheUnattended()
        return (channel, link.descriptor)
    }

    func closeTunnel(_ channel: LibSSH2Session.ChannelID) {
        tunnels[channel] = nil
        close(channel)
        watchTheUnattended()
    }

    /// As a link's `receive`.
    func receive(from channel: LibSSH2Session.ChannelID, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let session else { return -Int(ECONNRESET) }
        while true {
            // A tunnel that is read slowly is not fed faster than it is read.
            let intake = session.queued(channel) < ChannelState.largestRead ? buffer.count : 0
            let count = session.read(.stdout, of: channel, into: buffer, intake: intake)
            let mayBeMore = session.intakeIsSpent
            if session.tookBytes { activity.wakeAll() }
            if count > 0 { return count }
            if count == 0 || session.isAtEnd(channel) { return 0 }
            guard count == Int(LibSSH2Session.waits) else {
                _ = failure(Int32(truncatingIfNeeded: count), .reading)
                return -Int(ECONNRESET)
            }
            // What was taken belonged to others; there may be more behind it.
            if !mayBeMore || intake == 0 { return -Int(EAGAIN) }
        }
    }

    /// How many of the bytes were taken; negative when the channel is dead.
    func send(_ bytes: [UInt8], into channel: LibSSH2Session.ChannelID) -> Int {
        guard let session, let link else { return -1 }
        var sent = 0
        while sent < bytes.count, link.bufferedOutput < type(of: link).outputLimit {
            let count = bytes.withUnsafeBytes {
                session.write(UnsafeRawBufferPointer(rebasing: $0[sent...]), to: channel)
            }
            if session.tookBytes { activity.wakeAll() }
            if count == 0 || count == Int(LibSSH2Session.waits) { break }
            if count < 0 {
                _ = failure(Int32(truncatingIfNeeded: count), .writing)
                return -1
            }
            sent += count
        }
        tunnels[channel]?.isBlocked = sent < bytes.count
        return sent
    }

    /// Part of every activity: takes in what came, once for all tunnels, and tells those that have something.
    func tendTunnels() {
        guard !tunnels.isEmpty, let session else { return }
        if let idle = tunnels.keys.first(where: { session.queued($0) == 0 }) {
            _ = session.read(
                .stdout, of: idle, into: UnsafeMutableRawBufferPointer(start: nil, count: 0),
                intake: 4 * ChannelState.largestRead)
            if session.intakeIsSpent { loop.execute { [weak self] in self?.assumeIsolated { $0.activity.wakeAll() } } }
        }
        guard !tunnelsWillBeTold, tunnels.contains(where: { hasNews($0, $1, session) }) else { return }
        tunnelsWillBeTold = true
        loop.execute { [weak self] in self?.assumeIsolated { $0.tellTunnels() } }
    }

    /// In a turn of the loop of its own: this activity may be part of a call of a tunnelled session, which must not be
    /// entered again.
    private func tellTunnels() {
        tunnelsWillBeTold = false
        guard let session else { return }
        for (channel, tunnel) in tunnels where hasNews(channel, tunnel, session) { tunnel.onActivity() }
    }

    private func hasNews(_ channel: LibSSH2Session.ChannelID, _ tunnel: Tunnel, _ session: LibSSH2Session) -> Bool {
        tunnel.isBlocked || session.queued(channel) > 0 || session.isAtEnd(channel)
    }
}
