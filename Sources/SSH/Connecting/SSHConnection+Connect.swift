import CLibSSH2
import Glibc

extension SSHConnection {
    /// Connects, checks the host key and authenticates, with as many attempts as the limits allow when the server drops
    /// us under load.
    ///
    /// - Parameters:
    ///   - onAttempt: called with the number of each attempt, from 1, before it begins.
    /// - Throws: `SSHError`, or `CancellationError`; nothing is left open.
    package static func connect(
        to target: SSHTarget, hostKeys: HostKeyStore, limits: SSHLimits = SSHLimits(),
        pacing: HandshakePacing = .shared,
        on loop: EventLoop = EventLoopGroup.shared.next(), onAttempt: (@Sendable (Int) -> Void)? = nil
    ) async throws -> SSHConnection {
        var attempt = 1
        while true {
            onAttempt?(attempt)
            let connection = SSHConnection(loop: loop, limits: limits)
            do {
                try await connection.establish(target, hostKeys, pacing)
                return connection
            } catch {
                await connection.close()
                guard let dropped = error as? DroppedEarly else { throw error }
                guard attempt < limits.attempts else {
                    throw SSHError(
                        .refusedByLoad,
                        "the server ended \(attempt) connections before the key exchange was done (\(dropped.error.message))",
                        remedy:
                            "raise MaxStartups in its sshd_config, connect to fewer hosts at once (--forks), or look into its log"
                    )
                }
            }
            try await Task.sleep(for: Backoff.delay(beforeAttempt: attempt + 1))
            attempt += 1
        }
    }

    private func establish(_ target: SSHTarget, _ hostKeys: HostKeyStore, _ pacing: HandshakePacing) async throws {
        var addresses: [SocketAddress] = []
        if target.proxyCommand != nil {
            // The command finds the way.
        } else if target.jumps.isEmpty {
            addresses = try await resolve(target)
        } else {
            outer = try await jump(target, hostKeys, pacing)
        }
        let turn = try await pacing.turn(for: addresses.first.map(HandshakePacing.Key.init) ?? .name(target.address))
        do {
            if let command = target.proxyCommand {
                let (proxy, socket) = try ProxyCommand.start(command)
                self.proxy = proxy
                link = try SocketLink(adopting: socket, on: loop, activity: activity)
            } else if let outer {
                link = try await tunnel(through: outer, to: target)
            } else {
                link = try await dial(addresses)
            }
            try await handshake(target, hostKeys)
            try await authenticate(target)
            pacing.finish(turn, .connected)
        } catch {
            pacing.finish(turn, error is DroppedEarly ? .dropped : .failed)
            throw error
        }
        startKeepalive()
    }

    /// The connection to the last jump host, shared with others that go the same way.
    private func jump(
        _ target: SSHTarget, _ hostKeys: HostKeyStore, _ pacing: HandshakePacing
    ) async throws -> SSHConnection {
        var last = target.jumps.last ?? target
        last.jumps = Array(target.jumps.dropLast())
        let way = JumpHosts.Way(
            loop: ObjectIdentifier(loop),
            hops: target.jumps.map {
                "\($0.user)@[\($0.address)]:\($0.port)" + ($0.proxyCommand.map { " by \($0)" } ?? "")
            })
        return try await JumpHosts.shared.connection(way) { [last, loop, limits] in
            do {
                return try await SSHConnection.connect(
                    to: last, hostKeys: hostKeys, limits: limits, pacing: pacing, on: loop)
            } catch var error as SSHError {
                error.message = "jump host: " + error.message
                throw error
            }
        }
    }

    private func tunnel(through outer: SSHConnection, to target: SSHTarget) async throws -> TunnelLink {
        let (channel, descriptor) = try await outer.openTunnel(to: target.address, target.port) { [weak self] in
            self?.assumeIsolated { $0.tunnelHadActivity() }
        }
        return TunnelLink(through: outer, channel, descriptor: descriptor, activity: activity)
    }

    private func tunnelHadActivity() {
        (link as? TunnelLink)?.flush()
        activity.wakeAll()
    }

    private func resolve(_ target: SSHTarget) async throws -> [SocketAddress] {
        let answer = Resolver.addresses(of: target.address, port: target.port)
        let deadline = Deadline(.resolving, limits.connectTimeout)
        let timer = loop.schedule(at: deadline.instant) {
            answer.resolve(.failure(SSHError.timedOut(deadline.step, after: deadline.duration)))
        }
        defer { loop.cancel(timer) }
        return try await answer.value()
    }

