import Glibc
import TestSupport
import Testing

/// The proxy that breaks links, seen from both of its ends.
@Suite(.timeLimit(.minutes(1))) struct FaultProxyTests {
    /// Plain sockets at both ends of one connection through the proxy.
    private struct Ends {
        let controller: Int32, host: Int32
        func send(_ count: Int, _ direction: Fault.Direction) {
            let bytes = [UInt8](repeating: 7, count: count)
            _ = Glibc.send(direction == .toHost ? controller : host, bytes, count, Int32(MSG_NOSIGNAL))
        }
        /// What arrives until the end, and how it ends: 0 in order, else errno.
        func receive(_ direction: Fault.Direction) -> (bytes: Int, error: Int32) {
            var buffer = [UInt8](repeating: 0, count: 4096)
            var total = 0
            while true {
                let count = recv(direction == .toHost ? host : controller, &buffer, buffer.count, 0)
                if count <= 0 { return (total, count == 0 ? 0 : errno) }
                total += count
            }
        }
        func receive(exactly wanted: Int, _ direction: Fault.Direction) -> Int {
            var buffer = [UInt8](repeating: 0, count: wanted)
            return recv(direction == .toHost ? host : controller, &buffer, wanted, Int32(MSG_WAITALL))
        }
        func isQuiet(_ direction: Fault.Direction) -> Bool {
            var byte: UInt8 = 0
            return recv(direction == .toHost ? host : controller, &byte, 1, Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN
        }
    }

    private func withEnds<Result: Sendable>(
        _ faults: [Fault], _ body: @escaping @Sendable (Ends, FaultProxy) -> Result
    ) async throws -> Result {
        try await offPool {
            let host = try LoopbackListener()
            defer { host.close() }
            let proxy = try FaultProxy(to: host.port) { _ in faults }
            defer { proxy.stop() }
            let controller = try #require(connectLoopback("127.0.0.1", port: proxy.port))
            let ends = Ends(controller: controller, host: host.accept())
            defer {
                close(ends.controller)
                close(ends.host)
            }
            return body(ends, proxy)
        }
    }

    @Test(arguments: [Fault.Kind.reset, .finish], Fault.Direction.allCases)
    func `cuts at the very byte`(kind: Fault.Kind, direction: Fault.Direction) async throws {
        let seen = try await withEnds([Fault(kind, direction, after: 400), Fault(.pieces(7), direction, after: 100)]) {
            ends, _ in
            ends.send(1000, direction)
            return ends.receive(direction)
        }
        // A reset also takes what was still on its way.
        if kind == .reset { #expect(seen.bytes <= 400 && seen.error == ECONNRESET) } else { #expect(seen == (400, 0)) }
    }

    @Test func `a silent link passes nothing, and tells nobody`() async throws {
        let quiet = try await withEnds([Fault(.silence, .toHost, after: 10)]) { ends, proxy in
            ends.send(30, .toHost)
            let arrived = ends.receive(exactly: 10, .toHost)
            while proxy.breaks.isEmpty { usleep(500) }
            ends.send(30, .toController)
            return arrived == 10 && ends.isQuiet(.toHost) && ends.isQuiet(.toController)
        }
        #expect(quiet)
    }

    @Test func `a half-open link is lost for one end only`() async throws {
        let seen = try await withEnds([Fault(.lostByHost, .toController, after: 5)]) { ends, _ in
            ends.send(5, .toController)
            return (ends.receive(.toHost).error, ends.receive(exactly: 5, .toController), ends.isQuiet(.toController))
        }
        #expect(seen == (ECONNRESET, 5, true))
    }

    @Test func `after a half close the other direction goes on`() async throws {
        let seen = try await withEnds([Fault(.halfClose, .toHost, after: 5)]) { ends, _ in
            ends.send(9, .toHost)
            let arrived = ends.receive(.toHost)
            ends.send(2000, .toController)
            return (arrived.bytes, arrived.error, ends.receive(exactly: 2000, .toController))
        }
        #expect(seen == (5, 0, 2000))
    }

    @Test func `delays lose nothing`() async throws {
        let seen = try await withEnds([Fault(.delay(2), .toHost, after: 3)]) { ends, _ in
            for _ in 0..<20 { ends.send(50, .toHost) }
            shutdown(ends.controller, Int32(SHUT_WR))
            return ends.receive(.toHost)
        }
        #expect(seen == (1000, 0))
    }

    @Test func `a seed gives a connection the same faults`() {
        func faults(_ seed: UInt64, _ attempt: Int) -> [Fault] {
            Fault.random(seed: seed, connection: .init(number: 1, address: "127.0.1.1", attempt: attempt))
        }
        #expect(faults(7, 3) == faults(7, 3))
        #expect((1...20).map { faults(7, $0) } != (1...20).map { faults(8, $0) })
    }

    @Test func `a fleet's hosts stay apart behind it`() async throws {
        try await LoopbackFleet.with { fleet in
            let proxy = try FaultProxy(to: fleet.port)
            defer { proxy.stop() }
            try await Workplace.with { place in
                try place.inventory(fleet, hosts: 3, port: proxy.port)
                let outcome = try await place.comfyfleet("exec", "echo $SSH_CONNECTION", "-i", "inventory.yml")
                #expect(
                    outcome.status == 0 && outcome.stdout.contains("127.0.1.3 \(fleet.port)"),
                    "\(outcome.stdout)\(outcome.stderr)")
                #expect(proxy.connections == 3)
            }
        }
    }
}
