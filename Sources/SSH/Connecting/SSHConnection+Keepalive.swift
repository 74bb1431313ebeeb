/// Whether the peer still says anything.
struct KeepaliveState {
    var timer: TimerQueue.ID?
    var bytesSeen: UInt64 = 0
    /// Messages sent since something last came back.
    var unanswered = 0
}

extension SSHConnection {
    func startKeepalive() {
        guard limits.keepaliveInterval > .zero else { return }
        keepalive.bytesSeen = link?.bytesReceived ?? 0
        scheduleKeepalive()
    }

    private func scheduleKeepalive() {
        keepalive.timer = loop.schedule(at: .now + limits.keepaliveInterval) { [weak self] in
            self?.assumeIsolated { $0.keepaliveIsDue() }
        }
    }

    /// The library's keepalive tells nothing of answers, so received bytes are counted. Bytes that lie unread, because
    /// the caller is slow, count as well.
    private func keepaliveIsDue() {
        keepalive.timer = nil
        guard let session, let link else { return }
        if link.bytesReceived != keepalive.bytesSeen || link.mayHaveMore {
            keepalive.bytesSeen = link.bytesReceived
            keepalive.unanswered = 0
        } else if keepalive.unanswered >= limits.keepaliveMisses {
            end(
                SSHError(
                    .linkLost, "the connection was lost: no answer to \(keepalive.unanswered) keepalive messages",
                    remedy: "check the host and the network"))
            return
        }
        // While the library exchanges keys it can't send; that is activity, too.
        let code = session.sendKeepalive()
        if code < 0, code != LibSSH2Session.waits {
            _ = failure(code, .writing)
        } else {
            keepalive.unanswered += 1
        }
        if self.session != nil { scheduleKeepalive() }
    }
}
