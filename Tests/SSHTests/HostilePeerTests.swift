import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SSH

/// Peers that are no well-behaved SSH server. Every one ends in an error with a reason, in bounded time and memory.
@Suite(.timeLimit(.minutes(2))) struct HostilePeerTests {
    @Test func onePeerThatNeverSpeaks() async throws {
        let error = await connect(handshakeTimeout: .milliseconds(700)) { descriptor in
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("handshake") == true)
    }

    @Test func onePeerThatClosesAtOnce() async throws {
        let attempts = Counter()
        let error = await connect(attempts: attempts) { _ in }
        #expect(error?.code == .refusedByLoad)
        #expect(attempts.value == 2)
    }

    @Test func onePeerThatResets() async throws {
        let error = await connect { descriptor in
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        #expect(error?.code == .refusedByLoad)
    }

    @Test func onePeerThatResetsInTheMiddleOfTheHandshake() async throws {
        let error = await connect { descriptor in
            say(descriptor, "SSH-2.0-OpenSSH_9.2\r\n")
            var byte: UInt8 = 0
            for _ in 0..<200 where recv(descriptor, &byte, 1, 0) <= 0 { break }
        }
        #expect(error?.code == .refusedByLoad)
    }

    @Test func onePeerThatSpeaksAnotherProtocol() async throws {
        let error = await connect { descriptor in
            say(descriptor, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>\u{1b}[2J")
        }
        #expect(error?.code == .handshakeFailed)  // an empty line is no banner
        #expect(error?.description.unicodeScalars.contains { $0.value < 0x20 } == false)
    }

    @Test func onePeerThatFloodsInsteadOfABanner() async throws {
        let error = await connect { descriptor in
            let junk = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
            while send(descriptor, junk, junk.count, Int32(MSG_NOSIGNAL)) > 0 {}
        }
        #expect(error?.code == .handshakeFailed)
    }

    @Test func onePeerWhoseKeyExchangeIsGarbage() async throws {
        let error = await connect(handshakeTimeout: .milliseconds(700)) { descriptor in
            say(descriptor, "SSH-2.0-Garbage\r\n")
            var junk = (0..<4096).map { _ in UInt8.random(in: 0...255) }
            junk[0] |= 0x80  // no packet is as long as its first four bytes say then; a short one would be waited for
            _ = send(descriptor, junk, junk.count, Int32(MSG_NOSIGNAL))
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
        #expect(error?.code == .protocolError)
    }

    @Test func nobodyListens() async throws {
        let port = try freePort()
        let error = await sshError {
            _ = try await SSHConnection.connect(
                to: SSHTarget(address: "127.0.0.1", port: port, user: "nobody", authentication: []),
                hostKeys: HostKeyStore(KnownHosts()))
        }
        #expect(error?.code == .connectFailed)
        #expect(error?.message.contains("127.0.0.1") == true)
        #expect(error?.message.contains("\(port)") == false)  // a port is a credential's value
    }

    @Test func aNameThatDoesNotExist() async throws {
        let error = await sshError {
            _ = try await SSHConnection.connect(
                to: SSHTarget(address: "no-such-host.invalid", user: "nobody", authentication: []),
                hostKeys: HostKeyStore(KnownHosts()))
        }
        #expect(error?.code == .nameNotResolved || error?.code == .timedOut)
    }

    /// One misbehaving peer for each connection that comes; the socket is closed when `behave` returns.
    private func connect(
        attempts: Counter = Counter(), handshakeTimeout: Duration = .seconds(30),
        _ behave: @escaping @Sendable (Int32) -> Void
    ) async -> SSHError? {
        guard let listener = try? LoopbackListener() else { return nil }
        let thread = Thread {
            while true {
                let descriptor = listener.accept()
                if descriptor < 0 { return }
                behave(descriptor)
                Glibc.close(descriptor)
            }
        }
        thread.start()
        defer {
            shutdown(listener.descriptor, Int32(SHUT_RDWR))
            listener.close()
        }
        var limits = SSHLimits()
        limits.handshakeTimeout = handshakeTimeout
        limits.attempts = 2
        return await sshError { [limits] in
            _ = try await SSHConnection.connect(
                to: SSHTarget(address: "127.0.0.1", port: listener.port, user: "nobody", authentication: []),
                hostKeys: HostKeyStore(KnownHosts()),
                limits: limits, pacing: HandshakePacing()
            ) { _ in attempts.increment() }
        }
    }
}

private func say(_ descriptor: Int32, _ text: String) {
    let bytes = Array(text.utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
}