    /// Happy eyeballs (RFC 8305, section 5): the next address is tried when the one before has failed or has had 250
    /// ms; the first to answer wins.
    private func dial(_ addresses: [SocketAddress]) async throws -> SocketLink {
        let deadline = Deadline(.connecting, limits.connectTimeout)
        var pending: [(link: SocketLink, address: SocketAddress)] = []
        var failures: [(address: SocketAddress, error: Errno)] = []
        var rest = addresses[...]
        var nextStart = ContinuousClock.now
        defer { for attempt in pending { attempt.link.close() } }
        while true {
            try Task.checkCancellation()
            for (index, attempt) in pending.enumerated().reversed() {
                switch attempt.link.connectState {
                case .pending: continue
                case .connected:
                    pending.remove(at: index)
                    return attempt.link
                case .failed(let error):
                    attempt.link.close()
                    pending.remove(at: index)
                    failures.append((attempt.address, error))
                    nextStart = .now
                }
            }
            if let address = rest.first, pending.isEmpty || ContinuousClock.now >= nextStart {
                rest.removeFirst()
                do throws(Errno) {
                    pending.append((try SocketLink(connectingTo: address, on: loop, activity: activity), address))
                    nextStart = .now + .milliseconds(250)
                } catch {
                    failures.append((address, error))
                }
                continue
            }
            if pending.isEmpty {
                let error = SSHError.connectFailed(failures)
                if failures.contains(where: { $0.error.code == ECONNRESET }) { throw DroppedEarly(error: error) }
                throw error
            }
            try deadline.check()
            await waitForActivity(
                since: activity.generation, until: rest.isEmpty ? deadline.instant : min(deadline.instant, nextStart))
        }
    }

    func handshake(_ target: SSHTarget, _ hostKeys: HostKeyStore) async throws {
        guard let link else { throw SSHError.closed }
        // A connection that fails lets go of it.
        let proxy = proxy
        let session = try LibSSH2Session(link: link)
        self.session = session
        session.preferHostKeys(
            Self.hostKeyAlgorithms(
                preferring: try hostKeys.keyTypes(host: target.address, port: target.port, place: target.hostKeyPlace)))
        let code = try await drive(Deadline(.handshake, limits.handshakeTimeout)) { session in
            // Lines before the banner are allowed, a flood is not. Until the banner has come the library shows such a
            // line in its place.
            if link.bytesReceived > 64 << 10, session.serverBanner?.hasPrefix("SSH-") != true {
                return LIBSSH2_ERROR_BANNER_RECV
            }
            return session.handshake()
        }
        if code != 0 {
            let early = link.hasEnded
            var error = failure(code, .handshake)
            // A command that finds no way says why, and finds none the next time, either.
            if let proxy {
                if let complaint = proxy.complaint { error.message += "; its ProxyCommand says: \(complaint)" }
                throw error
            }
            throw early ? DroppedEarly(error: error) : error
        }
        guard let key = session.hostKey else { throw SSHError(.handshakeFailed, "the server showed no host key") }
        try await hostKeys.check(key, host: target.address, port: target.port, place: target.hostKeyPlace)
    }

    /// What the server is asked for: the types that are known for the host first, so that another key of a known host
    /// does not look unknown.
    static func hostKeyAlgorithms(preferring known: [String]) -> [String] {
        let all = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
            "rsa-sha2-256", "ssh-rsa",
        ]
        func type(_ algorithm: String) -> String { algorithm.hasPrefix("rsa-") ? "ssh-rsa" : algorithm }
        return all.filter { known.contains(type($0)) } + all.filter { !known.contains(type($0)) }
    }
}

/// The connection ended before the key exchange was done: sshd's MaxStartups does that to some of many that come at
/// once.
struct DroppedEarly: Error {
    let error: SSHError
}

/// Waits between attempts: twice as long each time, from 0.1 s to 5 s, and between half and one and a half of it by
/// chance.
enum Backoff {
    static func delay(beforeAttempt attempt: Int) -> Duration {
        let seconds = min(5, 0.1 * Double(1 << min(max(attempt - 2, 0), 10)))
        return .seconds(seconds * Double.random(in: 0.5...1.5))
    }
}
